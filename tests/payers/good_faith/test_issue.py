"""What the document holds, item by item of the regulation, and what no document can hold."""

from copy import deepcopy
from datetime import date
from typing import Any

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.good_faith.content import GoodFaithEstimate, content_hash
from payers.good_faith.refusal import Refusal
from payers.good_faith.request import GoodFaithRequest, faults
from tests.payers.good_faith.issued import (
    COMPOUNDING,
    ESTIMATE_ID,
    ID,
    ISSUED_ON,
    IV,
    LISTED,
    RELEASE,
    REQUEST,
    SPRAVATO,
    THERAPIST,
    asked,
    issued,
    told,
)

SERVICES = {"evaluation": True, "integration_sessions": 3}
WHOLE = {"scheduled_on": "2026-11-20", "co_providers": [THERAPIST, COMPOUNDING]}


def texts(found: GoodFaithEstimate) -> dict[str, str]:
    return {each.kind: each.text for each in found.disclaimers}


def test_every_required_item_is_there() -> None:
    """45 CFR 149.610(c)(1), paragraph by paragraph."""
    found = issued(IV | {"services": {"evaluation": True}}, WHOLE | {"separate_services": ["Blood test"]})
    # Paragraph (i).
    assert (found.patient.first_name, found.patient.last_name) == ("Eva", "Muster")
    assert found.patient.birth_date == date(1985, 4, 12)
    # Paragraph (ii).
    assert found.primary_service.description.startswith("IV ketamine. An infusion into a vein")
    assert found.primary_service.scheduled_for == date(2026, 12, 1)
    # Paragraphs (iii) and (iv).
    clinic, therapist = found.providers
    assert [line.kind for line in clinic.lines] == ["evaluation", "session", "membership"]
    for line in (*clinic.lines[:2], *therapist.lines):
        assert line.description
        assert line.codes
        assert line.diagnoses == ("F33.2",)
        assert line.each_cents > 0
    # Paragraph (v).
    for provider, state in ((clinic.provider, "CO"), (therapist.provider, "NM")):
        assert provider.full_name
        assert provider.npi
        assert provider.tin
        assert provider.state == state
    assert clinic.provider.address is not None
    # Paragraphs (vi) and (vii).
    assert found.separate_services.services == ("Blood test",)
    for required in ("separate good-faith estimate", "when you ask for one", "codes", "303-555-0100"):
        assert required in found.separate_services.disclaimer
    # Paragraphs (viii) to (xi).
    said = texts(found)
    assert "not in this estimate" in said["additional-services"]
    assert "only an estimate" in said["estimate-only"]
    assert "may differ" in said["estimate-only"]
    assert "$400 or more" in said["dispute-right"]
    assert "not adversely affect the quality" in said["dispute-right"]
    assert "www.cms.gov/nosurprises" in said["dispute-how"]
    assert "1-800-985-3059" in said["dispute-how"]
    assert "not a contract" in said["not-a-contract"]
    assert "does not oblige" in said["not-a-contract"]
    # How often, how many and until when: 149.610(b)(1)(x).
    assert found.recurrence is not None
    assert found.recurrence.sessions == 6
    assert "November 30, 2027" in said["recurring"]
    # Colorado's own rule.
    assert "15%" in said["state-cap"]
    assert "$400" in said["state-cap"]


def test_the_receipt() -> None:
    found = issued(IV)
    assert (found.id, found.estimate_id, found.catalogue_version) == (ID, ESTIMATE_ID, LISTED.version)
    assert found.issued_on == ISSUED_ON


def test_it_is_read_again_as_it_was_written_and_has_one_hash() -> None:
    found = issued(IV | {"services": SERVICES}, WHOLE)
    again = msgspec.json.decode(msgspec.json.encode(found), type=GoodFaithEstimate)
    assert again == found
    assert content_hash(again) == content_hash(found) == content_hash(issued(IV | {"services": SERVICES}, WHOLE))
    assert content_hash(found) != content_hash(issued(IV | {"services": SERVICES}, WHOLE | {"lang": "es"}))


def test_the_language_is_that_of_the_patient_and_the_amounts_are_the_same() -> None:
    english, spanish = issued(SPRAVATO, WHOLE), issued(SPRAVATO, WHOLE | {"lang": "es"})
    assert english.total_cents == spanish.total_cents
    for one, other in zip(english.providers[0].lines, spanish.providers[0].lines, strict=True):
        assert one.description != other.description
        assert [code.code for code in one.codes] == [code.code for code in other.codes]
        assert all(a.label != b.label for a, b in zip(one.codes, other.codes, strict=True))
    assert "Usted se aplica el aerosol" in spanish.primary_service.description
    assert all(a.text != b.text for a, b in zip(english.disclaimers, spanish.disclaimers, strict=True))


def test_the_drug_has_its_number_and_its_units() -> None:
    (session, _) = issued(SPRAVATO).providers[0].lines
    assert [(code.code, code.units, code.ndc) for code in session.codes] == [
        ("99215", 1, None),
        ("J0013", 84, "50458-028-03"),
    ]


def test_an_appointment_alone_makes_a_day_a_scheduled_one() -> None:
    asked_only = issued(IV, {"requested_on": "2026-11-20"})
    assert asked_only.primary_service.scheduled_for is None
    assert asked_only.providers[0].lines[0].dates[0] == date(2026, 12, 1)


def test_without_a_start_there_are_no_days() -> None:
    found = issued({key: value for key, value in IV.items() if key != "start_on"})
    assert found.dates == ()
    assert found.recurrence is not None
    assert (found.recurrence.frequency[0].first_on, found.recurrence.frequency[0].days_between) == (None, (3, 4))


def test_the_refusal_asks_in_the_language_of_the_reader() -> None:
    question = {"payer": "Self-pay", "treatment": "im-ketamine", "course": {"kind": "sessions", "count": 6}}
    english, spanish = asked(question), asked(question, {"lang": "es"})
    assert isinstance(english, Refusal)
    assert isinstance(spanish, Refusal)
    assert english.detail.endswith("What is the clinic's own price for a session?")
    assert (english.question, spanish.question) == ("cash_per_session", "cash_per_session")
    assert english.detail != spanish.detail


def test_no_estimate_with_an_open_amount_is_ever_issued() -> None:
    """Whatever is left out of a question, a document has one amount a line, or there is none."""
    whole = SPRAVATO | {"services": SERVICES, "discounts": ["veteran"]}
    for left_out in whole:
        if left_out in ("payer", "treatment"):
            continue
        question = {key: value for key, value in whole.items() if key != left_out}
        found = asked(question)
        settled = all(session.patient_pays.exact for session in told(question).sessions)
        assert isinstance(found, Refusal) or settled, left_out


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (IV | {"treatment": "im-ketamine"}, "cash_per_session"),
        (IV | {"services": {"preparation_sessions": 2}}, "service_price"),
    ],
)
def test_a_published_price_is_no_expected_charge_even_where_it_is_one_amount(
    question: dict[str, Any], name: str
) -> None:
    narrow = tuple(msgspec.structs.replace(each, high_cents=each.low_cents) for each in RELEASE.price_ranges)
    catalogue = Catalogue(msgspec.structs.replace(RELEASE, price_ranges=narrow), LISTED.clinic)
    found = asked(question, catalogue=catalogue)
    assert isinstance(found, Refusal)
    assert (found.kind, found.question) == ("open-question", name)


def changed(place: str, value: object) -> dict[str, Any]:
    """The request with another value at a place like `clinic.npi` or `co_providers.0.state`."""
    request = deepcopy(REQUEST | WHOLE)
    *parents, last = place.split(".")
    at: Any = request
    for parent in parents:
        at = at[int(parent) if parent.isdigit() else parent]
    at[last] = value
    return request


@pytest.mark.parametrize(
    ("place", "value", "pointer"),
    [
        ("clinic.npi", "1234567890", "/clinic/npi"),
        ("co_providers.0.npi", "1245319590", "/co_providers/0/npi"),
        ("co_providers.1.npi", "1234567893", "/co_providers/1/npi"),
        ("co_providers.0.state", "ZZ", "/co_providers/0/state"),
        ("patient.birth_date", "2026-11-24", "/patient/birth_date"),
        ("scheduled_on", "2026-11-24", "/scheduled_on"),
        ("requested_on", "2027-01-01", "/requested_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(place: str, value: object, pointer: str) -> None:
    found = asked(IV, changed(place, value))
    assert isinstance(found, Refusal)
    assert (found.kind, found.pointer) == ("impossible-request", pointer)
    assert str(value) not in found.detail


def test_every_fault_is_told_at_once() -> None:
    request = changed("clinic.npi", "1234567890")
    request["clinic"]["address"]["state"] = "ZZ"
    request["patient"]["birth_date"] = "2030-01-01"
    found = [each.pointer for each in faults(msgspec.convert(request, GoodFaithRequest), ISSUED_ON)]
    assert found == ["/clinic/npi", "/clinic/address/state", "/patient/birth_date"]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("patient.first_name", ""),
        ("patient.last_name", "x" * 61),
        ("clinic.tin", "1234"),
        ("clinic.npi", "12345"),
        ("clinic.phone", "call us"),
        ("clinic.address.postal_code", "8020"),
        ("co_providers.0.services", [{"description": "x", "charge_cents": -1}]),
        ("co_providers.0.services", [{"description": "x", "charge_cents": 1, "quantity": 0}]),
        ("diagnoses", [{"code": "depression", "text": "x"}]),
        ("diagnoses", [{"code": "F33.2", "text": "x"}] * 13),
    ],
)
def test_the_wire_refuses_what_has_another_shape(place: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(changed(place, value), GoodFaithRequest)
