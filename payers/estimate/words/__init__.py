"""Sentences by key in English and Spanish. Code carries keys; the words stand beside this in `en.toml`, `es.toml`."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from payers.catalogue.model import Criteria, Parameter, Rule
from payers.cost_share.design import YearAmount
from payers.cost_share.money import Range
from payers.estimate.question import Language


@cache
def _sentences(lang: Language) -> dict[str, dict[str, Any]]:
    text = (Path(__file__).parent / f"{lang}.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, dict[str, Any]])


def say(lang: Language, table: str, key: str, **values: object) -> str:
    """The sentence of that key with its values filled in."""
    sentence: str = _sentences(lang)[table][key]
    return sentence.format(**values)


def phrase(lang: Language, text: str) -> str:
    """The catalogue's own free text in the reader's language; as it stands where no words are on file for it."""
    known: str = _sentences(lang).get("phrase", {}).get(text, text)
    return known


def money(cents: int) -> str:
    """Dollars as both languages print them in the United States: `$1,240`, `$271.22`."""
    dollars, rest = divmod(cents, 100)
    return f"${dollars:,}.{rest:02d}" if rest else f"${dollars:,}"


def amount(lang: Language, cents: Range) -> str:
    """One amount, or from one to another."""
    if cents.exact:
        return money(cents.low_cents)
    return say(lang, "text", "range", low=money(cents.low_cents), high=money(cents.high_cents))


def yearly_amount(lang: Language, yearly: YearAmount) -> str:
    """The name of a programme's yearly amount."""
    parameter = yearly.parameters[0]
    return say(lang, "amount", f"{parameter.program}-{parameter.name}")


def parameter_name(lang: Language, parameter: Parameter) -> str | None:
    """The name of one yearly amount; absent where nobody has put it into words."""
    name: str | None = _sentences(lang)["amount"].get(f"{parameter.program}-{parameter.name}")
    return name


def percent(basis_points: int) -> str:
    """`20%`, `12.5%`."""
    return f"{basis_points / 100:g}%"


def day(lang: Language, on: date) -> str:
    """A date in words."""
    return say(lang, "text", "date", month=_month(lang, on.month), day=on.day, year=on.year)


def days(lang: Language, dates: Iterable[date]) -> str:
    """Several dates in words, those of a month together: `December 1, 4 and 8, 2026`."""
    by_month: dict[tuple[int, int], list[str]] = {}
    for on in sorted(dates):
        by_month.setdefault((on.year, on.month), []).append(str(on.day))
    return "; ".join(
        say(lang, "text", "date", month=_month(lang, month), day=_listed(lang, of_month), year=year)
        for (year, month), of_month in by_month.items()
    )


def when(lang: Language, on: str) -> str:
    """A date of the catalogue in words, as precise as its source: a day, a month, a year or an interval."""
    first, _, last = on.partition("/")
    if last:
        return say(lang, "text", "range", low=when(lang, first), high=when(lang, last))
    match [int(part) for part in on.split("-")]:
        case [year, month, of_month]:
            return day(lang, date(year, month, of_month))
        case [year, month]:
            return say(lang, "text", "month", month=_month(lang, month), year=year)
        case _:
            return on


def _month(lang: Language, month: int) -> str:
    months: list[str] = _sentences(lang)["text"]["months"]
    return months[month - 1]


def _listed(lang: Language, parts: Sequence[str]) -> str:
    *first, last = parts
    return say(lang, "text", "and", first=", ".join(first), last=last) if first else last


def requirements(rule: Rule, lang: Language) -> list[tuple[str, str]]:
    """What the payer asks before it pays: kind and sentence, in the order of the rule."""
    told: list[tuple[str, str]] = []
    for kind in Criteria.__struct_fields__:
        value: object = getattr(rule.criteria, kind)
        if kind == "exclusions":
            value = ", ".join(phrase(lang, each) for each in rule.criteria.exclusions)
        if value not in (None, ""):
            told.append((kind, say(lang, "require", kind, value=_value(lang, value))))
    for kind, value in (
        ("authorization_initial", rule.authorization.initial),
        ("authorization_renewal", rule.authorization.renewal),
        ("site_of_care", rule.site_of_care),
    ):
        if value:
            told.append((kind, say(lang, "require", kind, value=phrase(lang, value))))
    return told


def _value(lang: Language, value: object) -> str:
    if isinstance(value, bool):
        return say(lang, "text", "yes" if value else "no")
    return phrase(lang, str(value))
