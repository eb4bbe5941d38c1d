"""The rows of one scope as FHIR's benefits: a limit with what is used of it, a share, or what else a row is about.

R4 has `allowed` and `used`, and nothing for what is left, which is what payers mostly say. `used` is written where the
payer says it, or says both the limit and what is left; nothing else is derived, and nothing is filled in.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from payers.eligibility.codes import PERIODS
from payers.eligibility.response import Benefit, Kind, Measure
from payers.fhir import definitions
from payers.fhir.elements import CodeableConcept, Coding, Extension, Money, Quantity
from payers.fhir.response import ItemBenefit
from payers.fhir.systems import (
    BENEFIT_TYPE,
    BENEFITS,
    LIMIT,
    TERM,
    TERMS,
    VISIT,
    VISITS,
    X12_BENEFIT,
    X12_PERIOD,
    X12_QUANTITY,
)
from payers.fhir.text import codes, concept, words

NO_LIMIT = "no limit"
"""What stands in place of an amount by which a payer means that there is no limit."""

_Part = Literal["cents", "visits", "share", "percent", "rest"]
"""What of a row becomes a benefit: `cents` and `visits` can be used up, a `share` in dollars or percent cannot."""

_SHARES: frozenset[Kind] = frozenset({"copay", "coinsurance"})
_MEASURED = frozenset({"24", "29", "30"})
"""Periods (EB06) that say what an amount means, and not what it is for."""
_LIFETIME = frozenset({"32", "33"})
_YEAR = frozenset({None, "22", "23", "25", *_MEASURED})
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)


class _Figure(NamedTuple):
    """A number of a row, in cents or visits, and the period that it is for."""

    measure: Measure
    number: int
    period: str | None


class TermBenefit(NamedTuple):
    """A benefit, and the period (EB06) that it is for."""

    period: str | None
    benefit: ItemBenefit


def benefits(rows: Sequence[Benefit]) -> Iterator[TermBenefit]:
    """What the rows say, in their order. They are of one scope: the same service, network, level, place, messages.

    A limit, what is used and what is left are one benefit where each is told once; where one is told twice and
    differently, nobody knows which belong together, and each stands alone.
    """
    told: dict[tuple[_Part, str, str | int | None], list[Benefit]] = {}
    for number, row in enumerate(rows):
        for part in _parts(row):
            key = (part, row.eb01, _span(row.period_code) if part in ("cents", "visits") else number)
            told.setdefault(key, []).append(row)
    for (part, _, _), same in told.items():
        if part in ("cents", "visits"):
            yield from _limits(part, same)
        else:
            yield TermBenefit(_period(same[0]), _alone(part, same[0]))


def term(period: str | None) -> CodeableConcept | None:
    """The period in HL7's code, where it has one, in X12's, and in words."""
    if period is None:
        return None
    return concept(PERIODS.get(period, period).replace("_", " "), (TERM, TERMS.get(period)), (X12_PERIOD, period))


def _parts(row: Benefit) -> Iterator[_Part]:
    is_share, counted = row.kind in _SHARES, _visits(row) is not None
    has_amount = row.amount_cents is not None and not row.no_limit
    trusted = row.malformed is None
    if trusted and has_amount:
        yield "share" if is_share else "cents"
    if trusted and row.percent_bp is not None:
        yield "percent"
    if trusted and counted:
        yield "visits"
    figures = trusted and (has_amount or row.percent_bp is not None)
    if not (figures or (trusted and counted)) or (row.quantity and not counted and not is_share):
        yield "rest"


def _visits(row: Benefit) -> int | None:
    """A limit in visits, which HL7 has a code for."""
    quantity = row.quantity
    if row.kind != "limitation" or not quantity or quantity.qualifier != VISITS:
        return None
    return int(quantity.value) if _WHOLE.fullmatch(quantity.value) else None


def _span(period: str | None) -> str | None:
    """Periods whose limits and remainders may belong together: those of a year, those of a life, each other one."""
    return "lifetime" if period in _LIFETIME else "year" if period in _YEAR else period


def _period(row: Benefit) -> str | None:
    return None if row.period_code in _MEASURED else row.period_code


def _limits(part: _Part, rows: Sequence[Benefit]) -> Iterator[TermBenefit]:
    figures = list(dict.fromkeys(_figure(part, row) for row in rows))
    each_once = len({figure.measure for figure in figures}) == len(figures)
    for together in [figures] if each_once else [[figure] for figure in figures]:
        numbers: dict[Measure, int] = {figure.measure: figure.number for figure in together}
        limit = next((figure for figure in together if figure.measure == "limit"), together[0])
        yield TermBenefit(limit.period, _limit(part, rows[0], numbers))


def _figure(part: _Part, row: Benefit) -> _Figure:
    number = row.amount_cents if part == "cents" else _visits(row)
    return _Figure(row.measure or "limit", number or 0, _period(row))


def _limit(part: _Part, row: Benefit, numbers: Mapping[Measure, int]) -> ItemBenefit:
    """A limit as far as it is told. What is left is an extension where `allowed` and `used` do not say it."""
    limit, used, left = (numbers.get(measure) for measure in ("limit", "accumulated", "remaining"))
    if limit is not None and used is None and left is not None and left <= limit:
        used = limit - left
    if limit is not None and used is not None and left == limit - used:
        left = None
    beyond = ((definitions.REMAINING, left), (definitions.EXCEEDED, numbers.get("exceeded")))
    if part == "visits":
        extension = tuple(
            Extension(url=url, value_quantity=_quantity(Decimal(number), VISITS))
            for url, number in beyond
            if number is not None
        )
        return ItemBenefit(
            type=_type(row, part), allowed_unsigned_int=limit, used_unsigned_int=used, extension=extension
        )
    extension = tuple(Extension(url=url, value_money=_usd(number)) for url, number in beyond if number is not None)
    return ItemBenefit(type=_type(row, part), allowed_money=_usd(limit), used_money=_usd(used), extension=extension)


def _alone(part: _Part, row: Benefit) -> ItemBenefit:
    """A share, or a row without a figure that FHIR has a place for."""
    money = _usd(row.amount_cents) if part == "share" else None
    percent = row.percent_bp if part == "percent" else None
    is_whole = percent is not None and row.kind == "coinsurance" and percent >= 0 and percent % 100 == 0
    told = f"{Decimal(percent).scaleb(-2).normalize():f}%" if percent is not None and not is_whole else None
    if part == "rest" and row.no_limit:
        told = NO_LIMIT
    extension: list[Extension] = []
    if row.quantity and (part == "rest" or row.kind in _SHARES):
        url = definitions.REMAINING if row.measure == "remaining" else definitions.QUANTITY
        if _NUMBER.fullmatch(row.quantity.value):
            counted = _quantity(Decimal(row.quantity.value), row.quantity.qualifier)
            extension.append(Extension(url=url, value_quantity=counted))
    if part == "rest" and row.malformed is not None:
        extension.append(Extension(url=definitions.NOT_TRUSTED, value_string=words(row.malformed) or "malformed"))
    return ItemBenefit(
        type=_type(row, part),
        allowed_money=money,
        allowed_unsigned_int=percent // 100 if percent is not None and is_whole else None,
        allowed_string=told,
        extension=tuple(extension),
    )


def _type(row: Benefit, part: _Part) -> CodeableConcept:
    """What the row is about in HL7's code or our own, in X12's (EB01), and in words."""
    known: str | None = BENEFITS.get(row.kind)
    if row.kind == "limitation":
        known = {"cents": LIMIT, "visits": VISIT}.get(part)
    elif row.kind == "coinsurance" and part == "share":
        known = None
    ours = definitions.OUT_OF_POCKET_MAXIMUM if row.kind == "out_of_pocket_max" else None
    coding = codes((BENEFIT_TYPE, known), (definitions.BENEFIT_TYPE, ours), (X12_BENEFIT, row.eb01))
    return CodeableConcept(coding=coding, text=(ours or row.kind).replace("-", " ").replace("_", " "))


def _usd(cents: int | None) -> Money | None:
    """Dollars to the cent, exactly."""
    return None if cents is None else Money(value=Decimal(cents).scaleb(-2), currency="USD")


def _quantity(number: Decimal, qualifier: str | None) -> Quantity:
    (coding,) = codes((X12_QUANTITY, qualifier)) or (Coding(),)
    return Quantity(value=number, system=coding.system, code=coding.code)
