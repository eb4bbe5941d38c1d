"""Golden cases that billing staff can read: a question, and what the patient must be told, in dollars.

Each file of `cases/` says in its name what it shows and in its comments how the amounts come about. Amounts are
`"1,240.00"` or `"350.00 to 800.00"`; a key of `sessions` is one session or the first and last of several.
"""

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.load import load_release
from payers.cost_share.money import ZERO, Range
from payers.estimate import answer
from payers.estimate.answer import Answer, SessionAnswer
from payers.estimate.estimate import Refusal
from payers.estimate.question import Question

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))


class Expected(msgspec.Struct, forbid_unknown_fields=True):
    """What the file expects; what it does not say is not looked at."""

    refused: str | None = None
    candidates: list[str] | None = None
    payer: str | None = None
    via: list[str] | None = None
    status: str | None = None
    reason: str | None = None
    lane: str | None = None
    basis: str | None = None
    first: str | None = None
    typical: str | None = None
    course: str | None = None
    with_services: str | None = None
    services: dict[str, str] | None = None
    deductible_left: dict[str, str] = {}
    count: int | None = None
    sessions: dict[str, str] = {}
    other_payers: dict[str, str] = {}
    written_off: dict[str, str] = {}
    plan_years: dict[str, str] | None = None
    forks: dict[str, str] | None = None
    milestones: list[str] | None = None
    notices: list[str] = []
    no_notices: list[str] = []
    unknowns: list[str] | None = None


class GoldenCase(msgspec.Struct, forbid_unknown_fields=True):
    """One file."""

    name: str
    today: date
    question: dict[str, Any]
    expect: Expected
    clinic: ClinicLayer | None = None


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(load_release())


def dollars(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"


def told(amount: Range) -> str:
    ends = dollars(amount.low_cents), dollars(amount.high_cents)
    return ends[0] if amount.exact else " to ".join(ends)


def rows(found: Answer, wanted: dict[str, str], of: Callable[[SessionAnswer], Range | None]) -> dict[str, str]:
    """An amount of the sessions under the keys of the file; `3-9` only when they are all alike."""
    keyed: dict[str, str] = {}
    for key in wanted:
        first, _, last = key.partition("-")
        inside = found.sessions[int(first) - 1 : int(last or first)]
        amounts = (of(session) for session in inside)
        keyed[key] = " / ".join(dict.fromkeys("unknown" if each is None else told(each) for each in amounts))
    return keyed


def total(session: SessionAnswer, amount: Literal["other_payers_pay", "write_off"]) -> Range:
    """One amount of all lines."""
    return sum((getattr(line, amount) for line in session.lines), ZERO)


def tell(found: Answer, wanted: Expected) -> Expected:
    """The answer in the words of the file, as far as the file asks."""
    pays = found.patient_pays
    kinds = [notice.kind for notice in found.notices]
    everything: dict[str, Any] = {
        "payer": found.payer.slug,
        "via": [f"{step.from_slug} {step.to_slug} {step.on}" for step in found.payer.via],
        "status": found.coverage.status,
        "reason": found.coverage.reason,
        "lane": found.coverage.lane,
        "basis": found.price.basis,
        "first": told(pays.first_session),
        "typical": told(pays.typical_session),
        "course": told(pays.course),
        "with_services": pays.with_services and told(pays.with_services),
        "services": {each.service: each.patient_pays and told(each.patient_pays) for each in found.services},
        "deductible_left": rows(found, wanted.deductible_left, lambda session: session.deductible_remaining),
        "count": len(found.sessions),
        "sessions": rows(found, wanted.sessions, lambda session: session.patient_pays),
        "other_payers": rows(found, wanted.other_payers, lambda session: total(session, "other_payers_pay")),
        "written_off": rows(found, wanted.written_off, lambda session: total(session, "write_off")),
        "plan_years": {year.starts_on.isoformat(): told(year.patient_pays) for year in pays.by_plan_year},
        "forks": {fork.when: told(fork.patient_pays.course) for fork in found.forks},
        "milestones": [f"{each.kind} {each.session}" for each in found.milestones],
        "notices": [kind for kind in wanted.notices if kind in kinds],
        "no_notices": [kind for kind in wanted.no_notices if kind not in kinds],
        "unknowns": sorted(unknown.name for unknown in found.unknowns),
    }
    looked_at = {name: value for name, value in everything.items() if getattr(wanted, name) is not None}
    return Expected(**looked_at)


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_case(catalogue: Catalogue, path: Path) -> None:
    case = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), GoldenCase)
    question = msgspec.convert(case.question, Question)
    if case.clinic:
        catalogue = Catalogue(catalogue.release, case.clinic)
    found = answer(catalogue, question, case.today, id="receipt", created_at="now")
    if isinstance(found, Refusal):
        slugs = [each.slug for each in found.resolution.candidates] if found.resolution else []
        known = sorted(slugs) if case.expect.candidates is not None else None
        assert Expected(refused=found.kind, candidates=known) == case.expect, case.name
        return
    assert tell(found, case.expect) == case.expect, case.name


def test_the_cases_are_many_and_each_has_a_name_of_its_own() -> None:
    names = [tomllib.loads(path.read_text(encoding="utf-8"))["name"] for path in CASES]
    assert len(set(names)) == len(names) >= 25
