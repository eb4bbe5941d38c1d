"""What a payer's rows tell of a plan, in cases that billing staff can read: `cases/`, one file for each concern.

A case is an answer in short lines (`answers.py`), a visit, and what must come of it. `plan` is the first reading, `or`
every other one by what differs in it (a path and the whole term there; `"none"` where there is none). Pointers stand
without their `/benefits/`. A question that blocks bears a `!`. What a case does not name is not looked at.
"""

import tomllib
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from payers.cost_share.sparse import sparse
from payers.eligibility.plan.read_plan import payer_kind, read_plan
from payers.eligibility.plan.reading import AskedPayer, PlanQuestion, PlanReading
from payers.eligibility.plan.visit import Visit
from payers.eligibility.response import Kind
from tests.payers.eligibility.plan.answers import transaction

HERE = Path(__file__).parent
QUESTIONS = HERE.parents[3] / "payers/eligibility/plan/questions.toml"

Json = dict[str, Any]

ASKED_WITH_AN_ESTIMATE = {"told-unlike-said", "told-of-another", "answer-of-last-year"}
"""Questions about a check beside what was typed: tests of the estimate ask them."""
WORDS = {
    *("unnamed-payer", "unknown-amount", "outside", "copay-and-share", "no-deductible", "limit-and-met"),
    *("own-and-family", "term"),
}
"""Entries that are no questions of their own."""
KINDS: dict[str, set[Kind]] = {
    "cost_shares": {"copay", "coinsurance", "deductible", "non_covered", "exclusion", "inactive"},
    "visit_limit": {"limitation"},
    "deductible": {"deductible"},
    "out_of_pocket_max": {"out_of_pocket_max"},
    "plan_year_start": {"deductible", "out_of_pocket_max"},
    "deductible_counts_to_maximum": {"out_of_pocket_max"},
}
"""What kinds of rows a term may be read from, by a part of its pointer."""


class Case(msgspec.Struct, forbid_unknown_fields=True):
    """One answer and what it must tell."""

    name: str
    answer: str
    payer: AskedPayer = "other"
    visit: Json = {}
    plan: Json | None = None
    alternatives: list[Json] | None = msgspec.field(default=None, name="or")
    questions: list[str] | None = None
    asks: list[str] = []
    asks_not: list[str] = []
    rows: dict[str, list[int]] = {}
    steps: dict[str, str] = {}
    not_used: list[int] | None = None
    network: str | None = None
    authorization: str | None = None
    left_of_part_b_cents: int | None = None
    others: list[str] | None = None


def cases() -> list[Case]:
    files = sorted((HERE / "cases").glob("*.toml"))
    return [
        msgspec.convert(each, Case)
        for file in files
        for each in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
    ]


CASES = cases()


def reading(case: Case, lang: str = "en") -> PlanReading:
    visit = msgspec.convert({"on": date(2026, 12, 1)} | case.visit, Visit)
    return read_plan(transaction(case.answer), visit, case.payer, lang)  # pyright: ignore[reportArgumentType]


def short(question: PlanQuestion) -> str:
    mark = "! " if question.blocks else ""
    return f"{mark}{question.kind} {relative(question.pointer or '')}".rstrip()


def relative(pointer: str) -> str:
    return pointer.removeprefix("/benefits").lstrip("/") if pointer.startswith("/benefits") else pointer


def changed(plan: Json, difference: Json) -> Json:
    """The plan with other terms at some places."""
    other = deepcopy(plan)
    for path, value in difference.items():
        *parents, last = path.split(".")
        place = other
        for parent in parents:
            place = place.setdefault(parent, {})
        if value == "none":
            del place[last]
        else:
            place[last] = value
    return other


def canonical(plan: Json) -> bytes:
    return msgspec.json.encode(plan, order="deterministic")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case) -> None:
    told = reading(case)
    plan = sparse(told.benefits) if told.benefits else {}
    if case.plan is not None:
        assert plan == case.plan
    if case.alternatives is not None:
        others = [sparse(each) for each in told.alternatives]
        wanted = [changed(plan, each) for each in case.alternatives]
        assert sorted(map(canonical, others)) == sorted(map(canonical, wanted))
    asked = [short(each) for each in told.questions]
    if case.questions is not None:
        assert sorted(asked) == sorted(case.questions)
    kinds = {each.removeprefix("! ").split()[0] for each in asked}
    assert set(case.asks) <= set(asked)
    assert not kinds & set(case.asks_not)
    terms = {relative(each.pointer): each for each in told.terms}
    assert {name: list(terms[name].rows) if name in terms else None for name in case.rows} == case.rows
    assert {name: terms[name].step if name in terms else None for name in case.steps} == case.steps
    if case.not_used is not None:
        assert list(told.not_used) == case.not_used
    if case.network is not None:
        assert (told.network or "none") == case.network
    if case.authorization is not None:
        assert (told.authorization_required or "none") == case.authorization
    assert told.deductible_remaining_cents == case.left_of_part_b_cents or case.left_of_part_b_cents is None
    if case.others is not None:
        assert [f"{each.relation} {each.name or '?'}" for each in told.other_payers] == case.others


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_term_stands_in_rows_of_its_kind(case: Case) -> None:
    answer, told = transaction(case.answer), reading(case)
    by_n = {row.n: row for member in answer.patients for row in member.benefits}
    for term in told.terms:
        rows = [by_n[n] for n in term.rows]
        assert term.segments == tuple(row.segment for row in rows)
        assert len(set(term.rows)) == len(term.rows) > 0
        parts = relative(term.pointer).split("/")
        allowed = next(KINDS[part] for part in parts if part in KINDS)
        assert {row.kind for row in rows} <= allowed, term.pointer


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_question_is_told_in_both_languages(case: Case) -> None:
    english, spanish = reading(case, "en").questions, reading(case, "es").questions
    assert [short(each) for each in english] == [short(each) for each in spanish]
    for one, other in zip(english, spanish, strict=True):
        assert one.question != other.question
        assert not {"{", "}"} & {*one.question, *other.question}


def test_every_kind_of_question_is_reached_by_a_case() -> None:
    known = set(tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))) - WORDS
    reached = {each.kind for case in CASES for each in reading(case).questions}
    assert reached == known - ASKED_WITH_AN_ESTIMATE


def test_every_entry_has_both_languages() -> None:
    for kind, sentences in tomllib.loads(QUESTIONS.read_text(encoding="utf-8")).items():
        assert set(sentences) == {"en", "es"}, kind


def test_names_are_told_apart() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("1 30 type=MB", "medicare"),
        ("1 30 type=MA", "medicare"),
        ("payer CMS|CMS\n1 30", "medicare"),
        ("1 30 type=MC", "medicaid"),
        ("1 30 type=PR", "other"),
        ("1 30 type=PR\nR 30 type=MB PR=MEDICARE", "other"),
    ],
)
def test_what_a_payer_is_by_its_own_answer(answer: str, kind: str) -> None:
    assert kind in get_args(AskedPayer)
    assert payer_kind(transaction(answer)) == kind
