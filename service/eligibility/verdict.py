"""What an answer came to, in a few words without member data."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from payers.eligibility.response import Rejection, Response
from service.store.eligibility import Verdict

TOLD = frozenset({"active", "inactive", "conflict"})
"""A payer that told whether the member is covered has answered, whatever it refused beside."""


def verdict(response: Response, refused: Sequence[Rejection], now: datetime, fresh: timedelta) -> Verdict:
    """What stands in lists: the patient's status, whether the answer is whole, and the codes of what was refused.

    An answer that would be another one later is given to nobody again: it expires at once.
    """
    transaction = response.transactions[0]
    passing = transaction.status not in TOLD and any(each.retry for each in refused)
    return Verdict(
        outcome=transaction.status,
        incomplete=any(patient.incomplete for patient in transaction.patients),
        reasons=tuple(dict.fromkeys(each.reason for each in refused if each.reason)),
        expires_at=now if passing else now + fresh,
    )
