"""The work list of imports of payers' files. Several machines may share it: a file is claimed by one at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from service.store.database import Connection
from service.store.rows import read
from service.uuid7 import uuid7

CLAIM_SECONDS = 120
"""How long a claim holds that is not renewed: whoever made it is gone then."""
MOST_ATTEMPTS = 3


class RateFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file to read. `etag` and `length` are what it had when it was last read, `receipt` and `problem` what came."""

    id: UUID
    identity: str
    address: str
    state: str
    attempts: int
    etag: str | None
    length: int | None
    receipt: dict[str, Any] | None
    problem: str | None


class List(NamedTuple):
    """Whose list it is: a payer's, for what is looked for."""

    payer: str
    wanted: str


_OF_A_FILE = "id, identity, address, state, attempts, etag, length, receipt, problem"


async def want(connection: Connection, of: List, files: Sequence[tuple[str, str]]) -> None:
    """Put files on the list by identity and address, to be looked at anew once all of them have ended.

    A machine that comes to a list that others work on joins them.
    """
    identities, addresses = [each[0] for each in files], [each[1] for each in files]
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "rate_files:" + ":".join(of))
        open_ones = await connection.fetchval(
            """
            SELECT count(*) FROM rate_files
            WHERE payer = $1 AND wanted = $2 AND identity = ANY($3) AND state = 'waiting'
            """,
            *of,
            identities,
        )
        await connection.execute(
            """
            INSERT INTO rate_files (id, payer, wanted, identity, address, state, attempts)
            SELECT id, $1, $2, identity, address, 'waiting', 0
            FROM unnest($3::uuid[], $4::text[], $5::text[]) AS file (id, identity, address)
            ON CONFLICT ON CONSTRAINT rate_files_once DO UPDATE SET address = excluded.address
            """,
            *of,
            [uuid7() for _ in files],
            identities,
            addresses,
        )
        if not open_ones:
            await connection.execute(
                """
                UPDATE rate_files
                SET state = 'waiting', attempts = 0, claimed_until = NULL, problem = NULL, ended_at = NULL
                WHERE payer = $1 AND wanted = $2 AND identity = ANY($3)
                """,
                *of,
                identities,
            )


async def claim(connection: Connection, of: List, identities: Sequence[str]) -> RateFile | None:
    """A file that nobody reads, for this one to read until the claim ends; nothing if there is none now."""
    found = await connection.fetchrow(
        f"""
        UPDATE rate_files SET claimed_until = now() + make_interval(secs => $4), attempts = attempts + 1
        WHERE id = (
          SELECT id FROM rate_files
          WHERE payer = $1 AND wanted = $2 AND identity = ANY($3) AND state = 'waiting'
            AND (claimed_until IS NULL OR claimed_until < now())
          ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING {_OF_A_FILE}
        """,  # noqa: S608  our own names
        *of,
        list(identities),
        CLAIM_SECONDS,
    )
    return None if found is None else read(RateFile, found)


async def renew(connection: Connection, ids: Sequence[UUID]) -> None:
    """They are still being read."""
    await connection.execute(
        """
        UPDATE rate_files SET claimed_until = now() + make_interval(secs => $2)
        WHERE id = ANY($1) AND state = 'waiting'
        """,
        list(ids),
        CLAIM_SECONDS,
    )


async def release(connection: Connection, ids: Sequence[UUID]) -> None:
    """Nobody reads them any more: whoever comes may."""
    await connection.execute(
        "UPDATE rate_files SET claimed_until = NULL WHERE id = ANY($1) AND state = 'waiting'", list(ids)
    )


async def end(
    connection: Connection,
    id: UUID,
    state: str,
    at: datetime,
    *,
    problem: str | None = None,
    receipt: object = None,
    source_id: UUID | None = None,
    etag: str | None = None,
    length: int | None = None,
) -> None:
    """What came of a file, in the caller's transaction. What was known of one that is unchanged stays."""
    await connection.execute(
        """
        UPDATE rate_files SET state = $2, ended_at = $3, claimed_until = NULL, problem = $4,
          receipt = coalesce($5, receipt), source_id = coalesce($6, source_id),
          etag = CASE $2 WHEN 'read' THEN $7 ELSE etag END, length = CASE $2 WHEN 'read' THEN $8 ELSE length END
        WHERE id = $1
        """,
        id,
        state,
        at,
        problem,
        receipt,
        source_id,
        etag,
        length,
    )


async def files_of(connection: Connection, of: List, identities: Sequence[str]) -> list[RateFile]:
    """These files, in the order in which they were first put on the list."""
    found = await connection.fetch(
        f"SELECT {_OF_A_FILE} FROM rate_files WHERE payer = $1 AND wanted = $2 AND identity = ANY($3) ORDER BY id",  # noqa: S608  own names
        *of,
        list(identities),
    )
    return [read(RateFile, each) for each in found]
