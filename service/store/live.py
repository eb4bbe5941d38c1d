"""The catalogue and the staff keys in memory, kept equal to the database while it changes."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Self
from uuid import UUID

import asyncpg
import msgspec
import structlog

from payers.catalogue.catalogue import Catalogue
from service.store import measures
from service.store.catalogue import current_catalogue
from service.store.database import OUTAGES, Connection, DatabaseUnavailable, connect
from service.store.keys import Key, list_keys

_CATALOGUE = "outlay_catalogue"
_KEYS = "outlay_keys"
"""The channels of the migrations' `announce`, and the names of its stamps."""

_BACKOFF_SECONDS = 0.1
_BACKOFF_MAX_SECONDS = 2.0
_BACKOFF_DOUBLINGS = 5

# The database is away, has not been migrated or seeded, or holds what this program cannot read: each may pass.
_FAILURES = (*OUTAGES, asyncpg.PostgresError, LookupError, msgspec.ValidationError)

_log = structlog.get_logger()


class LiveCatalogue:
    """One immutable `Catalogue` at a time, swapped whole.

    A dedicated connection listens; the stamps are polled over it too, which is the heartbeat at the same time. While
    the database is away the last value goes on answering, `healthy` turns false and `age` grows.
    """

    def __init__(self, url: str, *, poll_seconds: float = 1.0) -> None:
        self._url = url
        self._poll_seconds = poll_seconds
        self._catalogue: Catalogue | None = None
        self._keys: Mapping[UUID, Key] = MappingProxyType({})
        self._stamps: dict[str, int] = {}
        self._agreed_at: float | None = None
        self._connected = False
        self._wake = asyncio.Event()
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Load for the first time. When that fails the service may start all the same: loading goes on being tried."""
        self._task = asyncio.create_task(self._follow())
        await self._tried.wait()

    async def stop(self) -> None:
        """End the connection. The last value stays."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def current(self) -> Catalogue:
        """The catalogue that answers now. Its version is on record, so an estimate may be stored with it.

        Raises:
            DatabaseUnavailable: none could be loaded yet.
        """
        if self._catalogue is None:
            raise DatabaseUnavailable("no catalogue has been loaded yet")
        return self._catalogue

    @property
    def keys(self) -> Mapping[UUID, Key]:
        """Every staff key by id, for `check_key`."""
        return self._keys

    @property
    def age(self) -> timedelta | None:
        """How long ago the value was last known to agree with the database; absent before the first load."""
        return None if self._agreed_at is None else timedelta(seconds=time.monotonic() - self._agreed_at)

    @property
    def healthy(self) -> bool:
        """Whether there is a value and the database is being followed."""
        return self._connected and self._catalogue is not None

    async def _follow(self) -> None:
        failures = 0
        while True:
            try:
                async with self._listening() as connection:
                    while True:
                        self._wake.clear()
                        await self._refresh(connection)
                        failures = 0
                        with suppress(TimeoutError):
                            await asyncio.wait_for(self._wake.wait(), self._poll_seconds)
            except _FAILURES as error:
                _log.warning("catalogue.not_followed", error=type(error).__name__)
            finally:
                self._connected = False
                self._tried.set()
            longest = min(_BACKOFF_MAX_SECONDS, _BACKOFF_SECONDS * 2 ** min(failures, _BACKOFF_DOUBLINGS))
            failures += 1
            await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  jitter, not a secret

    @asynccontextmanager
    async def _listening(self) -> AsyncGenerator[Connection]:
        connection = await connect(self._url)
        try:
            connection.add_termination_listener(self._on_event)
            for channel in (_CATALOGUE, _KEYS):
                await connection.add_listener(channel, self._on_event)
            yield connection
        finally:
            connection.terminate()

    def _on_event(self, *_: object) -> None:
        self._wake.set()

    async def _refresh(self, connection: Connection) -> None:
        # The stamps are read before what they stand for: what changes in between is read once more the next time.
        stamps = {
            record["channel"]: record["value"] for record in await connection.fetch("SELECT channel, value FROM stamps")
        }
        if stamps[_KEYS] != self._stamps.get(_KEYS):
            self._keys = MappingProxyType({key.id: key for key in await list_keys(connection)})
            self._stamps[_KEYS] = stamps[_KEYS]
        if stamps[_CATALOGUE] != self._stamps.get(_CATALOGUE):
            self._catalogue = await current_catalogue(connection, self._catalogue)
            self._stamps[_CATALOGUE] = stamps[_CATALOGUE]
            measures.catalogue_loaded()
            _log.info("catalogue.loaded", version=self._catalogue.version)
        self._agreed_at = time.monotonic()
        measures.catalogue_agreed()
        self._connected = True
        self._tried.set()
