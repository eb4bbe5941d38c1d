"""The desk's ledger, in Postgres: one for all processes."""

from datetime import date

from service.clearinghouse.desk import Attempt
from service.store.database import Pool, acquire
from service.store.spending import RecordedAttempt, record_attempt, spend


class StoredLedger:
    """What was spent and what was tried, in transactions of their own: they stay, whatever becomes of the check."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def spend(self, connector: str, cost_cents: int, budget_cents: int | None, day: date) -> bool:
        """Take the cost from the day's budget, unless it would be passed."""
        async with acquire(self._pool) as connection:
            return await spend(connection, connector, cost_cents, budget_cents, day)

    async def record(self, attempt: Attempt) -> None:
        """Keep what was tried."""
        recorded = RecordedAttempt(
            check_id=attempt.check_id,
            number=attempt.number,
            at=attempt.at,
            connector=attempt.connector,
            kind=attempt.kind,
            outcome=attempt.outcome,
            fault=attempt.fault,
            code=attempt.code,
            milliseconds=attempt.milliseconds,
            cost_cents=attempt.cost_cents,
        )
        async with acquire(self._pool) as connection:
            await record_attempt(connection, recorded)
