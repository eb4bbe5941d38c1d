"""Where a fault is caused: a service under a steady load, and afterwards a look at whether all it said still holds."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import httpx
import msgspec

from service import testing
from service.first_start import prepare
from service.sandbox_process import running_sandbox
from service.serve import MEMBER_DATA_KEYS
from service.store.database import SERVING_ROLE
from service.store.roles import serving_address
from service.store.vault import ensure_keys
from tests.adversity.load import DEGRADED, READS, Answer, Load, id_of, noted
from tests.adversity.postgres import Cluster, cluster, small_disk
from tests.adversity.replica import Replica
from tests.adversity.wire import Wire
from tests.service.eligibility.receiver import Receiver, receiving

DATABASE = "outlay"
CLOCK = "clock"
BATCHES = "/v1/eligibility/batches"
HEADINGS = "payer,member_id,last_name,first_name,birth_date,date_of_service,treatment,dose_mg,sessions\n"
LINES = 6
HEAL_SECONDS = 90.0
"""Longer than anything here may take on a busy machine."""
STEADY = 10
"""So many new connections in a row find everything well before it counts as healed."""


class Scale(NamedTuple):
    """How hard and how long: what is caused lasts `seconds`."""

    seconds: float
    desks: int
    visitors: int
    pause: float


LIGHT = Scale(seconds=2.5, desks=2, visitors=1, pause=0.1)
HEAVY = Scale(seconds=10.0, desks=6, visitors=3, pause=0.02)


class Fault(NamedTuple):
    """What goes wrong, how it is caused here, and what may be seen of it.

    `cuts`: connections of callers may break. `away`: the database is away for long enough to be noticed. `refuses`:
    staff are refused meanwhile. `needs_disks`: those of the bench. `clocked`: a service whose clock can be set.
    `light`: it is caused by `make test` too, where time is short; the others by `make adversity` alone.
    """

    name: str
    how: str
    cause: "Callable[[Bench], AbstractAsyncContextManager[None]]"
    cuts: bool = False
    away: bool = True
    refuses: bool = True
    needs_disks: bool = False
    clocked: bool = False
    light: bool = True


class Row(NamedTuple):
    """What came of it. `cut` are requests whose connection broke; each was asked again."""

    fault: str
    how: str
    sent: int
    answered: int
    refused: int
    cut: int
    lost: int
    heal_seconds: float
    slowest_seconds: float


class Disks(NamedTuple):
    """Small ones, which can be filled."""

    database: Path
    service: Path


class Bench:
    """The service `replica` on `database` behind `wire`, and the sandbox payer behind `payer_wire`."""

    def __init__(
        self,
        folder: Path,
        scale: Scale,
        database: Cluster,
        wire: Wire,
        payer_wire: Wire,
        receiver: Receiver,
        disks: Disks | None,
        stack: AsyncExitStack,
    ) -> None:
        self._stack = stack
        self.folder = folder
        self.scale = scale
        self.database = database
        self.wire = wire
        self.payer_wire = payer_wire
        self.receiver = receiver
        self.disks = disks
        """Absent where this user may not mount any."""
        self.key = (folder / "admin-key").read_text().strip()
        self.replica = self.another("replica", TMPDIR=str(folder / "replica"))
        self._days = 0
        self._struck: float | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The settings that every service here has."""
        return {
            "OUTLAY_DATABASE_URL": f"postgresql://{SERVING_ROLE}@127.0.0.1:{self.wire.port}/{DATABASE}",
            "OUTLAY_MEMBER_DATA_KEYS": str(self.folder / MEMBER_DATA_KEYS),
            "OUTLAY_CONNECTORS": str(self.folder / "connectors.toml"),
            "OUTLAY_WORKERS": "2",
            "OUTLAY_LIMIT_PUBLIC": "off",
            "OUTLAY_LIMIT_STAFF": "off",
            "OUTLAY_LIMIT_SIGN_IN": "off",
        }

    def another(self, name: str, program: tuple[str, ...] = (), **settings: str) -> Replica:
        """One more service on the same database; nobody has started it yet."""
        return Replica(self.folder / name, self.environment | settings, program=program)

    async def sql(self, *statements: str) -> None:
        """Do something in the service's database, as the server's superuser."""
        await self._in_database().execute(*statements)

    async def rows(self, query: str, *values: Any) -> list[Any]:
        """Look something up in the service's database."""
        return await self._in_database().fetch(query, *values)

    def follow(self, standby: Cluster) -> None:
        """Go on with another server; the bench ends it in its turn."""
        self.database = standby
        self._stack.push_async_callback(standby.kill)

    def strike(self) -> None:
        """Said by a fault that does not last: what it takes to heal counts from here."""
        self._struck = monotonic()

    def load(self) -> Load:
        """People at work."""
        scale = self.scale
        return Load(self.replica.url, self.key, desks=scale.desks, visitors=scale.visitors, pause=scale.pause)

    async def endure(self, fault: Fault) -> Row:
        """Cause the fault under load, remove it, wait until all is well, and see whether all that was said holds."""
        if not fault.clocked:
            return await self._endure(fault)
        clock, usual = self.folder / CLOCK, self.replica
        clock.write_text("0")
        program = ("-m", "uvicorn", "--factory", "tests.adversity.watched:service", "--port", "{port}")
        self.replica = self.another("clocked", program, OUTLAY_TEST_CLOCK=str(clock))
        try:
            await self.replica.start()
            return await self._endure(fault)
        finally:
            await self.replica.kill()
            self.replica = usual

    async def _endure(self, fault: Fault) -> Row:
        async with self.office() as office:
            (await office.post("/v1/webhooks", json={"url": self.receiver.url})).raise_for_status()
            async with self.load() as load:
                await asyncio.sleep(1)
                batch = await self.schedule(office)
                began = monotonic()
                self._struck = None
                async with fault.cause(self):
                    if self._struck is None:
                        await asyncio.sleep(self.scale.seconds)
                ended = self._struck or monotonic()
                healed = await self.heal(load)
                await asyncio.sleep(0.5)
            during = [answer for answer in load.answers if began <= answer.at < ended]
            self._judge(fault, load, during)
            lost = await self.unkept(load)
            await self.finished(office, batch)
            await self.no_webhooks(office)
        answers = [answer for answer in load.answers if answer.at < healed]
        return Row(
            fault=fault.name,
            how=fault.how,
            sent=len(answers),
            answered=sum(answer.given for answer in answers),
            refused=sum(answer.refused for answer in answers),
            cut=sum(answer.status is None for answer in answers),
            lost=len(lost),
            heal_seconds=healed - ended,
            slowest_seconds=max(answer.seconds for answer in answers),
        )

    def office(self) -> httpx.AsyncClient:
        """Staff with a key, who wait."""
        return httpx.AsyncClient(base_url=self.replica.url, headers=self.authorization, timeout=60.0)

    @property
    def authorization(self) -> dict[str, str]:
        """What staff send along."""
        return {"Authorization": f"Bearer {self.key}"}

    async def no_webhooks(self, office: httpx.AsyncClient) -> None:
        """Tell nobody any more."""
        for each in (await office.get("/v1/webhooks")).json()["items"]:
            (await office.delete(f"/v1/webhooks/{each['id']}")).raise_for_status()

    async def schedule(self, office: httpx.AsyncClient) -> str:
        """Hand in a schedule of patients whom nobody has asked about yet; where its batch is."""
        lines = [
            f"Aetna,SBX0001,Sample,Pat,1980-01-31,{date.today() - timedelta(days=self._days + day)},Spravato,84,8\n"  # noqa: DTZ011
            for day in range(LINES)
        ]
        self._days += LINES
        made = await office.post(BATCHES, content=HEADINGS + "".join(lines), headers={"Content-Type": "text/csv"})
        assert made.status_code == 201, made.text
        assert not made.json()["faults"], made.text
        return made.headers["location"]

    async def heal(self, load: Load) -> float:
        """Since when everybody who asks anew finds it well. Nobody has done anything for it."""
        since, steady = 0.0, 0
        async with asyncio.timeout(HEAL_SECONDS):
            while steady < STEADY:
                now = monotonic()
                if await self.replica.ready() and await self._answers(load):
                    since, steady = since or now, steady + 1
                else:
                    since, steady = 0.0, 0
                    await asyncio.sleep(0.05)
        return since

    async def unkept(self, load: Load) -> list[str]:
        """The keys of estimates that were answered and are not on file as they were answered, once.

        Whatever was asked is asked again first: what was answered comes back, what was not is answered now.
        """
        lost, open_ones = list[str](), iter(load.estimates)

        async def asking() -> None:
            async with load.client() as client:
                for estimate in open_ones:
                    given = {answer.body for answer in estimate.answers if answer.given}
                    again = await load.ask(client, estimate)
                    assert again.given, (again.status, again.body)
                    kept = await client.get(f"/v1/estimates/{id_of(again.body)}", headers=load.authorization)
                    if kept.content != again.body or given - {again.body}:
                        lost.append(estimate.key)

        await asyncio.gather(*(asking() for _ in range(4)))
        rows = await self.rows(
            "SELECT idempotency_key, count(*) FROM estimates WHERE idempotency_key = ANY ($1) GROUP BY 1",
            [estimate.key for estimate in load.estimates],
        )
        on_file = {row[0]: row[1] for row in rows}
        return [*lost, *(each.key for each in load.estimates if on_file.get(each.key) != 1)]

    async def finished(self, office: httpx.AsyncClient, location: str, *, hurry: bool = True) -> None:
        """See that the schedule is done, each line with one answer and one estimate, and each end told once."""
        async with asyncio.timeout(HEAL_SECONDS):
            while not (batch := (await office.get(location)).json())["finished_at"]:
                if hurry:
                    await self.hurry()
                await asyncio.sleep(0.5)
            # Its webhooks may be under way.
            while await self.rows("SELECT FROM webhook_deliveries WHERE delivered_at IS NULL"):
                await asyncio.sleep(0.2)
        assert batch["counts"] == {"done": LINES}, batch["counts"]
        assert batch["estimates"] == {"open": 0, "given": LINES, "refused": 0}, batch["estimates"]
        made = await self.rows(
            "SELECT idempotency_key, count(*) FROM estimates WHERE idempotency_key LIKE $1 GROUP BY 1",
            f"eligibility-batch/{batch['id']}/%",
        )
        assert [row[1] for row in made] == [1] * LINES
        # Whoever is told something again knows it by its id.
        events = {got.headers["webhook-id"]: msgspec.json.decode(got.body) for got in self.receiver.received}
        ends = Counter(event["data"]["check"] for event in events.values() if "check" in event["data"])
        assert {ends[row["check"]] for row in batch["rows"]} == {1}
        batches = Counter(event["data"]["batch"] for event in events.values() if "batch" in event["data"])
        assert batches[batch["id"]] == 1, batches

    async def hurry(self) -> None:
        """Let jobs that a worker left, or that wait a minute for their next try, be taken at once.

        Work that is in good hands may so be done by two at the same time, which must not matter either.
        """
        await self.sql(
            "UPDATE pgqueuer SET heartbeat = now() - interval '5 minutes' WHERE status = 'picked'",
            "UPDATE pgqueuer SET execute_after = now() WHERE status = 'queued'",
        )

    def _judge(self, fault: Fault, load: Load, during: list[Answer]) -> None:
        answers = load.answers
        strange = Counter(each.status for each in answers if not (each.given or each.refused or each.status is None))
        assert not strange, (fault.name, strange, next(each.body for each in answers if each.status in strange))
        assert fault.cuts or all(each.status is not None for each in answers), Counter(
            each.body for each in answers if each.status is None
        )
        refused_reads = [read for read in load.reads if not read.answer.given and read.answer.status is not None]
        assert not refused_reads, refused_reads[0]
        told = [read.answer for read in load.reads if read.answer.headers.get(DEGRADED) == "database"]
        if fault.away:
            assert told, "nobody was told that the database is away"
        if fault.refuses:
            assert any(each.refused for each in during), "nobody was refused: nothing went wrong"

    async def _answers(self, load: Load) -> bool:
        async with load.client() as client:
            read = await noted(client.get(READS[0]))
            estimate = await load.ask(client, load.estimates[-1])
        return read.given and DEGRADED not in read.headers and estimate.given

    def _in_database(self) -> "Cluster":
        return DatabaseOf(self.database)


class DatabaseOf(Cluster):
    """A cluster, seen from the service's database."""

    def __init__(self, server: Cluster) -> None:
        super().__init__(server.data, server.port)

    @property
    def url(self) -> str:
        """Where its superuser signs in to it."""
        return testing.at(super().url, DATABASE)


@asynccontextmanager
async def bench(scale: Scale) -> AsyncGenerator[Bench]:
    """A service that runs, with all it needs."""
    # Not pytest's own folder, which the database's user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="outlay-adversity-"))
    folder.chmod(0o755)
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server = await stack.enter_async_context(cluster(folder))
        await server.execute(f"CREATE DATABASE {DATABASE}")
        await prepare(testing.at(server.url, DATABASE), folder / "admin-key")
        await serving_address(testing.at(server.url, DATABASE))
        ensure_keys(folder / MEMBER_DATA_KEYS)
        wire = await stack.enter_async_context(Wire(server.port))
        sandbox = await asyncio.to_thread(stack.enter_context, running_sandbox(folder))
        payer_wire = await stack.enter_async_context(_payer(sandbox, folder / "connectors.toml"))
        receiver = stack.enter_context(receiving())
        disks = await _disks(stack, folder)
        made = Bench(folder, scale, server, wire, payer_wire, receiver, disks, stack)
        await made.replica.start()
        stack.push_async_callback(made.replica.kill)
        yield made


async def _disks(stack: AsyncExitStack, folder: Path) -> Disks | None:
    try:
        # Room for what all the faults before have had stored.
        database = await stack.enter_async_context(small_disk(folder / "small", megabytes=512))
        # Where the service has its data, its log and its temporary files.
        return Disks(database, await stack.enter_async_context(small_disk(folder / "replica", megabytes=64)))
    except PermissionError:
        return None


@asynccontextmanager
async def _payer(sandbox: Path, connectors: Path) -> AsyncGenerator[Wire]:
    """The way to the sandbox payer, as a wire of ours."""
    text = sandbox.read_text()
    address = text.partition('url = "')[2].partition("/core")[0]
    async with Wire(int(address.rpartition(":")[2])) as wire:
        text = text.replace(address, f"http://127.0.0.1:{wire.port}")
        connectors.write_text(text.replace("test = true\n", "test = true\nper_second = 1000\nin_flight = 100\n"))
        yield wire
