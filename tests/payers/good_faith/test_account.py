"""What is still to come is what was planned or estimated, less what was billed since."""

from collections import Counter
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.estimate.question import Language
from payers.good_faith.account import Account, Charged, Recorded
from payers.good_faith.guard import WarningKind
from payers.good_faith.scope import ScopeReason
from payers.good_faith.words import sentences
from tests.payers.good_faith.issued import IV, REQUEST, THERAPIST, issued

CLINIC, THERAPIST_NPI = REQUEST["clinic"]["npi"], THERAPIST["npi"]
ESTIMATE = issued(IV, {"co_providers": [THERAPIST]})
FEE = Charged(npi=CLINIC, item="membership", each_cents=5_000)


def session(day: int, cents: int = 50_000, quantity: int = 1) -> Charged:
    return Charged(npi=CLINIC, item="session", on=date(2026, 12, day), quantity=quantity, each_cents=cents)


def ahead(*records: Recorded) -> tuple[Charged, ...]:
    return Account(records=records).ahead(ESTIMATE)


def test_without_a_record_the_whole_estimate_is_ahead() -> None:
    assert sum(each.total_cents for each in ahead()) == ESTIMATE.total_cents
    assert [each.on for each in ahead()] == [*ESTIMATE.dates, None, None]


def test_a_session_on_another_day_is_still_one_of_the_estimated_ones() -> None:
    left = ahead(Recorded(billed=(session(2), session(5, 55_000))))
    assert [each.on for each in left if each.item == "session"] == list(ESTIMATE.dates[2:])


def test_more_than_was_estimated_leaves_nothing_and_takes_nothing_else() -> None:
    left = ahead(Recorded(billed=(session(1, quantity=9),)))
    assert [(each.npi, each.item) for each in left] == [(CLINIC, "membership"), (THERAPIST_NPI, "co-provider")]


def test_a_credit_brings_it_back() -> None:
    assert ahead(Recorded(billed=(session(1),)), Recorded(billed=(session(1, quantity=-1),))) == ahead()


def test_a_plan_takes_the_place_of_what_was_planned_before() -> None:
    plan = (session(20), FEE)
    assert ahead(Recorded(planned=(session(4),)), Recorded(billed=(session(4),), planned=plan)) == plan
    assert ahead(Recorded(planned=plan), Recorded(billed=(session(20),))) == (FEE,)
    assert ahead(Recorded(planned=())) == ()


@given(st.lists(st.integers(1, 9), max_size=6), st.lists(st.integers(1, 9), max_size=6))
def test_what_is_ahead_and_what_was_billed_make_the_plan(planned: list[int], billed: list[int]) -> None:
    plan = tuple(session(day, quantity=day) for day in planned)
    records = Recorded(planned=plan), *(Recorded(billed=(session(1, quantity=count),)) for count in billed)
    left = Counter(each.item for each in ahead(*records) for _ in range(each.quantity))
    assert left["session"] == max(sum(planned) - sum(billed), 0)


@pytest.mark.parametrize("lang", get_args(Language))
@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("warning", get_args(WarningKind)),
        ("differs", get_args(ScopeReason)),
        ("new_version", ("due", "late", "no-day")),
    ],
)
def test_everything_the_guard_says_has_words_and_nothing_else(
    lang: Language, table: str, keys: tuple[str, ...]
) -> None:
    assert set(sentences(lang)[table]) == set(keys)
