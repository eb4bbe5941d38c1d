"""Single values as hospitals write them: amounts, dates, lists. What cannot be read is absent, and counted."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import cast

_DATE = re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})|(?P<Y>\d{4})-(?P<M>\d{2})-(?P<D>\d{2})")
_AMOUNT = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,12})?(\.\d{1,12})?\s*%?")
_SEPARATED = re.compile(r"[|,;\s]+")
_NOTHING = frozenset({"", "n/a", "na", "null", "none", "-"})
_NO_DATA = Decimal(999_999_999)
"""What hospitals write where they have no data for an amount, as CMS told them to for the estimated amount."""


def amount(value: object, name: str, odd: Counter[str]) -> Decimal | None:
    """A price or percentage above zero; a text may have a dollar sign, commas between thousands, a percent sign."""
    if value is None or (isinstance(value, str) and value.strip().casefold() in _NOTHING):
        return None
    found = _number(value)
    if found is None or not 0 < found < _NO_DATA:
        odd[name] += 1
        return None
    return found


def _number(value: object) -> Decimal | None:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value)
    written = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    return Decimal((written[1] or "0").replace(",", "") + (written[2] or "")) if written else None


def day(value: object, name: str, odd: Counter[str]) -> date | None:
    """A date written 2026-04-01 or 4/1/2026."""
    text = str(value or "").strip()
    found = _DATE.fullmatch(text)
    try:
        if found:
            year, month, number = (found[key] or found[key.swapcase()] for key in "ymd")
            return date(int(year), int(month), int(number))
    except ValueError:
        pass
    if text:
        odd[name] += 1
    return None


def text(value: object) -> str | None:
    """A text without the blanks around it; nothing where there is none."""
    return (str(value).strip() or None) if isinstance(value, str | int | Decimal) else None


def parts(value: object) -> tuple[str, ...]:
    """Names parted by pipes, or a list of them."""
    several = cast("list[object]", value) if isinstance(value, list) else (text(value) or "").split("|")
    return tuple(found for each in several if (found := text(each)))


def modifiers(value: object) -> tuple[str, ...]:
    """Modifiers in capitals, in the order of the alphabet, parted by pipes, commas or blanks, or a list."""
    joined = "|".join(parts(value))
    return tuple(sorted({found.upper() for found in _SEPARATED.split(joined) if found}))
