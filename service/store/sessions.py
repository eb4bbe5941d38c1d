"""Sessions of the console, sign-ins under way and failed ones. Of every secret in a cookie only its hash is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from service.store import audit
from service.store.database import Connection
from service.store.keys import Key
from service.store.rows import fields, listed, read

IDLE = timedelta(minutes=30)
"""A desk that nobody sits at signs itself out (45 CFR 164.312(a)(2)(iii), automatic logoff)."""
LONGEST = timedelta(hours=12)
TOUCHED = timedelta(minutes=1)
"""How exactly it is known when a session was last used: not every request writes."""
SIGN_IN_TAKES = timedelta(minutes=10)

FAILURES_ALLOWED = 10
LOCKED = timedelta(minutes=15)

_KEY_COLUMNS = listed(fields(Key))


class BegunSignIn(msgspec.Struct, frozen=True, kw_only=True):
    """What was told the identity provider, or must come back from it (RFC 6749, RFC 7636, OpenID Connect Core)."""

    state: str
    nonce: str
    code_verifier: str
    return_to: str

    def __repr__(self) -> str:
        return f"BegunSignIn({self.return_to})"


def new_secret() -> str:
    """A secret for a cookie."""
    return secrets.token_urlsafe(32)


async def open_session(connection: Connection, key: Key, now: datetime) -> str:
    """Begin a session of whoever holds the key, and return its secret."""
    secret = new_secret()
    async with connection.transaction():
        await connection.execute(
            "DELETE FROM console_sessions WHERE seen_at <= $1 OR begun_at <= $2", now - IDLE, now - LONGEST
        )
        await connection.execute(
            "INSERT INTO console_sessions (secret_hash, key_id, begun_at, seen_at) VALUES ($1, $2, $3, $3)",
            _hash(secret),
            key.id,
            now,
        )
        await audit.append(connection, "console.sign-in", "key", str(key.id), key_id=key.id)
    return secret


async def key_of_session(connection: Connection, secret: str, now: datetime) -> Key | None:
    """The valid key whose session this is, if it has not ended."""
    record = await connection.fetchrow(
        f"""
        WITH session AS (
          SELECT key_id, seen_at FROM console_sessions WHERE secret_hash = $1 AND seen_at > $2 AND begun_at > $3
        )
        SELECT seen_at, {_KEY_COLUMNS} FROM session JOIN keys ON id = key_id
        """,  # noqa: S608  the struct's own field names
        _hash(secret),
        now - IDLE,
        now - LONGEST,
    )
    if record is None:
        return None
    if record["seen_at"] <= now - TOUCHED:
        await connection.execute("UPDATE console_sessions SET seen_at = $2 WHERE secret_hash = $1", _hash(secret), now)
    key = read(Key, record)
    return key if key.is_valid(now) else None


async def close_session(connection: Connection, secret: str) -> None:
    """End the session; nothing where it has ended already."""
    async with connection.transaction():
        key_id = await connection.fetchval(
            "DELETE FROM console_sessions WHERE secret_hash = $1 RETURNING key_id", _hash(secret)
        )
        if key_id is not None:
            await audit.append(connection, "console.sign-out", "key", str(key_id), key_id=key_id)


async def end_sessions(connection: Connection, key_id: UUID, *, by: UUID) -> int:
    """Sign out whoever is signed in as this key; how many sessions that were. `by` is the key of who decides so."""
    async with connection.transaction():
        ended = await connection.fetch("DELETE FROM console_sessions WHERE key_id = $1 RETURNING true", key_id)
        detail = {"sessions": len(ended)}
        await audit.append(connection, "console.end-sessions", "key", str(key_id), key_id=by, detail=detail)
    return len(ended)


async def signed_in_now(connection: Connection, now: datetime) -> dict[UUID, int]:
    """How many sessions each key has that are not over."""
    records = await connection.fetch(
        """
        SELECT key_id, count(*) AS sessions FROM console_sessions WHERE seen_at > $1 AND begun_at > $2 GROUP BY key_id
        """,
        now - IDLE,
        now - LONGEST,
    )
    return {record["key_id"]: record["sessions"] for record in records}


async def begin_sign_in(connection: Connection, secret: str, begun: BegunSignIn, now: datetime) -> None:
    """Remember a sign-in for the browser that holds the secret; a later one takes its place."""
    async with connection.transaction():
        await connection.execute(
            "DELETE FROM console_sign_ins WHERE secret_hash = $1 OR begun_at <= $2", _hash(secret), now - SIGN_IN_TAKES
        )
        await connection.execute(
            """
            INSERT INTO console_sign_ins (secret_hash, begun_at, state, nonce, code_verifier, return_to)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            _hash(secret),
            now,
            begun.state,
            begun.nonce,
            begun.code_verifier,
            begun.return_to,
        )


async def end_sign_in(connection: Connection, secret: str, now: datetime) -> BegunSignIn | None:
    """What the browser began, once: it is forgotten with the answer, whatever that says."""
    record = await connection.fetchrow(
        """
        DELETE FROM console_sign_ins WHERE secret_hash = $1 AND begun_at > $2
        RETURNING state, nonce, code_verifier, return_to
        """,
        _hash(secret),
        now - SIGN_IN_TAKES,
    )
    return None if record is None else BegunSignIn(**record)


async def locked_for(connection: Connection, address: str, now: datetime) -> timedelta | None:
    """How long nobody at this address may sign in any more."""
    last_at: datetime | None = await connection.fetchval(
        "SELECT last_at FROM console_failures WHERE address = $1 AND failures >= $2 AND last_at > $3",
        address,
        FAILURES_ALLOWED,
        now - LOCKED,
    )
    return None if last_at is None else last_at + LOCKED - now


async def failed(connection: Connection, address: str, now: datetime) -> None:
    """Count a failed sign-in; after a quiet time counting begins anew. The one that locks the address is on record."""
    async with connection.transaction():
        failures = await connection.fetchval(
            """
            INSERT INTO console_failures AS before (address, failures, last_at) VALUES ($1, 1, $2)
            ON CONFLICT ON CONSTRAINT console_failures_pkey DO UPDATE
              SET failures = CASE WHEN before.last_at > $3 THEN before.failures + 1 ELSE 1 END, last_at = $2
            RETURNING failures
            """,
            address,
            now,
            now - LOCKED,
        )
        if failures == FAILURES_ALLOWED:
            await audit.append(connection, "console.lock-out", "address", address)


async def forgive(connection: Connection, address: str) -> None:
    """Forget the failures of an address at which somebody signed in."""
    await connection.execute("DELETE FROM console_failures WHERE address = $1", address)


async def forget_ended(connection: Connection, now: datetime) -> None:
    """Delete sessions and sign-ins that are over, and failures that no longer count."""
    await connection.execute(
        "DELETE FROM console_sessions WHERE seen_at <= $1 OR begun_at <= $2", now - IDLE, now - LONGEST
    )
    await connection.execute("DELETE FROM console_sign_ins WHERE begun_at <= $1", now - SIGN_IN_TAKES)
    await connection.execute("DELETE FROM console_failures WHERE last_at <= $1", now - LOCKED)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
