"""FHIR's items as the rows of a 271, so that one reader gives all answers their meaning (`payers.eligibility.mirror`).

What another system says in its own way stays as it said it: a code that nobody knows is kept, and what is no money, no
percent and no count is left out with a warning.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from payers.eligibility.mirror import Segment, composed, repeated
from payers.fhir import definitions, systems
from payers.fhir.elements import CodeableConcept, Extension, Money
from payers.fhir.response import Item, ItemBenefit
from payers.fhir.segments import dated, text
from payers.fhir.systems import code_in
from payers.fhir.write_benefits import NO_LIMIT
from payers.fhir.write_items import THE_PLAN

_BENEFIT_CODES: Mapping[str, str] = {
    "deductible": "C",
    "copay": "B",
    "copay-percent": "A",
    "coinsurance": "A",
    systems.LIMIT: "F",
    systems.VISIT: "F",
    definitions.OUT_OF_POCKET_MAXIMUM: "G",
}
"""EB01 of HL7's benefit types, of Da Vinci PCT's financial types, and of our own."""
_BENEFIT_SYSTEMS = (systems.BENEFIT_TYPE, definitions.BENEFIT_TYPE, systems.PCT_FINANCIAL_TYPE, None)
_COINSURANCE = "A"
_SHARES = frozenset({_COINSURANCE, "B"})
_EXCLUDED = frozenset({"E", "I"})
_YEAR, _USED, _LEFT, _EXCEEDED = "23", "24", "29", "30"
_LIFETIME = {"32": "33", "33": "33"}
_LEVELS = {unit: level for level, unit in systems.UNITS.items()}
_PERIODS = {"annual": _YEAR, "lifetime": "32", "day": "7"}
_NETWORKS = {"in": "Y", "out": "N"}
_SERVICE_SYSTEMS = (systems.X12_SERVICE_TYPE, systems.EXAMPLE_CATEGORY, None)
_QUALIFIERS = {system: qualifier for qualifier, system in systems.PROCEDURES.items()} | {systems.CPT: "HC"}
_AGREED = "ZZ"
_QUALIFIED = re.compile(r"[A-Z0-9]{2}:\S", re.ASCII)
_FILLER = "99999.99"
"""How payers write that there is no limit."""
_PERCENT = re.compile(r"(?P<percent>\d{1,3}(\.\d{1,4})?) ?%", re.ASCII)


class _Figure(NamedTuple):
    """What a row says: the period (EB06) that its amount is measured by, an amount, a share, a count."""

    period: str
    dollars: str = ""
    fraction: str = ""
    qualifier: str = ""
    quantity: str = ""


def rows(item: Item) -> Iterator[Segment]:
    """The item's rows, each with what stands beside it."""
    beside = tuple(_beside(item))
    told = [(_eb01(benefit.type), benefit) for benefit in item.benefit]
    if item.excluded and not any(eb01 in _EXCLUDED for eb01, _ in told):
        yield from (_row(item, "I", _Figure(_period(item))), *beside)
    elif not told:
        plain = "D" if item.authorization_required is None else "CB"
        yield from (_row(item, plain, _Figure(_period(item))), *beside)
    for eb01, benefit in told:
        for figure in _figures(eb01, benefit, _period(item)):
            yield from (_row(item, eb01, figure), *beside)


def unread(item: Item) -> Iterator[str]:
    """What could not be read as money, a percent or a count."""
    for benefit in item.benefit:
        eb01 = _eb01(benefit.type)
        for money in (benefit.allowed_money, benefit.used_money):
            if money and money.value is not None and money.currency != "USD":
                yield "An amount is not in US dollars; it was not read."
            elif money and money.value is not None and _number(money.value) is None:
                yield "A number is too large or too small for an amount; it was not read."
        is_number_read = _is_visits(benefit) or _fraction(eb01, benefit)
        if benefit.allowed_unsigned_int is not None and not is_number_read:
            yield "A number says neither dollars nor percent nor visits; it was not read."
        if benefit.allowed_string not in (None, NO_LIMIT) and not _fraction(eb01, benefit):
            yield "A limit is told in words; it was not read."
        if benefit.used_string or (_used(benefit) is not None and not _tells_used(eb01, benefit, _period(item))):
            yield "What is used has no limit to be counted against; it was not read."
        for reason in benefit.extended(definitions.NOT_TRUSTED):
            yield f"Its sender does not trust a figure: {text(reason.value_string)}."


def _row(item: Item, eb01: str, figure: _Figure) -> Segment:
    authorization = {True: "Y", False: "N", None: ""}[item.authorization_required]
    return (
        "EB",
        eb01,
        text(_level(item.unit)),
        repeated(_services(item.category)),
        "",
        text(item.name),
        figure.period,
        figure.dollars,
        figure.fraction,
        figure.qualifier,
        figure.quantity,
        authorization,
        _network(item.network),
        composed(_procedure(item.product_or_service, item.modifier)),
    )


def _eb01(type_: CodeableConcept) -> str:
    """X12's own code; else what HL7's means; else the code as it is, or the words."""
    exact = code_in(type_, systems.X12_BENEFIT)
    known = code_in(type_, *_BENEFIT_SYSTEMS)
    foreign = next((each.code for each in type_.coding if each.code), None)
    return text(exact or _BENEFIT_CODES.get(known or "") or foreign or type_.text)


def _services(category: CodeableConcept | None) -> tuple[str, ...]:
    """Service types; none is the plan as a whole, so a service that X12 has no code for stays what it is called."""
    if category is None:
        return ()
    known = [each.code for each in category.coding if each.code and each.system in _SERVICE_SYSTEMS]
    foreign = [each.code for each in category.coding if each.code]
    named = [category.text] if category.text != THE_PLAN else []
    return tuple(text(each) for each in known or foreign or named)


def _level(unit: CodeableConcept | None) -> str | None:
    known = code_in(unit, systems.UNIT, None)
    return code_in(unit, systems.X12_LEVEL) or _LEVELS.get(known or "") or known


def _period(item: Item) -> str:
    known = code_in(item.term, systems.TERM, None)
    return text(code_in(item.term, systems.X12_PERIOD) or _PERIODS.get(known or ""))


def _network(network: CodeableConcept | None) -> str:
    if network is None:
        return ""
    return _NETWORKS.get(code_in(network, systems.NETWORK, None) or "", "U")


def _procedure(product: CodeableConcept | None, modifiers: tuple[CodeableConcept, ...]) -> tuple[str, ...]:
    """Qualifier, code, modifiers; a product in words has the qualifier of codes agreed between two."""
    if product is None:
        return ()
    coding = next((each for each in product.coding if each.code), None)
    if coding is None:
        told = text(product.text)
        return tuple(told.split(":")) if _QUALIFIED.match(told) else (_AGREED, told)
    qualifier = _QUALIFIERS.get(coding.system or "", _AGREED)
    return (qualifier, text(coding.code), *(text(code_in(each, None)) for each in modifiers))


def _figures(eb01: str, benefit: ItemBenefit, period: str) -> Iterator[_Figure]:
    """The limit or the share, what is left, what is used: a row each. A benefit that says none of them is a row too."""
    counted = _count(benefit.extended(definitions.QUANTITY)) or _Figure("")
    left = _LIFETIME.get(period, _LEFT)
    left_over = _count(benefit.extended(definitions.REMAINING))
    allowed, used = _allowed(benefit), _used(benefit)
    limit = _Figure(
        period,
        dollars=_FILLER if benefit.allowed_string == NO_LIMIT else _plain(_usd(benefit.allowed_money)),
        fraction=_fraction(eb01, benefit),
        qualifier=counted.qualifier,
        quantity=counted.quantity,
    )
    if eb01 in _SHARES:
        # what is left is so many days or visits that the share holds for
        yield (
            limit._replace(period=_LEFT, qualifier=left_over.qualifier, quantity=left_over.quantity)
            if left_over
            else limit
        )
        return
    told = [limit] if limit != _Figure(period) else []
    if _is_visits(benefit) and allowed is not None:
        told = [limit._replace(qualifier=systems.VISITS, quantity=_plain(allowed))]
    if used is not None and allowed is not None and used <= allowed:
        told.append(_figure(benefit, left, allowed - used))
    elif used is not None and _tells_used(eb01, benefit, period):
        told.append(_figure(benefit, _USED, used))
    if left_over:
        told.append(left_over._replace(period=left))
    for url, measured in ((definitions.REMAINING, left), (definitions.EXCEEDED, _EXCEEDED)):
        money = next((each.value_money for each in benefit.extended(url)), None)
        if (number := _usd(money)) is not None:
            told.append(_Figure(measured, dollars=_plain(number)))
    yield from told or [_Figure(period)]


def _figure(benefit: ItemBenefit, period: str, number: Decimal) -> _Figure:
    if _is_visits(benefit):
        return _Figure(period, qualifier=systems.VISITS, quantity=_plain(number))
    return _Figure(period, dollars=_plain(number))


def _is_visits(benefit: ItemBenefit) -> bool:
    return code_in(benefit.type, systems.BENEFIT_TYPE, None) == systems.VISIT


def _allowed(benefit: ItemBenefit) -> Decimal | None:
    return _whole(benefit.allowed_unsigned_int) if _is_visits(benefit) else _usd(benefit.allowed_money)


def _used(benefit: ItemBenefit) -> Decimal | None:
    return _whole(benefit.used_unsigned_int) if _is_visits(benefit) else _usd(benefit.used_money)


def _tells_used(eb01: str, benefit: ItemBenefit, period: str) -> bool:
    """Whether X12 can say what is used: as what is left of a limit, or since the year began."""
    allowed, used = _allowed(benefit), _used(benefit)
    is_of_limit = allowed is not None and used is not None and used <= allowed
    return eb01 not in _SHARES and (is_of_limit or period in ("", _YEAR))


def _whole(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _usd(money: Money | None) -> Decimal | None:
    """Dollars; absent for another currency, for none, and for what is no amount."""
    return _number(money.value) if money and money.currency == "USD" else None


def _number(value: Decimal | None) -> Decimal | None:
    """A number of a size that can be an amount or a count."""
    return value if value is not None and value.is_finite() and -9 <= value.adjusted() <= 12 else None


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"


def _count(extensions: tuple[Extension, ...]) -> _Figure | None:
    """So many of something."""
    for quantity in (each.value_quantity for each in extensions):
        if quantity and (number := _number(quantity.value)) is not None:
            return _Figure("", qualifier=text(quantity.code), quantity=_plain(number))
    return None


def _fraction(eb01: str, benefit: ItemBenefit) -> str:
    """A percent as X12 has it, a fraction of 1. Above 100 it is none."""
    percent = _whole(benefit.allowed_unsigned_int) if eb01 == _COINSURANCE else None
    if found := _PERCENT.fullmatch(benefit.allowed_string or ""):
        percent = Decimal(found["percent"])
    return "" if percent is None or not 0 <= percent <= 100 else _plain(percent.scaleb(-2))


def _beside(item: Item) -> Iterator[Segment]:
    """Dates, messages, places and parties, which belong to each row of the item."""
    for extension in item.extended(definitions.DATED):
        parts = {each.url: each for each in extension.extension}
        qualifier = parts.get(definitions.QUALIFIER)
        for part in (parts.get(definitions.DATE), parts.get(definitions.PERIOD)):
            if qualifier and part and (segment := dated(qualifier.value_code, part.value_date, part.value_period)):
                yield segment
    for line in (item.description or "").split("\n"):
        if message := text(line):
            yield "MSG", message
    for extension in item.extended(definitions.PLACE_OF_SERVICE):
        if place := text(code_in(extension.value_codeable_concept, systems.PLACE_OF_SERVICE)):
            yield "III", "ZZ", place
    for extension in item.extended(definitions.PARTY):
        parts = {each.url: each for each in extension.extension}
        part, who = parts.get(definitions.PART), parts.get(definitions.WHO)
        named = who.value_reference if who else None
        if part and part.value_code:
            number = text(named.identifier.value) if named and named.identifier else ""
            yield "NM1", text(part.value_code), "", text(named and named.display), "", "", "", "", "", number
