"""Staff keys. The secret is 256 random bits, shown once; its SHA-256 is kept, which is enough for that much chance."""

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


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was just made, with the only sight of what its holder must present."""

    key: Key
    secret: str


_COLUMNS = listed(fields(Key))


async def create_key(
    connection: Connection, *, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> NewKey:
    """Make a key that may do what `scopes` say."""
    key_id = uuid7()
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
        await audit.append(connection, "key.create", "key", str(key_id), detail={"name": name, "scopes": scopes})
    return NewKey(key=read(Key, made[0]), secret=secret)


async def revoke_key(connection: Connection, key_id: UUID) -> bool:
    """Close a key for good; false when there is no such key or it is closed already."""
    async with connection.transaction():
        revoked = await connection.fetchval(
            "UPDATE keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id", key_id
        )
        if revoked is not None:
            await audit.append(connection, "key.revoke", "key", str(key_id))
    return revoked is not None


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
