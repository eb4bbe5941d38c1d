"""Staff keys. The secret is 256 random bits, shown once; its SHA-256 is kept, which is enough for that much chance.

Whoever changes a key says `by` which key; absent, as in the audit trail, it is the command line. The command line may
close the last key that may do everything, because it can make another; nobody else may.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from service.store import audit
from service.store.database import Connection
from service.store.rows import fields, listed, read
from service.uuid7 import uuid7

_PREFIX = "outlay"


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A staff key as it is on file. `last4` are the last characters of its secret, for telling keys apart."""

    id: UUID
    name: str
    secret_hash: bytes
    last4: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Whether the key opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class LastAdministrator(msgspec.Struct, frozen=True, kw_only=True):
    """Refused: nobody would be left who may do everything."""


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was just made, with the only sight of what its holder must present."""

    key: Key
    secret: str

    def __repr__(self) -> str:
        return f"NewKey({self.key.id})"


_COLUMNS = listed(fields(Key))


async def create_key(
    connection: Connection,
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
    by: UUID | None = None,
    key_id: UUID | None = None,
) -> NewKey:
    """Make a key that may do what `scopes` say. `key_id` is its id where one was chosen before, to make it once.

    Raises:
        asyncpg.UniqueViolationError: there is a key with this id (`keys_pkey`).
    """
    key_id = key_id or uuid7()
    secret = f"{_PREFIX}_{key_id.hex}_{secrets.token_urlsafe(32)}"
    async with connection.transaction():
        made = await connection.fetch(
            f"""
            INSERT INTO keys (id, name, secret_hash, last4, scopes, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
            RETURNING {_COLUMNS}
            """,  # noqa: S608  the struct's own field names
            key_id,
            name,
            _hash(secret),
            secret[-4:],
            scopes,
            expires_at,
        )
        detail = {"name": name, "scopes": scopes}
        await audit.append(connection, "key.create", "key", str(key_id), key_id=by, detail=detail)
    return NewKey(key=read(Key, made[0]), secret=secret)


async def rotate_key(
    connection: Connection,
    old_id: UUID,
    *,
    ends_at: datetime | None = None,
    by: UUID | None = None,
    key_id: UUID | None = None,
) -> NewKey | None:
    """Make a key with another secret that may do the same for as long; the old one ends at `ends_at`, or at once.

    Nothing where the old one does not open anything any more, or is a person's, whose secret nobody knows.

    Raises:
        asyncpg.UniqueViolationError: there is a key with this id (`keys_pkey`).
    """
    async with connection.transaction():
        await _one_at_a_time(connection)
        record = await connection.fetchrow(
            f"""
            SELECT {_COLUMNS} FROM keys
            WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
              AND NOT EXISTS (SELECT FROM people WHERE key_id = keys.id)
            """,  # noqa: S608  the struct's own field names
            old_id,
        )
        if record is None:
            return None
        old = read(Key, record)
        made = await create_key(
            connection, name=old.name, scopes=old.scopes, expires_at=old.expires_at, by=by, key_id=key_id
        )
        detail = {"new": str(made.key.id)} | ({"ends_at": ends_at} if ends_at else {})
        await audit.append(connection, "key.rotate", "key", str(old_id), key_id=by, detail=detail)
        if ends_at is None:
            await close_key(connection, old_id)
        else:
            await connection.execute(
                "UPDATE keys SET expires_at = least(expires_at, $2) WHERE id = $1", old_id, ends_at
            )
    return made


async def revoke_key(connection: Connection, key_id: UUID, *, by: UUID | None = None) -> Key | LastAdministrator | None:
    """Close a key for good and end its sessions; nothing when there is no such key or it is closed already."""
    async with connection.transaction():
        if by is not None and not await others_administer(connection, key_id):
            return LastAdministrator()
        revoked = await close_key(connection, key_id)
        if revoked is not None:
            await audit.append(connection, "key.revoke", "key", str(key_id), key_id=by)
    return revoked


async def others_administer(connection: Connection, key_id: UUID) -> bool:
    """Whether somebody else may do everything, or this key may not either. It stays so until the caller commits."""
    await _one_at_a_time(connection)
    return await connection.fetchval(
        """
        WITH administrators AS (
          SELECT id FROM keys
          WHERE 'admin' = ANY(scopes) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
        )
        SELECT EXISTS (SELECT FROM administrators WHERE id <> $1)
          OR NOT EXISTS (SELECT FROM administrators WHERE id = $1)
        """,
        key_id,
    )


async def close_key(connection: Connection, key_id: UUID) -> Key | None:
    """Revoke the key and end its sessions, in the caller's transaction; nothing where it is closed already."""
    await _one_at_a_time(connection)
    record = await connection.fetchrow(
        f"UPDATE keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING {_COLUMNS}",  # noqa: S608  own names
        key_id,
    )
    await connection.execute("DELETE FROM console_sessions WHERE key_id = $1", key_id)
    return None if record is None else read(Key, record)


async def change_scopes(connection: Connection, key_id: UUID, scopes: Sequence[str], *, reopens: bool) -> None:
    """Let a person's key do something else, in the caller's transaction; `reopens` one that was closed."""
    await _one_at_a_time(connection)
    await connection.execute(
        "UPDATE keys SET scopes = $2, revoked_at = CASE WHEN $3 THEN NULL ELSE revoked_at END WHERE id = $1",
        key_id,
        scopes,
        reopens,
    )


async def _one_at_a_time(connection: Connection) -> None:
    # Two administrators who close each other's key at once would else each find the other one still there. Every change
    # of a key ends with this row (the trigger's stamp), and so those that look or touch an old key begin with it.
    await connection.execute("SELECT FROM stamps WHERE channel = 'outlay_keys' FOR UPDATE")


async def find_key(connection: Connection, key_id: UUID) -> Key | None:
    """The key with this id."""
    record = await connection.fetchrow(f"SELECT {_COLUMNS} FROM keys WHERE id = $1", key_id)  # noqa: S608  own names
    return None if record is None else read(Key, record)


async def list_keys(connection: Connection) -> tuple[Key, ...]:
    """Every key, the oldest first, the revoked ones among them."""
    records = await connection.fetch(f"SELECT {_COLUMNS} FROM keys ORDER BY id")  # noqa: S608  own field names
    return tuple(read(Key, record) for record in records)


def check_key(keys: Mapping[UUID, Key], presented: str, now: datetime) -> Key | None:
    """The valid key whose secret was presented, if it is one of `keys`. Needs no query."""
    prefix, _, rest = presented.partition("_")
    hex_id, _, _ = rest.partition("_")
    try:
        key = keys.get(UUID(hex=hex_id)) if prefix == _PREFIX else None
    except ValueError:
        return None
    if key is None or not hmac.compare_digest(key.secret_hash, _hash(presented)) or not key.is_valid(now):
        return None
    return key


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
