"""What people type into forms, read: dollars, percents, numbers, days; and the same printed as it would be typed."""

from datetime import date
from decimal import Decimal, InvalidOperation

_MOST_DOLLARS = 9_999_999


class Unreadable(ValueError):
    """What was typed cannot be read; the text is the key of the sentence that says so."""


def cents(text: str) -> int:
    """Dollars to the cent, such as `$1,500` or `1500.50`, below ten million. Raises `Unreadable`."""
    return _hundredths(text.replace("$", "").replace(",", ""), _MOST_DOLLARS, "wrong_money")


def basis_points(text: str) -> int:
    """A percent from 0 to 100 with at most two decimals. Raises `Unreadable`."""
    return _hundredths(text.replace("%", "").replace(",", "."), 100, "wrong_percent")


def _hundredths(text: str, most: int, fault: str) -> int:
    try:
        number = Decimal(text.replace(" ", ""))
        if not 0 <= number <= most:
            raise Unreadable(fault)
    except InvalidOperation:  # no number, or the one that is called so
        raise Unreadable(fault) from None
    if number * 100 % 1:
        raise Unreadable(fault)
    return int(number * 100)


def count(text: str) -> int:
    """A whole number of at most six digits. Raises `Unreadable`."""
    if not text.isdecimal() or len(text) > 6:
        raise Unreadable("wrong_count")
    return int(text)


def day(text: str) -> date:
    """A date as browsers send it. Raises `Unreadable`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable("wrong_date") from None


def dollars(amount_cents: int) -> str:
    """`1,500` or `1,500.50`."""
    return f"{amount_cents / 100:,.2f}".removesuffix(".00")


def percent(share_bp: int) -> str:
    """`12.5`."""
    return f"{share_bp / 100:g}"
