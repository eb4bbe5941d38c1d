"""Every term of a plan that an answer tells, inside the network, outside it and at the pharmacy; the rest is asked."""

import re
from collections.abc import Iterator, Mapping, Sequence

from payers.catalogue.vocabulary import Network
from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.limits import LimitName, LimitSaid, Owner, limit_said
from payers.eligibility.plan.said import rows_of, segments
from payers.eligibility.plan.shares import ShareSaid, excluded, share_said
from payers.eligibility.plan.slots import Slot, Values
from payers.eligibility.plan.visit import PHARMACY_LADDER, PLAN_RUNG, Visit, in_network, ladder, on_the_day
from payers.eligibility.response import Benefit, Member

LIMITS: tuple[LimitName, ...] = ("deductible", "out_of_pocket_max")
COST_SHARING = frozenset({"coinsurance", "copay", *LIMITS})
"""Kinds of rows that terms are read from."""

_OWNERS: tuple[Owner, ...] = ("individual", "family")
_NOT_COUNTED = re.compile(r"\bdeductible (does not|doesn't) (apply|count)\b", re.IGNORECASE)
_CALENDAR_YEAR, _OWN_YEAR = "23", frozenset({"22", "25"})

Limits = Mapping[tuple[LimitName, Owner], LimitSaid]


def terms(member: Member, visit: Visit, asking: Asking, *, public: bool) -> Iterator[Slot]:
    """Every term of the plan that is told. A public programme's terms are the law's, and nothing is missed in them."""
    rows = member.benefits
    year = _plan_year(member, visit)
    if year is not None:
        yield year
    elif not public:
        asking.ask("plan-year", pointer="/benefits/plan_year_start")
    yield from _of_network(rows, "in", visit, asking, public=public)
    if visit.network == "out" or any(row.network in ("out", "either") for row in rows if row.kind in COST_SHARING):
        yield from _of_network(rows, "out", visit, asking, public=True)
    yield from _of_pharmacy(rows, visit)
    uncounted = [row for row in rows if row.kind == "out_of_pocket_max" and any(map(_NOT_COUNTED.search, row.messages))]
    if uncounted:
        yield Slot("out_of_pocket_max", ({("deductible_counts_to_maximum",): False},), tuple(uncounted))


def _of_network(
    rows: Sequence[Benefit], network: Network, visit: Visit, asking: Asking, *, public: bool
) -> Iterator[Slot]:
    """Limits and cost shares in one network, or outside it."""
    outside = network == "out"
    prefix = ("out_of_network",) if outside else ()
    said: Limits = {
        (name, owner): limit
        for name in LIMITS
        for owner in _OWNERS
        if (limit := limit_said(rows, name, PLAN_RUNG, visit, network, owner))
        and (limit.stated or network == (visit.network or "in"))
    }
    if any(name == "out_of_pocket_max" and _is_nothing(limit) for (name, _), limit in said.items()):
        # A maximum of nothing would make everything free: the payer does not carry its amounts in this answer.
        asking.ask("zero-limit", pointer="/".join(("/benefits", *prefix, "out_of_pocket_max")))
        said = {key: limit for key, limit in said.items() if key[0] == "deductible" and not _is_nothing(limit)}
    for (name, owner), limit in said.items():
        yield from _limit(name, owner, limit, prefix, asking, public=public and not outside)
    if not public:
        _ask_for_missing(rows, said, visit, asking)
    yield from _cost_shares(rows, network, visit, asking, public=public)


def _is_nothing(said: LimitSaid) -> bool:
    return any(amount == 0 for amount, _ in said.pairs)


def _limit(
    name: LimitName, owner: Owner, said: LimitSaid, prefix: tuple[str, ...], asking: Asking, *, public: bool
) -> Iterator[Slot]:
    outside = bool(prefix)
    term = asking.term(name if owner == "individual" else f"{name}-family", outside=outside)
    pointer = "/".join(("/benefits", *prefix, name))
    if said.disagree:
        rows = segments(said.met_rows)
        asking.ask("amounts-disagree", pointer=f"{pointer}/{owner}_met_cents", segments=rows, term=term)
    elif not said.pairs:
        if public:
            return
        left = asking.amounts([each.value for each in said.remaining])
        rows = segments(rows_of(said.remaining))
        asking.ask("only-remaining", pointer=f"{pointer}/{owner}_cents", segments=rows, term=term, values=left)
        return
    elif owner == "individual" and any(met is None for _, met in said.pairs):
        asking.ask("met-not-said", pointer=f"{pointer}/{owner}_met_cents", term=term)
    slot = name if owner == "individual" else f"{name}-family"
    readings = _readings(said, (*prefix, name), owner)
    yield Slot(slot, readings, said.rows, said.met_rows, stated=said.stated, outside=outside)


def _readings(said: LimitSaid, path: tuple[str, ...], owner: Owner) -> tuple[Values, ...]:
    """Each pair of limit and met as values at the limit's place."""
    return tuple(
        {(*path, f"{owner}_cents"): amount} | ({} if met is None else {(*path, f"{owner}_met_cents"): met})
        for amount, met in said.pairs
    )


def _ask_for_missing(rows: Sequence[Benefit], said: Limits, visit: Visit, asking: Asking) -> None:
    """A limit that the payer does not tell, or tells by a filler."""
    for name in LIMITS:
        if any(each == name for each, _ in said):
            continue
        here, _ = in_network([row for row in on_the_day(rows, visit.on) if row.kind == name], "in")
        filler = [row for row in here if row.no_limit]
        kind = "no-limit-filler" if filler else "not-said"
        asking.ask(kind, pointer=f"/benefits/{name}", segments=segments(filler), term=asking.term(name))


def _cost_shares(
    rows: Sequence[Benefit], network: Network, visit: Visit, asking: Asking, *, public: bool
) -> Iterator[Slot]:
    outside = network == "out"
    path = ("out_of_network", "cost_shares") if outside else ("cost_shares",)
    pointer = "/".join(("/benefits", *path))
    steps = ladder(visit)
    general, exact = share_said(rows, (PLAN_RUNG,), visit, network), share_said(rows, steps, visit, network)
    not_here = excluded(rows, steps, visit, network)
    if not_here and outside:
        yield Slot("default", ({(*path, "default"): {"covered": False}},), tuple(not_here), outside=True)
        return
    if not_here:
        asking.ask("not-covered", pointer=pointer, segments=segments(not_here))
    own_network = network == (visit.network or "in")
    for name, said in (("default", general), ("visit", exact)):
        if said is None or (name == "visit" and said.rung.name == "plan") or not (said.stated or own_network):
            continue
        if said.separate:
            values = asking.amounts([each.value for each in said.separate])
            asking.ask("separate-deductible", pointer=f"{pointer}/{name}", values=values)
        yield _share_slot(name, path, said, outside=outside)
    if public or outside:
        return
    if general is None and exact is None:
        asking.ask("not-said", pointer=pointer, term=asking.term("visit"))
    else:
        asking.ask("drug-terms", pointer=f"{pointer}/drug")
    if visit.behavioral and exact is not None and exact.rung.name in ("office", "plan"):
        asking.ask(
            "general-terms",
            pointer=f"{pointer}/visit",
            segments=segments(exact.rows),
            term=asking.term(exact.rung.name),
        )


def _share_slot(name: str, path: tuple[str, ...], said: ShareSaid, *, outside: bool) -> Slot:
    readings: tuple[Values, ...] = tuple({(*path, name): reading} for reading in said.readings)
    return Slot(name, readings, said.rows, step=said.rung.name, stated=said.stated, outside=outside)


def _of_pharmacy(rows: Sequence[Benefit], visit: Visit) -> Iterator[Slot]:
    """The drug benefit's own terms and limits, where a row of its service types tells them."""
    said = share_said(rows, PHARMACY_LADDER, visit, "in")
    if said is not None:
        yield _share_slot("pharmacy_drug", ("cost_shares",), said, outside=False)
    for name in LIMITS:
        limit = limit_said(rows, name, PHARMACY_LADDER[-1], visit, "in", "individual")
        if limit is None or not limit.pairs or limit.disagree:
            continue
        readings = _readings(limit, ("pharmacy", name), "individual")
        yield Slot(name, readings, limit.rows, limit.met_rows, step="pharmacy")


def _plan_year(member: Member, visit: Visit) -> Slot | None:
    """The day the limits start again: a row's own benefit year, the calendar year, or the plan's own begin."""
    limits = [row for row in on_the_day(member.benefits, visit.on) if row.kind in LIMITS and row.measure == "limit"]
    path = ("plan_year_start",)
    for row in limits:
        for fact in row.dates:
            if fact.qualifier in ("291", "292") and fact.start and fact.start != fact.end:
                return Slot("plan_year", ({path: f"{fact.start:%m-%d}"},), (row,))
    by_calendar = tuple(row for row in limits if row.period_code == _CALENDAR_YEAR)
    if by_calendar:
        return Slot("plan_year", ({path: "01-01"},), by_calendar)
    own = tuple(row for row in limits if row.period_code in _OWN_YEAR)
    if own and member.coverage_start:
        return Slot("plan_year", ({path: f"{member.coverage_start:%m-%d}"},), own)
    return None
