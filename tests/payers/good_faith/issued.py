"""Good-faith estimates of a clinic with the price list of the documentation."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.load import load_release
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.question import Question
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.issue import good_faith_estimate
from payers.good_faith.refusal import Refusal
from payers.good_faith.request import GoodFaithRequest

EXAMPLE = Path(__file__).parents[3] / "docs/examples/price-list.toml"
RELEASE = load_release()
LISTED = Catalogue(RELEASE, msgspec.toml.decode(EXAMPLE.read_bytes(), type=ClinicLayer))
ISSUED_ON = date(2026, 11, 23)
ID = "0193b5f0-1111-7000-8000-000000000001"
ESTIMATE_ID = "0193b5f0-2222-7000-8000-000000000002"

IV: dict[str, Any] = {
    "payer": "Self-pay",
    "treatment": "iv-ketamine",
    "start_on": "2026-12-01",
    "course": {"kind": "sessions", "count": 6},
    "site": "denver",
    "session_minutes": 45,
}
SPRAVATO = IV | {"treatment": "spravato", "dose_mg": 84, "course": {"kind": "label", "weeks": 8}}
COMPOUNDING: dict[str, Any] = {
    "name": "Front Range Compounding",
    "npi": "1679576722",
    "tin": "84-7654321",
    "state": "CO",
    "part": "compounding pharmacy",
}
THERAPIST: dict[str, Any] = {
    "first_name": "Ana",
    "name": "Ruiz",
    "npi": "1245319599",
    "tin": "84-1112223",
    "state": "NM",
    "part": "therapist",
    "services": [
        {"description": "Integration therapy", "code": "90837", "quantity": 3, "charge_cents": 14000},
    ],
}
REQUEST: dict[str, Any] = {
    "patient": {"first_name": "Eva", "last_name": "Muster", "birth_date": "1985-04-12"},
    "clinic": {
        "name": "Mile High Ketamine",
        "npi": "1234567893",
        "tin": "84-1234567",
        "address": {"line": "1 Example Street", "city": "Denver", "state": "CO", "postal_code": "80202"},
        "phone": "303-555-0100",
    },
    "diagnoses": [{"code": "F33.2", "text": "Recurrent major depression, severe"}],
}


def told(question: dict[str, Any], catalogue: Catalogue = LISTED, today: date = ISSUED_ON) -> Answer:
    """The stored estimate."""
    found = answer(catalogue, msgspec.convert(question, Question), today, id=ESTIMATE_ID, created_at="")
    assert isinstance(found, Answer)
    return found


def asked(
    question: dict[str, Any],
    request: dict[str, Any] | None = None,
    catalogue: Catalogue = LISTED,
    issued_on: date = ISSUED_ON,
) -> GoodFaithEstimate | Refusal:
    """The good-faith estimate of it, or why there is none."""
    return good_faith_estimate(
        catalogue,
        told(question, catalogue, issued_on),
        msgspec.convert(question, Question),
        msgspec.convert(REQUEST | (request or {}), GoodFaithRequest),
        id=ID,
        issued_on=issued_on,
    )


def issued(
    question: dict[str, Any],
    request: dict[str, Any] | None = None,
    catalogue: Catalogue = LISTED,
    issued_on: date = ISSUED_ON,
) -> GoodFaithEstimate:
    """The good-faith estimate, where there must be one."""
    found = asked(question, request, catalogue, issued_on)
    assert isinstance(found, GoodFaithEstimate), found
    return found
