"""Webhooks for the clinic's own software: it is told when a check or a batch has ended, and then reads it itself."""

import base64
import secrets
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from payers.catalogue.model import Frozen
from service.api.asking_payers import means_of
from service.api.eligibility import PAGE, After
from service.api.keys import PRIVATE, needs
from service.api.problems import InputError, Refused
from service.api.view import view
from service.api.wiring import Wiring
from service.jobs.webhooks import may_be_told, secret_place
from service.store import audit
from service.store.database import acquire
from service.store.keys import Key
from service.store.webhooks import (
    MOST_ENDPOINTS,
    Endpoint,
    Event,
    add_endpoint,
    announce,
    attempts,
    find_endpoint,
    list_deliveries,
    list_endpoints,
    remove_endpoint,
)
from service.uuid7 import uuid7

_SECRET_BYTES = 32


class WebhookQuestion(Frozen):
    """Where to send events: over TLS, or to this machine."""

    url: Annotated[str, Meta(min_length=8, max_length=500)]


class WebhookView(Frozen):
    """An endpoint. It was disabled where nothing it was sent in a day arrived, or it answered 410."""

    id: UUID
    created_at: datetime
    url: str
    disabled_at: datetime | None


class NewWebhook(WebhookView):
    """An endpoint with the only sight of the secret that its events are signed with."""

    secret: str

    def __repr__(self) -> str:
        return f"NewWebhook({self.id})"


class WebhookList(Frozen):
    """Every endpoint."""

    items: tuple[WebhookView, ...]
    next: None


class DeliveryAttempt(Frozen):
    """One time that it was sent. `status` is of HTTP; without an answer `failure` says why in a word."""

    at: datetime
    status: int | None
    failure: str | None
    milliseconds: int


class DeliveryView(Frozen):
    """An event for the endpoint. It was given up where it was neither delivered nor has a next attempt."""

    id: UUID
    created_at: datetime
    event_id: UUID
    type: str
    delivered_at: datetime | None
    next_attempt_at: datetime | None
    attempts: tuple[DeliveryAttempt, ...]


class DeliveryList(Frozen):
    """Deliveries, the newest first."""

    items: tuple[DeliveryView, ...]
    next: UUID | None


class BegunDelivery(Frozen):
    """What becomes of it is told among the deliveries."""

    delivery_id: UUID


class WebhooksController(Controller):
    """Webhooks, for staff."""

    path = "/v1/webhooks"
    tags = ("Webhooks",)
    security = ({"key": []},)

    @post(operation_id="createWebhook", summary="Be told of events", guards=[needs("eligibility:write")])
    async def create(
        self, data: JSONBody[WebhookQuestion], wiring: NamedDependency[Wiring], key: NamedDependency[Key]
    ) -> Response[NewWebhook]:
        """From now on. The secret is shown this once; it is kept sealed."""
        means, endpoint_id = means_of(wiring), uuid7()
        if not may_be_told(data.url, means.http_hosts):
            detail = "It must be https://host/path, without a sign-in; http is for this machine alone."
            raise Refused("invalid-input", detail, InputError(pointer="/url", detail=detail))
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        endpoint = Endpoint(
            id=endpoint_id,
            created_at=wiring.clock(),
            key_id=key.id,
            url=data.url,
            sealed_secret=means.vault.seal(secret.encode(), secret_place(endpoint_id)),
        )
        async with acquire(wiring.pool) as connection:
            if not await add_endpoint(connection, endpoint):
                raise Refused("too-many-webhooks", f"There are {MOST_ENDPOINTS}, the disabled ones among them.")
        return Response(view(NewWebhook, endpoint, secret=secret), headers=PRIVATE)

    @get(operation_id="listWebhooks", summary="Who is told of events", guards=[needs("eligibility:read")])
    async def list(self, wiring: NamedDependency[Wiring]) -> Response[WebhookList]:
        """Every endpoint, the oldest first."""
        async with acquire(wiring.pool) as connection:
            found = await list_endpoints(connection)
        items = tuple(view(WebhookView, endpoint) for endpoint in found)
        return Response(WebhookList(items=items, next=None), headers=PRIVATE)

    @delete(
        "/{webhook_id:uuid}",
        operation_id="deleteWebhook",
        summary="Be told nothing more",
        guards=[needs("eligibility:write")],
    )
    async def remove(
        self, webhook_id: FromPath[UUID], wiring: NamedDependency[Wiring], key: NamedDependency[Key]
    ) -> None:
        """What waits for the endpoint is given up."""
        async with acquire(wiring.pool) as connection:
            if not await remove_endpoint(connection, webhook_id, wiring.clock(), key.id):
                raise _unknown()

    @get(
        "/{webhook_id:uuid}/deliveries",
        operation_id="listDeliveries",
        summary="What an endpoint was told, and how it went",
        guards=[needs("eligibility:read")],
    )
    async def deliveries(
        self, webhook_id: FromPath[UUID], wiring: NamedDependency[Wiring], after: After = None
    ) -> Response[DeliveryList]:
        """The newest first, each with every attempt."""
        async with acquire(wiring.pool) as connection:
            if await find_endpoint(connection, webhook_id) is None:
                raise _unknown()
            found = await list_deliveries(connection, webhook_id, after=after, limit=PAGE + 1)
            sent = await attempts(connection, tuple(delivery.id for delivery in found))
        items = tuple(
            view(
                DeliveryView,
                delivery,
                attempts=tuple(view(DeliveryAttempt, each) for each in sent.get(delivery.id, ())),
            )
            for delivery in found[:PAGE]
        )
        return Response(DeliveryList(items=items, next=items[-1].id if len(found) > PAGE else None), headers=PRIVATE)

    @post(
        "/{webhook_id:uuid}/test",
        operation_id="testWebhook",
        summary="Send an event that means nothing",
        guards=[needs("eligibility:write")],
        status_code=202,
    )
    async def test(
        self, webhook_id: FromPath[UUID], wiring: NamedDependency[Wiring], key: NamedDependency[Key]
    ) -> Response[BegunDelivery]:
        """See what becomes of it in the endpoint's deliveries."""
        event = Event(id=uuid7(), type="webhook.test", at=wiring.clock(), data={})
        async with acquire(wiring.pool) as connection, connection.transaction():
            endpoint = await find_endpoint(connection, webhook_id)
            if endpoint is None:
                raise _unknown()
            if endpoint.disabled_at is not None:
                raise Refused("impossible-question", "The endpoint is disabled: remove it and add it again.")
            (delivery_id,) = await announce(connection, event, endpoint_id=webhook_id)
            await audit.append(connection, "webhook.test", "webhook", str(webhook_id), key_id=key.id)
        return Response(BegunDelivery(delivery_id=delivery_id), headers=PRIVATE)


def _unknown() -> Refused:
    return Refused("not-found", "No webhook has this id.")
