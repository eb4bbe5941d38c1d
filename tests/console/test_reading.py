"""What people type into forms is read as they mean it, or refused."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from service.web.console.reading import Unreadable, basis_points, cents, count, day, dollars, percent


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cents, "$1,500", 150_000),
        (cents, " 1 500.50 ", 150_050),
        (cents, "0", 0),
        (cents, "9999999", 999_999_900),
        (basis_points, "12.5%", 1_250),
        (basis_points, "12,5", 1_250),
        (basis_points, "100", 10_000),
        (count, "012", 12),
        (day, "2026-12-01", date(2026, 12, 1)),
    ],
)
def test_what_is_meant_is_read(read: Callable[[str], Any], text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        *((cents, text, "wrong_money") for text in ("a lot", "-1", "1.005", "NaN", "sNaN", "1e99999999", "10000000")),
        *((basis_points, text, "wrong_percent") for text in ("half", "-1", "100.01", "0.001", "Infinity")),
        *((count, text, "wrong_count") for text in ("two", "-1", "1.5", "1000000")),
        *((day, text, "wrong_date") for text in ("tomorrow", "2026-02-30", "12/01/2026")),
    ],
)
def test_what_cannot_be_meant_is_refused(read: Callable[[str], Any], text: str, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(text)


def test_what_is_on_file_is_shown_as_it_would_be_typed() -> None:
    assert [dollars(150_000), dollars(150_050), percent(1_250), percent(2_000)] == ["1,500", "1,500.50", "12.5", "20"]
