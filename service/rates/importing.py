"""Work off the list of a payer's files: each is claimed, read, and put in force whole, or said why not."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import PurePath
from uuid import UUID

import msgspec
from msgspec import Struct

from payers.price_files.transparency.contents import identity
from payers.price_files.transparency.query import Query
from payers.rates.rate import Source
from service.rates.download import is_address
from service.rates.reading import Found, Outcome, Refusal, Same, Task
from service.rates.workers import Run, WorkerLost
from service.store.database import Connection
from service.store.rate_files import MOST_ATTEMPTS, List, RateFile, claim, end, files_of, release, renew, want
from service.store.rates import stage
from service.uuid7 import uuid7

_RENEW_SECONDS = 30.0
_LOOK_SECONDS = 0.5


class Ended(Struct, frozen=True, kw_only=True):
    """A file of an import: its state, how many rates are in force, what reading it came to, or the problem."""

    name: str
    state: str
    rates: int | None = None
    replaced: str | None = None
    result: Found | None = None
    problem: str | None = None


def list_of(payer: str, query: Query) -> List:
    """The list of everybody who looks for the same at the same payer."""
    wanted = (sorted(query.codes), sorted(query.billing_code_types), sorted(query.tins), sorted(query.npis))
    return List(payer, hashlib.sha256(msgspec.json.encode(wanted)).hexdigest())


async def import_files(
    connection: Connection,
    payer: str,
    query: Query,
    addresses: Sequence[str],
    run: Run,
    *,
    at_once: int = 1,
    hosts: tuple[str, ...] = (),
    ended: Callable[[Ended], object] = lambda _: None,
) -> None:
    """Read the files, with everybody else who works on the same list, until all of them have ended.

    `ended` hears what came of those that were read here.
    """
    of, files = list_of(payer, query), {identity(each): each for each in addresses}
    await want(connection, of, list(files.items()))
    running: dict[asyncio.Future[Outcome], RateFile] = {}
    try:
        while True:
            while len(running) < at_once and (file := await claim(connection, of, list(files))):
                task = Task(address=file.address, query=query, hosts=hosts, etag=file.etag, length=file.length)
                running[asyncio.ensure_future(run(task))] = file
            if not running:
                if all(file.state != "waiting" for file in await files_of(connection, of, list(files))):
                    return
                await asyncio.sleep(_LOOK_SECONDS)  # others are reading the rest
                continue
            done, _ = await asyncio.wait(running, timeout=_RENEW_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                if told := await _end(connection, payer, running.pop(each), each):
                    ended(told)
            await renew(connection, [file.id for file in running.values()])
    finally:
        for each in running:
            each.cancel()
        with suppress(Exception):
            await release(connection, [file.id for file in running.values()])


async def _end(connection: Connection, payer: str, file: RateFile, result: asyncio.Future[Outcome]) -> Ended | None:
    """Put the file's rates in force and its result on the list; nothing if it is to be read again."""
    now, name = datetime.now(UTC), file.identity if is_address(file.address) else PurePath(file.address).name
    try:
        outcome = result.result()
    except WorkerLost:
        if file.attempts < MOST_ATTEMPTS:
            await release(connection, [file.id])
            return None
        outcome = Refusal(f"whoever read it died {MOST_ATTEMPTS} times. Remedy: look at its memory, and start again.")
    if isinstance(outcome, Same):
        await end(connection, file.id, "unchanged", now)
        return Ended(name=name, state="unchanged")
    if isinstance(outcome, Refusal):
        await end(connection, file.id, "refused", now, problem=outcome.problem)
        return Ended(name=name, state="refused", problem=outcome.problem)
    about = outcome.receipt.read.about
    source = Source(
        id=str(uuid7()),
        kind="payer-file",
        payer=payer,
        name=name,
        last_updated_on=_day(about.get("last_updated_on")),
        entity=about.get("reporting_entity_name"),
        content_sha256=outcome.receipt.sha256,
        imported_at=now,
    )
    async with connection.transaction():
        staged = await stage(connection, source, outcome.rates)
        await end(
            connection,
            file.id,
            "read",
            now,
            receipt=outcome.receipt,
            source_id=UUID(staged.source.id),
            etag=outcome.etag,
            length=outcome.length,
        )
    before = staged.replaced
    return Ended(
        name=name,
        state="unchanged" if staged.unchanged else "read",
        rates=staged.rates,
        replaced=str(before.last_updated_on or before.name) if before else None,
        result=outcome,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
