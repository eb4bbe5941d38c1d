"""How long what is on file is kept: what each kind of data holds, and taking away what was kept long enough.

Members' data is taken away in `purge_checks`, beside what knows of checks.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from service.store import audit
from service.store.database import Connection
from service.store.sessions import LOCKED, LONGEST, SIGN_IN_TAKES

SUBJECT = "retention"
"""What a run is called in the audit trail; the id is the run's."""
PURGED = "retention.purge"
"""A run that took something away."""
LOGGED = timedelta(days=30)
"""How long Idempotency-Keys, deliveries of webhooks and the queue's own log are kept."""


class Kind(NamedTuple):
    """A kind of data: where it lies, and how long it is kept from which time on; for good without `kept`.

    `due` is whether what is older is taken away by itself.
    """

    name: str
    table: str
    since: str
    where: str
    kept: timedelta | None
    due: bool = True


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of a kind of data. `older` is how much is older than it must be kept."""

    kind: Kind
    count: int
    older: int
    oldest: datetime | None


class LastPurge(msgspec.Struct, frozen=True, kw_only=True):
    """The last run that took something away: when, and how much of what."""

    at: datetime
    detail: dict[str, int]


def kinds(member_data: timedelta) -> tuple[Kind, ...]:
    """Every kind of data that grows with time. `member_data` is how long members' data is kept after the answer."""
    six_years = timedelta(days=6 * 365 + 2)
    return (
        Kind("members' data of checks", "eligibility_checks", "ended_at", "purged_at IS NULL", member_data),
        Kind(
            "good-faith estimates, with patients' data", "good_faith_estimates", "created_at", "true", six_years, False
        ),
        Kind("estimates", "estimates", "created_at", "true", None),
        Kind("audit trail", "audit", "at", "true", None),
        Kind("Idempotency-Keys of estimates", "estimates", "created_at", "idempotency_key IS NOT NULL", LOGGED),
        Kind("deliveries of webhooks", "webhook_deliveries", "created_at", "next_attempt_at IS NULL", LOGGED),
        Kind("log of the queue", "pgqueuer_log", "created", "aggregated", LOGGED),
        Kind("sessions of the console", "console_sessions", "begun_at", "true", LONGEST),
        Kind("sign-ins under way", "console_sign_ins", "begun_at", "true", SIGN_IN_TAKES),
        Kind("failed sign-ins", "console_failures", "last_at", "true", LOCKED),
    )


async def held(connection: Connection, kind: Kind, now: datetime) -> Held:
    """What there is of a kind of data, for as long as counting takes."""
    async with connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        record = await connection.fetchrow(
            f"""
            SELECT count(*) AS count, count(*) FILTER (WHERE {kind.since} < $1) AS older, min({kind.since}) AS oldest
            FROM {kind.table} WHERE {kind.where}
            """,  # noqa: S608  our own words
            None if kind.kept is None else now - kind.kept,
            timeout=600,
        )
    if record is None:
        raise LookupError("counting returned no row")
    return Held(kind=kind, **record)


async def forget_deliveries(connection: Connection, *, limit: int = 500) -> int:
    """Delete at most `limit` deliveries of webhooks that were over long ago, and their attempts.

    Long ago by the database's clock, which refuses to delete younger ones.
    """
    over = await connection.fetch(
        """
        SELECT id FROM webhook_deliveries AS delivery
        WHERE next_attempt_at IS NULL AND created_at < now() - $1::interval AND NOT EXISTS (
          SELECT FROM webhook_attempts WHERE delivery_id = delivery.id AND at > now() - $1::interval
        )
        LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        LOGGED,
        limit,
    )
    ids = [record["id"] for record in over]
    await connection.execute("DELETE FROM webhook_attempts WHERE delivery_id = ANY($1)", ids)
    await connection.execute("DELETE FROM webhook_deliveries WHERE id = ANY($1)", ids)
    return len(ids)


async def forget_idempotency_keys(connection: Connection, before: datetime, *, limit: int = 500) -> int:
    """Forget the Idempotency-Keys of at most `limit` estimates that were made before; how many there were."""
    done = await connection.execute(
        """
        UPDATE estimates SET idempotency_key = NULL WHERE id IN (
          SELECT id FROM estimates WHERE created_at < $1 AND idempotency_key IS NOT NULL LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        """,
        before,
        limit,
    )
    return int(done.rpartition(" ")[2])


async def record_purge(connection: Connection, run: UUID, detail: dict[str, int]) -> None:
    """Put on record how much of what was taken away."""
    await audit.append(connection, PURGED, SUBJECT, str(run), detail=detail)


async def last_purge(connection: Connection) -> LastPurge | None:
    """The last run that took something away."""
    entries = await audit.entries(connection, audit.Wanted(action=PURGED), limit=1)
    return LastPurge(at=entries[0].at, detail=entries[0].detail) if entries else None
