"""Golden cases that billing staff can read: a question, what the clinic adds, and the estimate in dollars.

Each file of `cases/` says in its name what it shows. A line reads `session: 6 x 500.00 = 3,000.00 (96365 J3490)`; one
of another provider begins with its name. Without a `[clinic]` the price list of the documentation holds.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.cost_share.money import exactly
from payers.good_faith.content import ChargeLine, GoodFaithEstimate, ProviderCharges
from payers.good_faith.refusal import Refusal
from tests.payers.good_faith.issued import LISTED, RELEASE, asked, told

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))


class Expected(msgspec.Struct, forbid_unknown_fields=True):
    """What the file expects; what it does not say is not looked at."""

    refused: list[str] | None = None
    standing: str | None = None
    lines: list[str] | None = None
    total: str | None = None
    disputable_from: list[str] | None = None
    most_billable: list[str] | None = None
    scheduled_for: date | None = None
    valid_until: date | None = None
    rhythm: list[str] | None = None
    reductions: list[str] | None = None
    separate: list[str] | None = None
    not_included: list[str] | None = None
    disclaimers: list[str] | None = None


class GoldenCase(msgspec.Struct, forbid_unknown_fields=True):
    """One file."""

    name: str
    issued_on: date
    question: dict[str, Any]
    expect: Expected
    request: dict[str, Any] = {}
    clinic: ClinicLayer | None = None

    @property
    def catalogue(self) -> Catalogue:
        """With the clinic's own price list."""
        return Catalogue(RELEASE, self.clinic) if self.clinic else LISTED


def read(path: Path) -> GoldenCase:
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), GoldenCase)


def dollars(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"


def line_told(charges: ProviderCharges, line: ChargeLine) -> str:
    codes = f" ({' '.join(code.code for code in line.codes)})" if line.codes else ""
    amounts = f"{line.quantity} x {dollars(line.each_cents)} = {dollars(line.total_cents)}"
    name = line.kind if charges.provider.role == "convening" else charges.provider.full_name
    return f"{name}: {amounts}{codes}"


def shown(found: GoodFaithEstimate) -> dict[str, Any]:
    """Everything that a file may expect."""
    return {
        "refused": None,
        "standing": found.standing,
        "lines": [line_told(each, line) for each in found.providers for line in each.lines],
        "total": dollars(found.total_cents),
        "disputable_from": [dollars(each.disputable_from_cents) for each in found.providers],
        "most_billable": [
            "none" if each.most_billable_cents is None else dollars(each.most_billable_cents)
            for each in found.providers
        ],
        "scheduled_for": found.primary_service.scheduled_for,
        "valid_until": found.valid_until,
        "rhythm": [each.sentence for each in found.recurrence.frequency] if found.recurrence else [],
        "reductions": list(found.reductions),
        "separate": list(found.separate_services.services),
        "not_included": [each.sentence for each in found.not_included],
        "disclaimers": [each.kind for each in found.disclaimers],
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = read(path)
    found = asked(case.question, case.request, case.catalogue, case.issued_on)
    if isinstance(found, Refusal):
        place = found.question or found.pointer
        assert [found.kind, place] == case.expect.refused, found.detail
        return
    actual = shown(found)
    expected = msgspec.structs.asdict(case.expect)
    wanted = {key: value for key, value in expected.items() if value is not None or key == "refused"}
    assert {key: actual[key] for key in wanted} == wanted


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_document_adds_up_and_agrees_with_the_estimate(path: Path) -> None:
    case = read(path)
    found = asked(case.question, case.request, case.catalogue, case.issued_on)
    if isinstance(found, Refusal):
        return
    for each in found.providers:
        assert all(line.total_cents == line.quantity * line.each_cents for line in each.lines)
        assert each.total_cents == sum(line.total_cents for line in each.lines)
    assert found.total_cents == sum(each.total_cents for each in found.providers)
    estimate = told(case.question, case.catalogue, case.issued_on)
    whole = estimate.patient_pays.with_services
    if whole is not None and estimate.coverage.status == "self-pay":
        assert whole == exactly(found.providers[0].total_cents)
    sessions = [line for line in found.providers[0].lines if line.kind == "session"]
    assert exactly(sum(line.total_cents for line in sessions)) == estimate.patient_pays.course
    assert sum(line.quantity for line in sessions) == len(estimate.sessions)


def test_a_case_can_fail() -> None:
    case = read(next(path for path in CASES if path.stem == "iv-at-the-clinics-price"))
    found = asked(case.question, case.request, case.catalogue, case.issued_on)
    assert isinstance(found, GoodFaithEstimate)
    assert shown(found)["total"] != dollars(found.total_cents + 1)
