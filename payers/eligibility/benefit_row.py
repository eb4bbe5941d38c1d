"""One benefit row: an EB segment and the segments that belong to it."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from payers.eligibility.codes import HEALTH_PLAN, KINDS, NETWORKS, kind_of, measure_of, period_of
from payers.eligibility.elements import Elements, amount, at, date_fact, numbers, share
from payers.eligibility.response import (
    Benefit,
    DatedFact,
    Delimiters,
    Kind,
    Measure,
    NetworkScope,
    Quantity,
    Related,
    Warned,
)

_ELEMENTS = 15
_NOT_A_CODE = re.compile(r"[^A-Za-z0-9]+")
_DIAGNOSES = frozenset({"BF", "BK", "ABF", "ABK"})
_UNREAD = frozenset({"LS", "LE", "N3", "N4", "PER", "PRV"})
"""Addresses, telephone numbers and brackets that nobody needs."""
_PERIODS_SHIFTED = frozenset({"23", "24", "25", "29", "32"})
_MORE_THAN_A_PERCENT_CENTS = 100_00
_AT_A_GLANCE = frozenset({"deductible", "out_of_pocket_max", "coinsurance", "copay"})
_MANY = 4096


Row = tuple[int, str, list[str], list[str], list[tuple[int, str]]]
"""A row as it comes: the number of its EB segment, that segment, its messages, its places, every other segment.

A bare tuple: an answer has many, and each is taken apart where it was put together.
"""


class Rows(NamedTuple):
    """The rows of a member, and the plan's limits and shares at a glance."""

    benefits: tuple[Benefit, ...]
    plan_cost_share: dict[str, str | tuple[str, ...]]


class _Head(NamedTuple):
    """What an EB segment alone says: the fields of `Benefit` from `eb01` to `diagnosis_pointers`, in their order."""

    eb01: str
    kind: Kind
    level: str | None
    service_types: tuple[str, ...]
    insurance_type: str | None
    plan: str | None
    period_code: str | None
    period: str | None
    measure: Measure | None
    amount_cents: int | None
    percent_bp: int | None
    percent_note: str | None
    no_limit: bool
    malformed: str | None
    quantity: Quantity | None
    authorization_required: str | None
    network: NetworkScope | None
    procedure: tuple[str, ...] | None
    diagnosis_pointers: tuple[str, ...]


class _Read(NamedTuple):
    """An EB segment as it was read: what it says, what is odd about it, and its key and value at a glance."""

    head: _Head
    odd: tuple[str, ...]
    glance: tuple[str, str] | None


class _Beside(NamedTuple):
    """What else stands beside a row: the fields of `Benefit` from `diagnoses` on, in their order."""

    diagnoses: tuple[str, ...] = ()
    dates: tuple[DatedFact, ...] = ()
    deliveries: tuple[tuple[str, ...], ...] = ()
    refs: tuple[tuple[str, ...], ...] = ()
    entities: tuple[Related, ...] = ()


class _Value(NamedTuple):
    """Amount and percent of a row."""

    cents: int | None = None
    percent_bp: int | None = None
    percent_note: str | None = None
    no_limit: bool = False
    malformed: str | None = None


_NO_VALUE = _Value()
_NOTHING = _Beside()


def read_rows(rows: Sequence[Row], delimiters: Delimiters, warnings: list[Warned]) -> Rows:
    """What the rows of a member say; their oddities are added to `warnings`."""
    read = _reader(delimiters)
    benefits: list[Benefit] = []
    glances: dict[tuple[str, str], None] = {}
    for n, (segment, eb, messages, places, others) in enumerate(rows, 1):
        head, odd, glance = read(eb)
        if odd:
            warnings += [Warned(segment=segment, text=text) for text in odd]
        beside = _others(others, delimiters.element, warnings) if others else _NOTHING
        benefits.append(Benefit(n, segment, *head, tuple(messages), tuple(places), *beside))
        if glance and not places:
            glances[glance] = None
    return Rows(tuple(benefits), _at_a_glance(glances))


def _at_a_glance(glances: Iterable[tuple[str, str]]) -> dict[str, str | tuple[str, ...]]:
    """The values of each key: one, or all where they differ."""
    found: dict[str, str | tuple[str, ...]] = {}
    for key, value in glances:
        known = found.setdefault(key, value)
        if known is not value:
            found[key] = (*known, value) if isinstance(known, tuple) else (known, value)
    return found


@lru_cache(16)
def _reader(delimiters: Delimiters) -> Callable[[str], _Read]:
    """Reads EB segments cut with these characters. The rows of a plan come again with each of its members."""

    @lru_cache(_MANY)
    def read(text: str) -> _Read:
        return _read(text, delimiters)

    return read


def _read(text: str, delimiters: Delimiters) -> _Read:
    eb = [element.strip() for element in text.split(delimiters.element)]
    eb += [""] * (_ELEMENTS - len(eb))
    _, eb01, level, services, insurance, plan, eb06, eb07, eb08, eb09, eb10, eb11, eb12, eb13, eb14 = eb[:_ELEMENTS]
    odd: list[str] = []
    if eb01 not in KINDS:
        odd.append("Its benefit code (EB01) is not known." if eb01 else "The row has no benefit code (EB01).")
    period = period_of(eb06)
    if eb06 and period is None:
        odd.append("Its period (EB06) is not known.")
    network = NETWORKS.get(eb12)
    if eb12 and network is None:
        odd.append("Its network (EB12) is not known.")
    types = tuple(code for code in _NOT_A_CODE.split(services) if code)
    if len(types) > services.count(delimiters.repetition) + 1:
        odd.append("Its service types (EB03) are divided by another character than the message names.")
    value = _value(eb01, eb06, eb07, eb08, odd) if eb07 or eb08 else _NO_VALUE
    head = _Head(
        eb01=eb01,
        kind=kind_of(eb01),
        level=level or None,
        service_types=types,
        insurance_type=insurance or None,
        plan=plan or None,
        period_code=eb06 or None,
        period=period,
        measure=measure_of(eb06, tells=bool(eb07 or eb08 or eb10)),
        amount_cents=value.cents,
        percent_bp=value.percent_bp,
        percent_note=value.percent_note,
        no_limit=value.no_limit,
        malformed=value.malformed,
        quantity=Quantity(qualifier=eb09 or None, value=eb10) if eb10 else None,
        authorization_required=eb11 or None,
        network=network,
        procedure=_parts(eb13, delimiters.component) or None,
        diagnosis_pointers=_parts(eb14, delimiters.component),
    )
    return _Read(head, tuple(odd), _glance(head))


def _glance(head: _Head) -> tuple[str, str] | None:
    """A limit or share of the plan as a whole: `kind / level / network / measure`, and its value in words."""
    if (
        head.kind not in _AT_A_GLANCE
        or head.procedure
        or (head.service_types and HEALTH_PLAN not in head.service_types)
    ):
        return None
    if head.amount_cents is not None:
        value = f"{head.amount_cents // 100}.{head.amount_cents % 100:02}"
    elif head.percent_bp is not None:
        value = f"{head.percent_bp / 100:g}%"
    else:
        return None
    return f"{head.kind} / {head.level or 'unstated'} / {head.network or 'unstated'} / {head.measure}", value


def _value(eb01: str, eb06: str, eb07: str, eb08: str, odd: list[str]) -> _Value:
    if not eb06 and eb07 in _PERIODS_SHIFTED and (amount(eb08).cents or 0) > _MORE_THAN_A_PERCENT_CENTS:
        # Seen at Medicare: a period code in EB07, and in EB08 what no percent can be.
        odd.append("Its elements are shifted by one; the amount was not read.")
        told = f"elements shifted by one: qualifier {eb07} is in EB07 and the amount {eb08} in EB08"
        return _Value(malformed=told)
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
    odd.extend(f"Its {wrong}." for wrong in malformed)
    return _Value(cents, percent_bp, note, no_limit, "; ".join(malformed) or None)


def _others(segments: Sequence[tuple[int, str]], separator: str, warnings: list[Warned]) -> _Beside:
    diagnoses: list[str] = []
    dates: list[DatedFact] = []
    deliveries: list[tuple[str, ...]] = []
    refs: list[tuple[str, ...]] = []
    entities: list[Related] = []
    for number, text in segments:
        elements = text.split(separator)
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
                warnings.append(Warned(segment=number, text="This segment could not be read."))
            case _:
                pass
    return _Beside(tuple(diagnoses), tuple(dates), tuple(deliveries), tuple(refs), tuple(entities))


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
