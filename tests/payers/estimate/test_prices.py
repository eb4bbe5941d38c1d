"""A course whose sessions are priced from different sources says so."""

from datetime import date

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer, ContractedRate
from payers.catalogue.load import load_release
from payers.estimate import answer
from payers.estimate.answer import Answer
from payers.estimate.question import Question

TODAY = date(2026, 11, 23)
RATE = ContractedRate(
    id="aetna-84-2026",
    payer="aetna",
    treatment="spravato",
    dose_mg=84,
    allowed_cents=131000,
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
)
CATALOGUE = Catalogue(load_release(), ClinicLayer(rates=(RATE,)))


def asked(start_on: str) -> Answer:
    question = {
        "payer": "Aetna",
        "treatment": "spravato",
        "dose_mg": 84,
        "indication": "trd",
        "authorization": "approved",
        "network": "in",
        "lane": "medical",
        "start_on": start_on,
        "course": {"kind": "sessions", "count": 3},
        "benefits": {"plan_year_start": "01-01"},
    }
    told = answer(CATALOGUE, msgspec.convert(question, Question), TODAY, id="", created_at="")
    assert isinstance(told, Answer)
    return told


def test_a_contracted_rate_prices_the_days_it_holds() -> None:
    told = asked("2026-12-01")
    assert told.price.basis == "contracted-rate"
    assert "$1,310" in told.price.sentence
    assert {session.lines[0].allowed.low_cents for session in told.sessions} == {131000}


def test_a_day_after_the_contract_is_priced_and_told_apart() -> None:
    told = asked("2026-12-26")  # sessions on December 26 and 29, and on January 2
    allowed = [session.lines[0].allowed for session in told.sessions]
    assert [(each.low_cents, each.high_cents) for each in allowed] == [
        (131000, 131000),
        (131000, 131000),
        (124000, 160000),
    ]
    assert told.price.basis == "published-range"
    assert "$1,310, is the clinic's contracted rate" in told.price.sentence
    assert "$1,240 to $1,600, comes from published prices" in told.price.sentence
