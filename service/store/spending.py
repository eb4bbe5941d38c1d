"""What asking payers cost, and each time one was asked: two records that outlive the process."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from service.store.database import Connection
from service.store.rows import fields, listed, read


class RecordedAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange with a network about a check. `number` is the attempt it is part of, `code` the network's own word.

    `cost_cents` is what the network may bill for it.
    """

    check_id: UUID
    number: int
    at: datetime
    connector: str
    kind: str
    outcome: str
    fault: str | None
    code: str | None
    milliseconds: int
    cost_cents: int


_COLUMNS = listed(fields(RecordedAttempt))


async def spend(connection: Connection, connector: str, cost_cents: int, budget_cents: int | None, day: date) -> bool:
    """Take the cost from the connector's budget of the day; a cost below zero gives back.

    False, and nothing taken, where the budget would be passed, however many processes spend at once.
    """
    taken = await connection.fetchval(
        """
        INSERT INTO connector_spending AS spending (connector, day, spent_cents)
        SELECT $1, $2, greatest($3::bigint, 0) WHERE $4::bigint IS NULL OR $3 <= $4
        ON CONFLICT ON CONSTRAINT connector_spending_pkey DO UPDATE
        SET spent_cents = spending.spent_cents + $3
        WHERE $4 IS NULL OR spending.spent_cents + $3 <= $4
        RETURNING true
        """,
        connector,
        day,
        cost_cents,
        budget_cents,
    )
    return bool(taken)


async def record_attempt(connection: Connection, attempt: RecordedAttempt) -> None:
    """Put one exchange on record."""
    await connection.execute(
        f"INSERT INTO eligibility_attempts ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",  # noqa: S608  our own field names
        *msgspec.structs.astuple(attempt),
    )


async def attempts_of(connection: Connection, check_id: UUID) -> tuple[RecordedAttempt, ...]:
    """Every exchange about a check, the first one first."""
    records = await connection.fetch(
        f"SELECT {_COLUMNS} FROM eligibility_attempts WHERE check_id = $1 ORDER BY id",  # noqa: S608  own names
        check_id,
    )
    return tuple(read(RecordedAttempt, record) for record in records)
