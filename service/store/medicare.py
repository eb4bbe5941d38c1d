"""Medicare's fees by locality in Postgres: a file is written whole, once; of two for a quarter the last one counts."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from payers.price_files.medicare.fee import Amount
from payers.rates.rate import Source
from service.store.database import Connection
from service.store.rates import register
from service.store.rows import write

_COLUMNS = (
    "source_id", "ordinal", "carrier", "locality", "code", "modifier", "nonfacility_cents", "facility_cents",
    "valid_from", "valid_until",
)  # fmt: skip


async def stage_fees(
    connection: Connection,
    source: Source,
    amounts: Sequence[Amount],
    valid_from: date,
    valid_until: date,
    *,
    key_id: UUID | None = None,
) -> None:
    """Put a file's fees in force for its days: all of them or none.

    They take the place of fees for the same localities from the same day on, and end those that began earlier. What
    was estimated before can be replayed: `catalogue_versions` keeps the fees of then.

    Raises:
        asyncpg.IntegrityConstraintViolationError: a value is none that the table takes; the error names the constraint.
    """
    async with connection.transaction():
        await register(connection, source, key_id=key_id)
        rows = (
            (UUID(source.id), number, *amount.place, *amount[1:], valid_from, valid_until)
            for number, amount in enumerate(amounts)
        )
        await write(connection, "medicare_fees", _COLUMNS, rows)
