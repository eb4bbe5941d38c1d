"""From a payer's answer to a course in dollars, in cases that billing staff can read: `cases/`, one file a concern.

A case is an answer in short lines (`tests/payers/eligibility/plan/answers.py`) given by the payer `asked`, the question
beside it (the file's `question`, and what the case changes in it), and what must come of both: the question that it
makes (`becomes`), the amounts (`expect`, as in `tests/payers/estimate/cases`), what is left to be asked (`asks`), or
that somebody must answer first (`open`: the kinds with their pointers). What a case does not name is not looked at.
"""

import tomllib
from datetime import date
from pathlib import Path

import msgspec
import pytest

from payers.eligibility.plan.reading import PlanQuestion
from payers.estimate.from_payer.into_question import Answered, Open, into_question
from payers.estimate.question import Question
from tests.payers.eligibility.plan.answers import transaction
from tests.payers.estimate.from_payer.checks import CATALOGUE, CHECK, Json, estimated
from tests.payers.estimate.test_cases import Expected, tell

FILES = sorted((Path(__file__).parent / "cases").glob("*.toml"))


class Case(msgspec.Struct, forbid_unknown_fields=True):
    """One answer beside one question."""

    name: str
    answer: str
    asked: str
    today: date
    answered_on: date
    question: Json
    becomes: Json = {}
    expect: Expected | None = None
    asks: list[str] = []
    asks_not: list[str] = []
    open: list[str] | None = None


def cases() -> list[Case]:
    found: list[Case] = []
    for file in FILES:
        whole = tomllib.loads(file.read_text(encoding="utf-8"))
        common = {name: whole[name] for name in ("asked", "today") if name in whole}
        for each in whole["case"]:
            case = common | each
            case.setdefault("answered_on", case["today"])
            found.append(msgspec.convert(case | {"question": merged(whole["question"], each)}, Case))
    return found


def merged(common: Json, case: Json) -> Json:
    """The file's question with what the case changes; an empty text takes an input away."""
    return {name: value for name, value in (common | case.get("question", {})).items() if value != ""}


CASES = cases()
IDS = [case.name for case in CASES]


def made(case: Case) -> Question | Open:
    answered = Answered(CHECK, CATALOGUE.payers[case.asked], case.answered_on, transaction(case.answer))
    return into_question(CATALOGUE, msgspec.convert(case.question, Question), answered, case.today)


def short(question: PlanQuestion) -> str:
    return f"{question.kind} {question.pointer or ''}".rstrip()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_case(case: Case) -> None:
    found = made(case)
    if isinstance(found, Open):
        assert [short(each) for each in found.questions] == case.open
        return
    assert case.open is None, found
    assert found.plan_source is not None
    assert (found.plan_source.check, found.plan_source.answered_on) == (CHECK, case.answered_on)
    questions = [short(each) for each in found.plan_source.questions]
    assert set(case.asks) <= set(questions), questions
    assert not {each.split()[0] for each in questions} & set(case.asks_not), questions
    named = {name: value for name, value in case.becomes.items() if value != ""}
    wanted = msgspec.convert({"payer": found.payer, "treatment": found.treatment} | named, Question)
    for name in case.becomes:
        assert getattr(found, name) == getattr(wanted, name)
    if case.expect:
        assert tell(estimated(found, case.today), case.expect) == case.expect


def test_the_cases_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len(set(IDS)) == len(IDS) >= 40
    assert sum(case.expect is not None for case in CASES) >= 20
