"""The federal holidays as the business days of the law need them."""

from datetime import date

import pytest

from payers.good_faith.timing import due
from service.documents.federal_holidays import federal_holidays

pytest.importorskip("holidays", reason="the library is not installed")


def test_a_year_has_the_eleven_holidays_and_the_days_on_which_they_are_kept() -> None:
    found = federal_holidays([2026])
    assert found == {
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 7, 4),
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
    }


def test_the_new_year_may_be_kept_in_the_old_one() -> None:
    assert date(2027, 12, 31) in federal_holidays([2027])


def test_an_estimate_asked_for_before_thanksgiving_is_due_after_it() -> None:
    requested_on = date(2026, 11, 25)
    found = due(
        scheduled_on=None, service_on=None, requested_on=requested_on, holidays=federal_holidays(range(2026, 2028))
    )
    assert found is not None
    assert found.on == date(2026, 12, 1)
