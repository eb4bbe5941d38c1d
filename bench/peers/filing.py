"""The least that S1 could take: a constant as long as an answer, put on file as durably before it is given.

Nobody is let in, nothing is decoded, decided, computed or sealed, nothing is chained, and no key is looked up. Requests
that come while others are being stored share the next COPY, as the service's share an insert.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg
from litestar import Litestar, Response, post
from litestar.datastructures import State

from bench.engine import encoded
from bench.questions import patient
from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release

ADDRESS = "BENCH_DATABASE_URL"
ANSWER = encoded(Catalogue(load_release()), patient(1))
_TABLE = "CREATE TABLE IF NOT EXISTS bench_filed (answer bytea STORAGE EXTERNAL NOT NULL)"


class Filing:
    """Puts the constant on file, once for each that waits."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._waiting: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self) -> None:
        """Wait until one more is on file."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        await done

    async def _work(self) -> None:
        while self._waiting:
            several, self._waiting = self._waiting, []
            records = [(ANSWER,)] * len(several)
            await self._connection.copy_records_to_table("bench_filed", records=records, columns=["answer"])
            for each in several:
                each.set_result(None)
        self._task = None


@asynccontextmanager
async def _filing(app: Litestar) -> AsyncGenerator[None]:
    connection = await asyncpg.connect(os.environ[ADDRESS])
    try:
        await connection.execute(_TABLE)
        app.state.filing = Filing(connection)
        yield
    finally:
        await connection.close()


@post("/v1/estimates")
async def filed(state: State) -> Response[bytes]:
    """The constant, once it is on file."""
    await state.filing.put()
    return Response(ANSWER, media_type="application/json")


app = Litestar([filed], lifespan=[_filing], openapi_config=None)
