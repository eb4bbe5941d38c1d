"""When two questions are the same one."""

import hashlib
import hmac
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from payers.eligibility.inquiry import Inquiry, PayerAddress, Person, Provider
from service.clearinghouse.duplicates import fingerprint
from tests.service.clearinghouse.network import CHILD, inquiry

DAY = date(2026, 11, 23)
ONE = inquiry()


def keyed(value: bytes) -> bytes:
    return hmac.digest(b"a secret key", value, hashlib.sha256)


def changed(**fields: Any) -> Inquiry:
    return msgspec.structs.replace(ONE, **fields)


def person(**fields: Any) -> Person:
    return msgspec.structs.replace(ONE.subscriber, **fields)


@pytest.mark.parametrize(
    "same",
    [
        changed(trace="another"),
        changed(service_types=("MH", "30", "MH")),
        changed(member_id="w123456789"),
        changed(subscriber=person(last_name="NIGHTINGALE")),
        changed(subscriber=person(last_name="Níghtingale")),
        changed(payer=PayerAddress(id="60054", name="Aetna Life")),
        changed(provider=Provider(name="Pike Clinic LLC", npi="1999999984")),
    ],
)
def test_questions_alike_are_one(same: Inquiry) -> None:
    assert fingerprint(same, DAY, keyed) == fingerprint(ONE, DAY, keyed)


@pytest.mark.parametrize(
    "other",
    [
        changed(payer=PayerAddress(id="62308", name="Aetna")),
        changed(payer=PayerAddress(id="60054", name="Aetna", id_qualifier="FI")),
        changed(member_id="W123456780"),
        changed(member_id=None),
        changed(group_number="1"),
        changed(subscriber=person(first_name="Byron")),
        changed(subscriber=person(birth_date=date(1980, 5, 13))),
        changed(subscriber=person(birth_date=None)),
        changed(dependent=CHILD),
        changed(provider=Provider(name="Pike Clinic", npi="1999999992")),
        changed(date_of_service=date(2026, 11, 24)),
        changed(service_types=("30",)),
    ],
)
def test_a_difference_that_may_change_the_answer_makes_another(other: Inquiry) -> None:
    assert fingerprint(other, DAY, keyed) != fingerprint(ONE, DAY, keyed)


def test_the_next_day_it_is_another_question() -> None:
    assert fingerprint(ONE, DAY + timedelta(days=1), keyed) != fingerprint(ONE, DAY, keyed)


def test_without_the_key_nobody_can_make_it() -> None:
    made = fingerprint(ONE, DAY, keyed)

    assert len(made) == 32
    assert made != fingerprint(ONE, DAY, lambda value: hashlib.sha256(value).digest())
