"""Whom to tell what has happened, what was told, and how it went."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from service.store import audit
from service.store.database import Connection
from service.store.queue import enqueue
from service.store.rows import fields, listed, read
from service.uuid7 import uuid7

MOST_ENDPOINTS = 20
"""That are told of events, or were until they were disabled: each event is sent to all of them for a day."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An address that events are sent to, with its secret sealed for `webhook_endpoints/<id>/secret`."""

    id: UUID
    created_at: datetime
    key_id: UUID
    url: str
    sealed_secret: bytes
    disabled_at: datetime | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `id` is of the event, `subject` of what it is about; nothing of a member is in it."""

    id: UUID
    type: str
    at: datetime
    data: dict[str, str]


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event for one endpoint. It is over when it was delivered or when no next attempt is due."""

    id: UUID
    created_at: datetime
    endpoint_id: UUID
    event_id: UUID
    type: str
    body: str
    next_attempt_at: datetime | None
    delivered_at: datetime | None


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt. `status` is of HTTP; without an answer `failure` says why in a word."""

    at: datetime
    status: int | None
    failure: str | None
    milliseconds: int


_ENDPOINT = listed(fields(Endpoint))
_DELIVERY = listed(fields(Delivery))
_SENT = listed(fields(Sent))


async def add_endpoint(connection: Connection, endpoint: Endpoint) -> bool:
    """Tell this endpoint from now on; false when there are as many as there may be."""
    async with connection.transaction():
        # Whoever adds one waits for whoever is adding another: two may not both be the last one.
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('webhook_endpoints'))")
        added = await connection.fetchval(
            """
            INSERT INTO webhook_endpoints (id, created_at, key_id, url, sealed_secret)
            SELECT $1, $2, $3, $4, $5
            WHERE (SELECT count(*) FROM webhook_endpoints WHERE removed_at IS NULL) < $6
            RETURNING true
            """,
            endpoint.id,
            endpoint.created_at,
            endpoint.key_id,
            endpoint.url,
            endpoint.sealed_secret,
            MOST_ENDPOINTS,
        )
        if added:
            await audit.append(connection, "webhook.add", "webhook", str(endpoint.id), key_id=endpoint.key_id)
    return bool(added)


async def list_endpoints(connection: Connection) -> tuple[Endpoint, ...]:
    """Every endpoint that was not removed, the oldest first; the disabled ones among them."""
    records = await connection.fetch(
        f"SELECT {_ENDPOINT} FROM webhook_endpoints WHERE removed_at IS NULL ORDER BY id"  # noqa: S608  own field names
    )
    return tuple(read(Endpoint, record) for record in records)


async def find_endpoint(connection: Connection, endpoint_id: UUID) -> Endpoint | None:
    """The endpoint with this id, unless it was removed."""
    record = await connection.fetchrow(
        f"SELECT {_ENDPOINT} FROM webhook_endpoints WHERE id = $1 AND removed_at IS NULL",  # noqa: S608  own names
        endpoint_id,
    )
    return None if record is None else read(Endpoint, record)


async def reseal_endpoint(connection: Connection, endpoint_id: UUID, sealed_secret: bytes) -> None:
    """Put the sealed secret in the place of the one on file, unless the endpoint was removed."""
    await connection.execute(
        "UPDATE webhook_endpoints SET sealed_secret = $2 WHERE id = $1 AND removed_at IS NULL",
        endpoint_id,
        sealed_secret,
    )


async def remove_endpoint(connection: Connection, endpoint_id: UUID, at: datetime, key_id: UUID) -> bool:
    """Tell it nothing more, not even what waits, and forget its secret; false when there is no such endpoint."""
    async with connection.transaction():
        removed = await connection.fetchval(
            """
            UPDATE webhook_endpoints SET removed_at = $2, sealed_secret = NULL
            WHERE id = $1 AND removed_at IS NULL RETURNING true
            """,
            endpoint_id,
            at,
        )
        if removed:
            await _give_up(connection, endpoint_id)
            await audit.append(connection, "webhook.remove", "webhook", str(endpoint_id), key_id=key_id)
    return bool(removed)


async def disable_endpoint(connection: Connection, endpoint_id: UUID, at: datetime) -> None:
    """Tell it nothing more, because it does not listen; its own deliveries that wait are given up."""
    async with connection.transaction():
        await connection.execute(
            "UPDATE webhook_endpoints SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL", endpoint_id, at
        )
        await _give_up(connection, endpoint_id)
        await audit.append(connection, "webhook.disable", "webhook", str(endpoint_id))


async def _give_up(connection: Connection, endpoint_id: UUID) -> None:
    await connection.execute(
        "UPDATE webhook_deliveries SET next_attempt_at = NULL WHERE endpoint_id = $1 AND next_attempt_at IS NOT NULL",
        endpoint_id,
    )


async def announce(connection: Connection, event: Event, *, endpoint_id: UUID | None = None) -> tuple[UUID, ...]:
    """Let the event be told to every endpoint, or to one, in the caller's transaction. Returns the deliveries."""
    body = msgspec.json.encode({"id": event.id, "type": event.type, "timestamp": event.at, "data": event.data}).decode()
    endpoints = await connection.fetch(
        """
        SELECT id FROM webhook_endpoints
        WHERE disabled_at IS NULL AND removed_at IS NULL AND ($1::uuid IS NULL OR id = $1)
        """,
        endpoint_id,
    )
    made = tuple(uuid7() for _ in endpoints)
    if made:
        await connection.execute(
            """
            INSERT INTO webhook_deliveries (id, created_at, endpoint_id, event_id, type, body, next_attempt_at)
            SELECT delivery, $3, endpoint, $4, $5, $6, $3
            FROM unnest($1::uuid[], $2::uuid[]) AS told(delivery, endpoint)
            """,
            made,
            [endpoint["id"] for endpoint in endpoints],
            event.at,
            event.id,
            event.type,
            body,
        )
        await enqueue(connection, "webhook.deliver", *map(str, made))
    return made


async def find_delivery(connection: Connection, delivery_id: UUID) -> Delivery | None:
    """The delivery with this id."""
    record = await connection.fetchrow(
        f"SELECT {_DELIVERY} FROM webhook_deliveries WHERE id = $1",  # noqa: S608  our own field names
        delivery_id,
    )
    return None if record is None else read(Delivery, record)


async def list_deliveries(
    connection: Connection, endpoint_id: UUID, *, after: UUID | None = None, limit: int = 50
) -> tuple[Delivery, ...]:
    """At most `limit` deliveries to the endpoint, the newest first, from just below `after`."""
    records = await connection.fetch(
        f"""
        SELECT {_DELIVERY} FROM webhook_deliveries
        WHERE endpoint_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
        """,  # noqa: S608  our own field names
        endpoint_id,
        after,
        limit,
    )
    return tuple(read(Delivery, record) for record in records)


async def count_undelivered(connection: Connection) -> int:
    """How many deliveries are not over."""
    return await connection.fetchval("SELECT count(*) FROM webhook_deliveries WHERE next_attempt_at IS NOT NULL")


async def attempts(connection: Connection, deliveries: tuple[UUID, ...]) -> dict[UUID, tuple[Sent, ...]]:
    """Every attempt of each delivery, the first one first."""
    records = await connection.fetch(
        f"SELECT delivery_id, {_SENT} FROM webhook_attempts WHERE delivery_id = ANY($1) ORDER BY id",  # noqa: S608  own names
        list(deliveries),
    )
    told: dict[UUID, tuple[Sent, ...]] = {}
    for record in records:
        values = dict(record)
        delivery = values.pop("delivery_id")
        told[delivery] = (*told.get(delivery, ()), Sent(**values))
    return told


async def record_attempt(
    connection: Connection, delivery_id: UUID, sent: Sent, *, delivered: bool, next_in: timedelta | None
) -> None:
    """Put one attempt on record, and with it whether the delivery is over."""
    async with connection.transaction():
        await connection.execute(
            """
            INSERT INTO webhook_attempts (delivery_id, at, status, failure, milliseconds) VALUES ($1, $2, $3, $4, $5)
            """,
            delivery_id,
            sent.at,
            sent.status,
            sent.failure,
            sent.milliseconds,
        )
        await connection.execute(
            "UPDATE webhook_deliveries SET delivered_at = $2, next_attempt_at = $3 WHERE id = $1",
            delivery_id,
            sent.at if delivered else None,
            None if delivered or next_in is None else sent.at + next_in,
        )


async def heard_since(connection: Connection, endpoint_id: UUID, since: datetime) -> bool:
    """Whether anything was delivered to the endpoint since then."""
    return await connection.fetchval(
        "SELECT EXISTS (SELECT FROM webhook_deliveries WHERE endpoint_id = $1 AND delivered_at >= $2)",
        endpoint_id,
        since,
    )


async def resume_deliveries(connection: Connection) -> None:
    """See to it that every delivery that is not over has a job."""
    waiting = await connection.fetch(
        """
        SELECT id FROM webhook_deliveries AS delivery WHERE next_attempt_at IS NOT NULL AND NOT EXISTS (
          SELECT FROM pgqueuer WHERE dedupe_key = 'webhook.deliver/' || delivery.id
        )
        """
    )
    if waiting:
        await enqueue(connection, "webhook.deliver", *(str(record["id"]) for record in waiting))
