"""Whether there is a plan to read: what is doubtful about the coverage itself is asked, and mostly blocks."""

from collections.abc import Sequence
from datetime import date, timedelta

from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.limits import LIMITS
from payers.eligibility.plan.said import segments
from payers.eligibility.plan.visit import Visit, held, ladder, of_patient
from payers.eligibility.rejections import meaning
from payers.eligibility.response import Benefit, Member, Rejection, Transaction

_PENDING = "5"
"""EB01: active, pending investigation."""
COST_SHARING = frozenset({"coinsurance", "copay", *LIMITS})
"""Kinds of rows that terms are read from."""


def the_patient(transaction: Transaction, asking: Asking) -> Member | None:
    """The one patient of the answer; where there is none, or several, that is asked."""
    patients = transaction.patients
    if len(patients) == 1:
        return patients[0]
    if patients:
        asking.ask("several-patients", blocks=True)
    elif transaction.rejections:
        asking.ask("rejected", blocks=True, values=_meanings(transaction.rejections, asking))
    else:
        asking.ask("coverage-unknown", blocks=True)
    return None


def is_covered(transaction: Transaction, member: Member, visit: Visit, asking: Asking) -> bool:
    """Whether the member's rows tell a plan; everything doubtful about the coverage is asked."""
    subscriber = _subscriber(transaction, member)
    above = subscriber.rejections if subscriber else ()
    refused = (*transaction.rejections, *above, *member.rejections)
    if member.status == "rejected":
        asking.ask("rejected", blocks=True, values=_meanings(refused, asking))
        return False
    status = _status_for(member, visit)
    if status in ("inactive", "unknown"):
        asking.ask(f"coverage-{status}", blocks=True)
        return False
    if status == "conflict":
        asking.ask("coverage-conflict", blocks=True)
    if any(row.eb01 == _PENDING for row in member.benefits):
        asking.ask("coverage-unconfirmed")
    if member.incomplete:
        asking.ask("incomplete", values=_meanings(refused, asking))
    if visit.on:
        _ask_about_dates(member, visit.on, visit.until or visit.on, asking)
    if subscriber and not _shared(member.benefits) and (elsewhere := _shared(subscriber.benefits)):
        asking.ask("subscriber-amounts", pointer="/benefits", segments=segments(elsewhere))
    return True


def _status_for(member: Member, visit: Visit) -> str:
    """The member's status; where only that of some services is told, it counts if the visit's is among them."""
    if member.status_scope is None:
        return member.status
    told = [row for row in of_patient(member, visit.on) if row.kind in ("active", "inactive")]
    for _, here in held(told, ladder(visit), visit):
        several = {row.kind for row in here}
        return several.pop() if len(several) == 1 else "conflict"
    return "unknown"


def _ask_about_dates(member: Member, first: date, last: date, asking: Asking) -> None:
    """Coverage that does not hold on the first day blocks; one that ends within the course may only be renewed."""
    start, end = member.coverage_start, member.coverage_end
    if start and first < start:
        asking.ask("coverage-not-begun", blocks=True, day=asking.day(start))
    if end and end < first:
        asking.ask("coverage-ended", blocks=True, day=asking.day(end))
    elif end and end < last:
        renews = _is_yearly(start, end)
        asking.ask("coverage-renewed" if renews else "coverage-ends", blocks=not renews, day=asking.day(end))


def _is_yearly(start: date | None, end: date) -> bool:
    """Whether coverage ends with a year, as a plan does that is renewed: its own year, or the calendar's."""
    after = end + timedelta(days=1)
    return (after.month, after.day) in {(1, 1), (start.month, start.day) if start else (1, 1)}


def _subscriber(transaction: Transaction, member: Member) -> Member | None:
    """The subscriber whose dependent the member is."""
    if member.level == "subscriber":
        return None
    before = transaction.members[: transaction.members.index(member)]
    return next((each for each in reversed(before) if each.level == "subscriber"), None)


def _shared(rows: Sequence[Benefit]) -> list[Benefit]:
    return [row for row in rows if row.kind in COST_SHARING]


def _meanings(refused: Sequence[Rejection], asking: Asking) -> str:
    return " ".join(dict.fromkeys(meaning(each.reason, asking.lang) for each in refused))
