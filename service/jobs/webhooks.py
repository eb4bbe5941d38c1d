"""Tells endpoints what has happened: signed as Standard Webhooks say, again and again for a day where nobody listens.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md gives the headers, the
signature, the times between attempts and what 410 means.
"""

import asyncio
import ipaddress
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from time import perf_counter
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from standardwebhooks import Webhook

from service.jobs.measures import observe_sent
from service.store.database import Pool, acquire
from service.store.vault import Vault
from service.store.webhooks import (
    Delivery,
    Endpoint,
    Sent,
    attempts,
    disable_endpoint,
    find_delivery,
    find_endpoint,
    heard_since,
    record_attempt,
)

SECONDS = 10.0
"""How long an endpoint has for its answer, from the first byte of the connection."""

WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 7 * 3600, 9 * 3600))
"""Between one attempt and the next: a day in all."""
DAY = timedelta(days=1)
"""A delivery that is older is not tried again."""

AT_ONCE = 4
"""Events on their way from one process to one endpoint."""
WHILE_SILENT = timedelta(minutes=5)
"""How long events wait whose endpoint has just not answered, while another is on its way there."""
_CONNECTIONS = 2
"""To the database, of a process. However many events there are, people who ask find some free."""


def secret_place(endpoint_id: UUID) -> str:
    """The place that an endpoint's secret is sealed for."""
    return f"webhook_endpoints/{endpoint_id}/sealed_secret"


def may_be_told(url: str, http_hosts: frozenset[str]) -> bool:
    """Whether events may go there: over TLS; unencrypted to this machine and to hosts that the settings name."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and (_is_this_machine(host) or host in http_hosts))


class _Way:
    """The way from this process to one endpoint: room for a few at once, and whether the last one found nobody."""

    def __init__(self) -> None:
        self.room = asyncio.Semaphore(AT_ONCE)
        self.under_way = 0
        self.silent = False


class Teller:
    """Sends deliveries, each as often as it takes. To an endpoint that does not answer one goes at a time."""

    def __init__(
        self,
        pool: Pool,
        vault: Vault,
        clock: Callable[[], datetime],
        client: httpx.AsyncClient,
        http_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._clock = clock
        self._client = client
        self._http_hosts = http_hosts
        self._ways = defaultdict[UUID, _Way](_Way)
        self._connections = asyncio.Semaphore(_CONNECTIONS)

    async def deliver(self, delivery_id: UUID) -> timedelta | None:
        """Send it once more, unless it is over; how long to wait before the next attempt, if there is one."""
        async with self._connections, acquire(self._pool) as connection:
            delivery = await find_delivery(connection, delivery_id)
            if delivery is None or delivery.next_attempt_at is None:
                return None
            endpoint = await find_endpoint(connection, delivery.endpoint_id)
            before = (await attempts(connection, (delivery_id,))).get(delivery_id, ())
        if endpoint is None or endpoint.disabled_at is not None:
            return None
        sent = await self._in_turn(endpoint, delivery)
        if sent is None:
            return WHILE_SILENT
        delivered = sent.status is not None and sent.status // 100 == 2
        # Of many that wait for a silent endpoint few have had all of their attempts when the day is over.
        more = len(before) < len(WAITS) and sent.at < delivery.created_at + DAY
        wait = WAITS[len(before)] if more and not delivered else None
        observe_sent("delivered" if delivered else "again" if wait else "given-up")
        async with self._connections, acquire(self._pool) as connection, connection.transaction():
            await record_attempt(connection, delivery_id, sent, delivered=delivered, next_in=wait)
            gone = sent.status == HTTPStatus.GONE
            given_up = not delivered and wait is None
            if gone or (given_up and not await heard_since(connection, endpoint.id, delivery.created_at)):
                await disable_endpoint(connection, endpoint.id, sent.at)
                return None
        return wait

    async def _in_turn(self, endpoint: Endpoint, delivery: Delivery) -> Sent | None:
        """Send it when there is room; not at all while another finds out whether a silent endpoint answers again."""
        way = self._ways[endpoint.id]
        async with way.room:
            if way.silent and way.under_way:
                return None
            way.under_way += 1
            try:
                sent = await self._send(endpoint, delivery)
            finally:
                way.under_way -= 1
            way.silent = sent.status is None
            return sent

    async def _send(self, endpoint: Endpoint, delivery: Delivery) -> Sent:
        started, at = perf_counter(), self._clock()
        status, failure = None, None
        if not may_be_told(endpoint.url, self._http_hosts):
            failure = "not-allowed"
        else:
            try:
                async with asyncio.timeout(SECONDS):
                    status = await self._post(endpoint, delivery, at)
            except (TimeoutError, httpx.TimeoutException):
                failure = "timeout"
            except (httpx.TransportError, httpx.InvalidURL):
                failure = "unreachable"
        return Sent(at=at, status=status, failure=failure, milliseconds=round((perf_counter() - started) * 1000))

    async def _post(self, endpoint: Endpoint, delivery: Delivery, at: datetime) -> int:
        secret = self._vault.open(endpoint.sealed_secret, secret_place(endpoint.id)).decode()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": str(delivery.event_id),
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(str(delivery.event_id), at, delivery.body),
        }
        # What comes back is not read: its status is all that counts, and a redirect is no success.
        async with self._client.stream("POST", endpoint.url, content=delivery.body, headers=headers) as response:
            return response.status_code


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
