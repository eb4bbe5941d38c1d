"""One benefit row: what its EB segment says, and what the segments say that belong to it."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec.structs import replace

from payers.eligibility.codes import HEALTH_PLAN, NETWORKS, kind_of, measure_of, period_of
from payers.eligibility.elements import Elements, amount, at, date_fact, numbers, share
from payers.eligibility.response import Benefit, DatedFact, Delimiters, Quantity, Related

_ELEMENTS = 14
_EMPTY = ("",) * _ELEMENTS
_NOT_A_CODE = re.compile(r"[^A-Za-z0-9]+")
_DIAGNOSES = frozenset({"BF", "BK", "ABF", "ABK"})
_UNREAD = frozenset({"LS", "LE", "N3", "N4", "PER", "PRV"})
"""Addresses, telephone numbers and brackets that nobody needs."""
_PERIODS_SHIFTED = frozenset({"23", "24", "25", "29", "32"})
_MORE_THAN_A_PERCENT_CENTS = 100_00
_AT_A_GLANCE = frozenset({"deductible", "out_of_pocket_max", "coinsurance", "copay"})
_MANY = 2048
LONGEST_KEPT = 300
"""Characters of an EB segment whose reading is kept for the next time, so that what is kept stays small."""

Glance = tuple[str, str]
"""A limit or share of the plan as a whole: `kind / level / network / measure`, and its value in words."""

Read = tuple[Benefit, tuple[str, ...], Glance | None]
"""An EB segment as it was read: the row without its numbers and without what belongs to it, what is odd about it, and
what it says at a glance."""

_Value = tuple[int | None, int | None, str | None, bool, str | None]
"""The fields from `amount_cents` to `malformed`."""
_NO_VALUE: _Value = (None, None, None, False, None)


@lru_cache(8)
def row_reader(delimiters: Delimiters) -> Callable[[str], Read]:
    """Reads EB segments, their ids left out, cut with these characters. A plan's rows come again with each member."""

    @lru_cache(_MANY)
    def read(text: str) -> Read:
        return read_row(text, delimiters)

    return read


def read_row(text: str, delimiters: Delimiters) -> Read:
    """What an EB segment, its id left out, says."""
    eb = [*map(str.strip, text.split(delimiters.element)), *_EMPTY]
    eb01, level, services, insurance, plan, eb06, eb07, eb08, eb09, eb10, eb11, eb12, eb13, eb14 = eb[:_ELEMENTS]
    kind, period, network = kind_of(eb01), period_of(eb06), NETWORKS.get(eb12)
    odd: list[str] = []
    if kind == "unknown":
        odd.append("Its benefit code (EB01) is not known." if eb01 else "The row has no benefit code (EB01).")
    if eb06 and period is None:
        odd.append("Its period (EB06) is not known.")
    if eb12 and network is None:
        odd.append("Its network (EB12) is not known.")
    types = tuple(filter(None, services.split(delimiters.repetition))) if services else ()
    if types and not "".join(types).isalnum():
        types = tuple(filter(None, _NOT_A_CODE.split(services)))
        if len(types) > services.count(delimiters.repetition) + 1:
            odd.append("Its service types (EB03) are divided by another character than the message names.")
    row = Benefit(
        0,
        0,
        eb01,
        kind,
        level or None,
        types,
        insurance or None,
        plan or None,
        eb06 or None,
        period,
        measure_of(eb06, tells=bool(eb07 or eb08 or eb10)),
        *(_value(eb01, eb06, eb07, eb08, odd) if eb07 or eb08 else _NO_VALUE),
        Quantity(qualifier=eb09 or None, value=eb10) if eb10 else None,
        eb11 or None,
        network,
        (_parts(eb13, delimiters.component) or None) if eb13 else None,
        _parts(eb14, delimiters.component) if eb14 else (),
    )
    of_plan = kind in _AT_A_GLANCE and not eb13 and (not types or HEALTH_PLAN in types)
    return row, tuple(odd), _glance(row) if of_plan else None


def _glance(row: Benefit) -> Glance | None:
    if row.amount_cents is not None:
        value = f"{row.amount_cents // 100}.{row.amount_cents % 100:02}"
    elif row.percent_bp is not None:
        value = f"{row.percent_bp / 100:g}%"
    else:
        return None
    return f"{row.kind} / {row.level or 'unstated'} / {row.network or 'unstated'} / {row.measure}", value


def _value(eb01: str, eb06: str, eb07: str, eb08: str, odd: list[str]) -> _Value:
    if not eb06 and eb07 in _PERIODS_SHIFTED and (amount(eb08).cents or 0) > _MORE_THAN_A_PERCENT_CENTS:
        # Seen at Medicare: a period code in EB07, and in EB08 what no percent can be.
        odd.append("Its elements are shifted by one; the amount was not read.")
        told = f"elements shifted by one: qualifier {eb07} is in EB07 and the amount {eb08} in EB08"
        return None, None, None, False, told
    malformed: list[str] = []
    cents, no_limit, percent_bp, note = None, False, None, None
    if eb07:
        cents, no_limit, wrong = amount(eb07)
        if wrong:
            malformed.append(f"EB07 {wrong}")
        if no_limit:
            odd.append('Its amount looks like a filler that means "no limit".')
    if eb08:
        percent_bp, note, wrong = share(eb08)
        if percent_bp is None:
            malformed.append(f"EB08 {wrong}")
        elif wrong or note:
            odd.append(f"Its percent (EB08) {wrong or 'was sent as a whole number and read as percent'}.")
        if eb01 == "B":
            note = "a percent on a copay row"
            odd.append("A copay row has a percent (EB08), which X12 does not provide for.")
    if malformed:
        odd.extend(f"Its {wrong}." for wrong in malformed)
    return cents, percent_bp, note, no_limit, "; ".join(malformed) or None


def with_others(row: Benefit, segments: Iterable[tuple[int, Elements]], warn: Callable[[int, str], None]) -> Benefit:
    """The row with what its other segments say than EB, messages and places; oddities are told to `warn`."""
    diagnoses: list[str] = []
    dates: list[DatedFact] = []
    deliveries: list[tuple[str, ...]] = []
    refs: list[tuple[str, ...]] = []
    entities: list[Related] = []
    for number, elements in segments:
        match elements[0]:
            case "DTP" if fact := date_fact(elements):
                dates.append(fact)
            case "NM1" if entity := at(elements, 1):
                entities.append(_related(entity, elements))
            case "REF" if found := numbers(elements):
                refs.append(found)
            case "HSD":
                deliveries.append(tuple(element.strip() for element in elements[1:]))
            case "III" if at(elements, 1) in _DIAGNOSES and (diagnosis := at(elements, 2)):
                diagnoses.append(diagnosis)
            case segment if segment not in _UNREAD:
                warn(number, "This segment could not be read.")
            case _:
                pass
    return replace(
        row,
        diagnoses=tuple(diagnoses),
        dates=tuple(dates),
        deliveries=tuple(deliveries),
        refs=tuple(refs),
        entities=tuple(entities),
    )


def _related(entity: str, elements: Elements) -> Related:
    return Related(
        entity=entity,
        name=at(elements, 3),
        first=at(elements, 4),
        id_qualifier=at(elements, 8),
        id=at(elements, 9),
    )


def _parts(text: str, component: str) -> tuple[str, ...]:
    """The parts of a composite, empty ones left out."""
    return tuple(part.strip() for part in text.split(component) if part.strip())
