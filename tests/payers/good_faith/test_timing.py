"""By when an estimate must be given: a table of days, with a holiday and weekends among them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.good_faith.timing import (
    Due,
    business_days_after,
    business_days_before,
    due,
    last_day,
    renewal_due,
)

HOLIDAYS = frozenset({date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1)})
"""Thanksgiving, Christmas and the New Year's Day after it, on a Thursday and two Fridays."""


@pytest.mark.parametrize(
    ("scheduled_on", "service_on", "due_on"),
    [
        # Ten business days ahead, to the day: 23 November + 10 without Thanksgiving is 8 December.
        ("2026-11-23", "2026-12-08", "2026-11-27"),
        ("2026-11-23", "2026-12-07", "2026-11-24"),
        # Three business days ahead, to the day.
        ("2026-11-30", "2026-12-03", "2026-12-01"),
        ("2026-11-30", "2026-12-02", None),
        # Before Thanksgiving three business days end on the Tuesday after it.
        ("2026-11-25", "2026-12-01", "2026-11-27"),
        ("2026-11-25", "2026-11-30", None),
        # Made on a Saturday, for a Saturday: counted by the business days between.
        ("2026-12-05", "2026-12-12", "2026-12-07"),
        ("2026-12-05", "2026-12-09", None),
        ("2026-12-09", "2026-12-12", "2026-12-10"),
        # On the day itself.
        ("2026-12-01", "2026-12-01", None),
    ],
)
def test_an_appointment_makes_it_due(scheduled_on: str, service_on: str, due_on: str | None) -> None:
    found = due(
        scheduled_on=date.fromisoformat(scheduled_on),
        service_on=date.fromisoformat(service_on),
        requested_on=None,
        holidays=HOLIDAYS,
    )
    assert found == (due_on and Due(on=date.fromisoformat(due_on), trigger="scheduled"))


@pytest.mark.parametrize(
    ("requested_on", "due_on"),
    [
        ("2026-11-30", "2026-12-03"),
        ("2026-11-25", "2026-12-01"),
        ("2026-12-04", "2026-12-09"),
        ("2026-12-05", "2026-12-09"),
        ("2026-12-24", "2026-12-30"),
        ("2026-12-30", "2027-01-05"),
    ],
)
def test_a_question_about_the_cost_leaves_three_business_days(requested_on: str, due_on: str) -> None:
    found = due(scheduled_on=None, service_on=None, requested_on=date.fromisoformat(requested_on), holidays=HOLIDAYS)
    assert found == Due(on=date.fromisoformat(due_on), trigger="requested")


@pytest.mark.parametrize(
    ("requested_on", "found"),
    [
        (date(2026, 11, 30), Due(on=date(2026, 12, 1), trigger="scheduled")),
        (date(2026, 11, 24), Due(on=date(2026, 11, 30), trigger="requested")),
    ],
)
def test_of_an_appointment_and_a_question_the_earlier_day_counts(requested_on: date, found: Due) -> None:
    scheduled_on, service_on = date(2026, 11, 30), date(2026, 12, 3)
    assert found == due(scheduled_on=scheduled_on, service_on=service_on, requested_on=requested_on, holidays=HOLIDAYS)


def test_without_either_nothing_is_due() -> None:
    assert due(scheduled_on=None, service_on=date(2026, 12, 3), requested_on=None, holidays=HOLIDAYS) is None
    assert due(scheduled_on=date(2026, 12, 3), service_on=None, requested_on=None, holidays=HOLIDAYS) is None


@pytest.mark.parametrize(
    ("service_on", "due_on"),
    [
        ("2026-12-02", "2026-12-01"),
        ("2026-12-07", "2026-12-04"),
        ("2026-11-27", "2026-11-25"),
        ("2027-01-02", "2026-12-31"),
    ],
)
def test_a_change_needs_a_new_one_a_business_day_before(service_on: str, due_on: str) -> None:
    assert renewal_due(date.fromisoformat(service_on), HOLIDAYS) == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-12-01", "2027-11-30"), ("2027-01-01", "2027-12-31"), ("2028-02-29", "2029-02-27")],
)
def test_one_estimate_covers_twelve_months(first: str, last: str) -> None:
    assert last_day(date.fromisoformat(first)) == date.fromisoformat(last)


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_counting_lands_on_business_days_and_back_again(day: date, count: int) -> None:
    later = business_days_after(day, count, HOLIDAYS)
    between = [day + timedelta(days=each) for each in range(1, (later - day).days + 1)]
    assert sum(each.weekday() < 5 and each not in HOLIDAYS for each in between) == count
    assert later.weekday() < 5
    assert later not in HOLIDAYS
    earlier = business_days_before(later, count, HOLIDAYS)
    assert earlier <= day
    assert business_days_after(earlier, count, HOLIDAYS) == later
