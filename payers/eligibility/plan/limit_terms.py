"""A yearly limit as terms of a plan, each way in which it may be meant; what is missing or does not fit is asked."""

import re
from collections.abc import Iterator

from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.limits import LimitSaid, Pair
from payers.eligibility.plan.said import rows_of, segments
from payers.eligibility.plan.slots import Path, Slot, Values, pointer
from payers.eligibility.response import Benefit

_NOT_COUNTED = re.compile(r"\b(co-?pay(ment)?s?|co-?insurance) (do|does) ?n[o']t (apply|count)", re.IGNORECASE)


def limit_slot(said: LimitSaid, place: Path, asking: Asking, *, step: str | None = None) -> Slot | None:
    """The limit at its place in the plan; nothing where no amount is told. A filler may mean that there is none."""
    outside = place[0] == "out_of_network"
    name = f"{said.name}-pharmacy" if place[0] == "pharmacy" else said.name
    term = asking.term(name, outside=outside)
    if not said.told:
        _ask_for_amount(said, pointer(place), term, asking)
        no_limit = said.fillers if said.name == "out_of_pocket_max" else ()
        readings: tuple[Values, ...] = ({},)
        rows: dict[Path, tuple[Benefit, ...]] = {(*place, "none"): no_limit}
    else:
        readings = tuple(dict(_values(place, *pair)) for pair in said.readings)
        rows = _rows(said, place)
        no_limit = _not_counted(rows) if said.name == "out_of_pocket_max" else ()
        if no_limit:
            asking.ask("maximum-without", pointer=pointer(place), segments=segments(no_limit), term=term)
            rows |= {(*place, "none"): no_limit}
        _ask_about_met(said, place, term, asking)
    if no_limit:
        readings += ({(*place, "none"): True},)
    elif not said.told or not readings:
        return None
    return Slot(name, readings, rows, {}, step, said.stated, outside)


def _values(place: Path, own: Pair | None, family: Pair | None) -> Iterator[tuple[Path, int]]:
    for owner, pair in (("individual", own), ("family", family)):
        if pair is not None:
            amount, met = pair
            yield (*place, f"{owner}_cents"), amount
            if met is not None:
                yield (*place, f"{owner}_met_cents"), met


def _rows(said: LimitSaid, place: Path) -> dict[Path, tuple[Benefit, ...]]:
    """What says each value of some reading: what is met follows from the limit and from what is left or was counted."""
    found: dict[Path, tuple[Benefit, ...]] = {}
    for owner, told in (("individual", said.own), ("family", said.family)):
        for path, rows in ((f"{owner}_cents", told.limits), (f"{owner}_met_cents", (*told.limits, *told.met))):
            found[(*place, path)] = rows
    told_paths = {path for pair in said.readings for path, _ in _values(place, *pair)}
    return {path: rows for path, rows in found.items() if path in told_paths}


def _ask_for_amount(said: LimitSaid, at: str, term: str, asking: Asking) -> None:
    left = [each for each in (*said.own.alone, *said.family.alone) if each.rows[0].measure == "remaining"]
    if said.fillers:
        asking.ask("no-limit-filler", pointer=at, segments=segments(said.fillers), term=term)
    elif left:
        rows, values = segments(rows_of(left)), asking.amounts(each.value for each in left)
        asking.ask("only-remaining", pointer=f"{at}/individual_cents", segments=rows, term=term, values=values)
    else:
        asking.ask("not-said", pointer=at, term=term)


def _ask_about_met(said: LimitSaid, place: Path, term: str, asking: Asking) -> None:
    at = pointer(place)
    of_family = asking.term(f"{said.name}-family", outside=place[0] == "out_of_network")
    if not said.readings:
        asking.ask("family-below-person", pointer=at, segments=segments(said.rows), term=term)
    if said.family_hidden:
        rows = segments(rows_of(said.family.alone))
        asking.ask("family-hidden", pointer=f"{at}/family_cents", segments=rows, term=of_family)
    if not said.own.pairs:
        rows = segments(said.family.limits)
        asking.ask("family-only", pointer=f"{at}/individual_cents", segments=rows, term=term)
    for owner, told, name in (("individual", said.own, term), ("family", said.family, of_family)):
        if told.disagree:
            asking.ask("amounts-disagree", pointer=f"{at}/{owner}_met_cents", segments=segments(told.met), term=name)
        elif told.met_unknown and any(amount for amount, _ in told.pairs):
            asking.ask("met-not-said", pointer=f"{at}/{owner}_met_cents", term=name)


def _not_counted(rows: dict[Path, tuple[Benefit, ...]]) -> tuple[Benefit, ...]:
    """Rows that say that copay or coinsurance do not count toward the maximum: once it is reached they go on."""
    several = {row.segment: row for each in rows.values() for row in each}
    return tuple(row for row in several.values() if any(map(_NOT_COUNTED.search, row.messages)))
