"""What an estimate would say is known before anybody says whom it is for, and so is what stands against it."""

from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.estimate.question import Question
from payers.good_faith.preview import Preview, preview
from payers.good_faith.refusal import Refusal
from tests.payers.good_faith.issued import ISSUED_ON, IV, LISTED, RELEASE, SPRAVATO, issued, told

DENIED = SPRAVATO | {"payer": "Aetna", "state": "CO", "authorization": "denied", "session_minutes": None}


EVALUATED = IV | {
    "services": {"evaluation": True},
    "prices": {"cash_per_session": {"low_cents": 40_000, "high_cents": 40_000}},
}
EVALUATION = {"id": "evaluation", "service": "evaluation", "price_cents": 25_000, "valid_from": "2026-01-01"}
UNCODED = Catalogue(RELEASE, msgspec.convert({"services": [EVALUATION]}, ClinicLayer))
"""A clinic that has not said with which codes it bills an evaluation."""


def previewed(question: dict[str, Any], catalogue: Catalogue = LISTED) -> Preview | Refusal:
    asked = msgspec.convert(question, Question)
    return preview(catalogue, told(question, catalogue), asked, "en", ISSUED_ON)


def test_it_states_what_will_be_issued() -> None:
    found, made = previewed(EVALUATED), issued(EVALUATED)
    assert isinstance(found, Preview)
    assert found.estimate.total_cents == made.total_cents
    assert found.estimate.valid_until == made.valid_until
    assert (found.must_declare, found.open_codes) == (False, {})


def test_codes_that_somebody_must_choose_are_asked_beside_it() -> None:
    found = previewed(EVALUATED | {"site": None}, UNCODED)
    assert isinstance(found, Preview)
    assert "90792, 90791" in found.open_codes["evaluation"]


def test_where_the_plan_does_not_pay_the_patient_must_declare() -> None:
    found = previewed(DENIED | {"course": {"kind": "sessions", "count": 2}})
    assert isinstance(found, Preview)
    assert found.must_declare


@pytest.mark.parametrize(
    ("question", "kind", "name"),
    [
        (IV | {"course": None}, "open-question", "course"),
        (DENIED | {"authorization": "approved"}, "insured-estimate", None),
        (DENIED | {"course": None}, "insured-estimate", None),
        (IV | {"course": {"kind": "dates", "dates": ["2026-12-01", "2027-12-01"]}}, "impossible-request", None),
    ],
)
def test_what_stands_against_any(question: dict[str, Any], kind: str, name: str | None) -> None:
    found = previewed(question)
    assert isinstance(found, Refusal)
    assert (found.kind, found.question) == (kind, name)
