"""A plan's terms as the rows of an answer (EB), before any network gives them its shape."""

from collections.abc import Iterator
from datetime import date

import msgspec

from payers.catalogue.model import Frozen
from payers.eligibility.codes import KINDS, NETWORKS, PERIODS
from payers.eligibility.inquiry import PLAN
from service.sandbox.roster import Benefit, Named, Plan
from service.sandbox.verdict import Verdict

# The code of each word, the first where several mean it.
_KINDS = {kind: code for code, kind in reversed(KINDS.items())}
_NETWORKS = {network: code for code, network in NETWORKS.items()}
_PERIODS = {period: code for code, period in PERIODS.items()}
_AUTHORIZATIONS = {True: "Y", False: "N", None: None}
_LEVELS = {"individual": "IND", "family": "FAM"}
_LIMITS = frozenset({"deductible", "out_of_pocket_max"})
_CALENDAR = "01-01"
_ACTIVE, _INACTIVE = "1", "6"
_REMAINING, _USED = "29", "24"


class Row(Frozen):
    """One benefit in X12's codes, and what stands beside it. `year` is the plan year that a limit is for."""

    code: str
    services: tuple[str, ...]
    level: str | None = None
    insurance_type: str | None = None
    plan: str | None = None
    period: str | None = None
    amount: str | None = None
    left: str | None = None
    used: str | None = None
    share: str | None = None
    visits: int | None = None
    authorization: str | None = None
    network: str | None = None
    year: tuple[date, date] | None = None
    places: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    names: Named | None = None


def benefits(verdict: Verdict) -> list[Row]:
    """What a question is answered with: the plan's own benefits always, and those of the services it asks about.

    Service type 30 asks about all of them. A service that the plan says nothing of gets the plan's own, as CAQH CORE
    154 has it.
    """
    if verdict.plan is None:
        return []
    asked = verdict.asked.service_types
    wanted = {PLAN, *asked}
    return [
        each for each in _all(verdict.plan, verdict.asked.day) if PLAN in asked or wanted.intersection(each.services)
    ]


def rows(verdict: Verdict) -> list[Row]:
    """The same one amount a row, as X12 has it: what is left of a limit and what was used have rows of their own."""
    return [row for benefit in benefits(verdict) for row in _apart(benefit)]


def _apart(benefit: Row) -> Iterator[Row]:
    for period, amount in ((benefit.period, benefit.amount), (_REMAINING, benefit.left), (_USED, benefit.used)):
        if period == benefit.period or amount is not None:
            yield msgspec.structs.replace(benefit, period=period, amount=amount, left=None, used=None)


def _all(plan: Plan, day: date) -> Iterator[Row]:
    status = _ACTIVE if plan.active else _INACTIVE
    yield Row(code=status, services=(PLAN,), insurance_type=plan.insurance_type, plan=plan.name)
    if plan.covers:
        yield Row(code=status, services=plan.covers)
    for benefit in plan.benefits:
        yield Row(
            code=_KINDS[benefit.what],
            services=benefit.services,
            level=_LEVELS[benefit.level] if benefit.level else None,
            insurance_type=benefit.insurance_type,
            period=_period(benefit, plan),
            amount=benefit.amount,
            left=benefit.left,
            used=benefit.used,
            share=benefit.share,
            visits=benefit.visits,
            authorization=_AUTHORIZATIONS[benefit.authorization],
            network=_NETWORKS[benefit.network] if benefit.network else None,
            year=plan.year(day) if benefit.what in _LIMITS else None,
            places=benefit.places,
            messages=benefit.messages,
            names=benefit.names,
        )


def _period(benefit: Benefit, plan: Plan) -> str | None:
    if benefit.per:
        return _PERIODS[benefit.per]
    if benefit.what in _LIMITS:
        return _PERIODS["calendar_year" if plan.year_starts == _CALENDAR else "service_year"]
    return _PERIODS["visit"] if benefit.what == "copay" else None
