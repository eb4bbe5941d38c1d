"""Whether there is a plan to read: what is doubtful about the coverage itself is asked, and mostly blocks."""

from collections.abc import Sequence
from datetime import date

from payers.eligibility.plan.asking import Asking
from payers.eligibility.rejections import meaning
from payers.eligibility.response import Member, Rejection, Transaction

_PENDING = "5"
"""EB01: active, pending investigation."""


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


def is_covered(transaction: Transaction, member: Member, on: date | None, asking: Asking) -> bool:
    """Whether the member's rows tell a plan; everything doubtful about the coverage is asked."""
    refused = (*transaction.rejections, *_above(transaction, member), *member.rejections)
    match member.status:
        case "rejected":
            asking.ask("rejected", blocks=True, values=_meanings(refused, asking))
            return False
        case "inactive" | "unknown":
            asking.ask(f"coverage-{member.status}", blocks=True)
            return False
        case "conflict":
            asking.ask("coverage-conflict", blocks=True)
        case "active":
            if member.status_scope:
                asking.ask("coverage-unknown", blocks=True)
    if any(row.eb01 == _PENDING for row in member.benefits):
        asking.ask("coverage-unconfirmed")
    if member.incomplete:
        asking.ask("incomplete", values=_meanings(refused, asking))
    if on and member.coverage_end and member.coverage_end < on:
        asking.ask("coverage-ended", blocks=True, day=asking.day(member.coverage_end))
    if on and member.coverage_start and on < member.coverage_start:
        asking.ask("coverage-not-begun", blocks=True, day=asking.day(member.coverage_start))
    return True


def _above(transaction: Transaction, member: Member) -> tuple[Rejection, ...]:
    """The rejections of the subscriber whose dependent the member is."""
    if member.level == "subscriber":
        return ()
    before = transaction.members[: transaction.members.index(member)]
    subscribers = [each for each in before if each.level == "subscriber"]
    return subscribers[-1].rejections if subscribers else ()


def _meanings(refused: Sequence[Rejection], asking: Asking) -> str:
    return " ".join(dict.fromkeys(meaning(each.reason, asking.lang) for each in refused))
