"""Hostile requests without end, from several callers at once, to a service of two processes: `make hostile`.

What must hold of every answer is `held.py`'s; beside it, nothing of one caller is in an answer to another, nobody waits
longer than the service gives itself, and nothing of a member, a patient or a key is in the log, a metric or an error.
"""

import asyncio
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import msgspec

from service.testing_service import RunningService, running_service
from tests.console.person import Person
from tests.fuzz.reading import mutated
from tests.hostile.ground import prepared
from tests.hostile.held import faults
from tests.hostile.table import ATTACKS, BODIES, HEADERS, PLACES, Ground, Request, spots, with_body, with_header

WORKERS = 2
CALLERS = 8
SECONDS = 35.0
"""Until an answer has begun: the service gives itself 30."""
SOME_TOLD = 40

FAMILY, MEMBER, BORN = "Quillfeather", "ZQX99887766", "1931-07-19"
"""Somebody whose name, number and birth date are put wherever the places want some."""
_CANARY = re.compile(rb"qz(\d)canary\1")
"""A caller's number twice: a byte of it that was changed on the way makes it nobody's."""
_LISTS = re.compile(
    r"/console/(?:people|audit|estimates|worklist|good-faith|estimate)|/v1/(?:good-faith|eligibility|webhooks)"
)
"""What the whole clinic's staff sees together."""


def _word(number: int) -> str:
    return f"qz{number}canary{number}"


class Answer(NamedTuple):
    """One answer, and how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Caller:
    """Somebody with a key, a browser and a word of their own in everything that they send."""

    def __init__(self, number: int, service: RunningService, ground: Ground, key: str, cookie: str) -> None:
        self.number = number
        self.chance = Random(number)
        self._ground = ground
        self._address = urlsplit(service.base_url)
        self.key = key
        self._cookie = cookie
        self._word = _word(number)
        self._attacks = [
            msgspec.structs.replace(each, text=each.text + self._word) if each.text and each.times == 1 else each
            for each in ATTACKS
        ]
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def requests(self) -> Iterator[Request]:
        """The table in an order of their own, and between it what is broken in ways that nobody thought of."""
        all_spots = [spot for place in PLACES for spot in spots(place, self._ground)]
        posts = [place for place in PLACES if place.method == "POST"]
        while True:
            spot = self.chance.choice(all_spots)
            made = spot.with_(self.chance.choice(self._attacks), self._ground)
            dice = self.chance.random()
            if dice < 0.03:
                made = with_body(self.chance.choice(posts), self.chance.choice(BODIES), self._ground)
            elif dice < 0.08:
                made = with_header(self.chance.choice(PLACES), self.chance.choice(HEADERS), self._ground)
            elif made and dice < 0.4:
                made = self._broken(made)
            if made:
                yield made

    def _broken(self, request: Request) -> Request:
        """The request with a few bytes changed, of its body or its address."""
        if request.body and self.chance.random() < 0.8:
            csrf, _, rest = request.body.partition(b"&")
            kept = csrf + b"&" if csrf.startswith(b"csrf=") else b""
            return request._replace(body=kept + mutated(rest if kept else request.body, self.chance), planted="")
        path, _, query = request.target.partition("?")
        query = re.sub(r"[\x00-\x20\x7f-\xff#]", "%00", mutated(query.encode(), self.chance).decode("latin-1"))
        return request._replace(target=f"{path}?{query}"[:7000], planted="")

    async def send(self, request: Request) -> Answer:
        """Send it as it is, over a connection that is kept."""
        start = time.monotonic()
        for _ in range(2):
            fresh = self._stream is None
            try:
                async with asyncio.timeout(SECONDS):
                    return await self._exchange(request, start)
            except (ConnectionError, asyncio.IncompleteReadError, ValueError, IndexError):
                await self.close()
                if fresh:
                    break
        return Answer(0, {}, b"", time.monotonic() - start)

    async def _exchange(self, request: Request, start: float) -> Answer:
        if self._stream is None:
            self._stream = await asyncio.open_connection(self._address.hostname, self._address.port, limit=2**20)
        reader, writer = self._stream
        headers = {name.lower(): value for name, value in request.headers}
        base = {"host": b"outlay", "content-length": str(len(request.body)).encode()}
        if request.who == "api":
            base["authorization"] = f"Bearer {self.key}".encode()
        if request.who == "console":
            base["cookie"] = self._cookie.encode()
        head = b"".join(b"%b: %b\r\n" % (name.encode(), value) for name, value in {**base, **headers}.items())
        writer.write(f"{request.method} {request.target} HTTP/1.1\r\n".encode("latin-1", "replace") + head + b"\r\n")
        writer.write(request.body)
        await writer.drain()
        told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(told[0].split()[1])
        answered = {name.lower(): value for name, _, value in (line.partition(": ") for line in told[1:] if line)}
        if answered.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(await reader.readline(), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        else:
            body = await reader.readexactly(int(answered.get("content-length", "0")))
        if answered.get("connection") == "close":
            await self.close()
        return Answer(status, answered, body, time.monotonic() - start)

    async def close(self) -> None:
        """Begin with a new connection."""
        stream, self._stream = self._stream, None
        if stream:
            stream[1].close()
            with suppress(ConnectionError):
                await stream[1].wait_closed()

    def wrong(self, request: Request, answer: Answer) -> Iterator[str]:
        """Everything that is wrong with an answer to this caller."""
        if not answer.status:
            yield "no answer"
            return
        yield from faults(answer.status, answer.headers, answer.body, request.planted)
        others = {found.decode() for found in _CANARY.findall(answer.body)} - {str(self.number)}
        if others and (request.who == "nobody" or not _LISTS.match(request.target)):
            yield f"tells {self.number} of {others}"
        if "problem+json" in answer.headers.get("content-type", "") and (found := identified(answer.body, self.key)):
            yield f"an error that names {found}"


def identified(text: bytes, *keys: str) -> list[str]:
    """The planted identifiers that are in a text."""
    return [each for each in (FAMILY, MEMBER, BORN, *keys) if each.lower().encode() in text.lower()]


class Told(NamedTuple):
    """What came of a storm."""

    sent: int
    seconds: float
    statuses: Counter[int]
    slowest: float
    wrong: list[str]
    memory_before_mb: int
    memory_after_mb: int


async def storm(service: RunningService, folder: Path, count: int) -> Told:
    """Send so many hostile requests, several callers at once."""
    statuses: Counter[int] = Counter()
    wrong: list[str] = []
    slowest = 0.0
    callers = [await _caller(number, service) for number in range(CALLERS)]
    for caller in callers:  # what is only loaded once is loaded
        for _, request in zip(range(20), caller.requests(), strict=False):
            await caller.send(request)
    before, start = memory_mb(service), time.monotonic()

    async def send(caller: Caller) -> None:
        nonlocal slowest
        for _, request in zip(range(count // CALLERS), caller.requests(), strict=False):
            try:
                answer = await caller.send(request)
            except TimeoutError:
                wrong.append(f"{request.told}: no answer in {SECONDS} s")
                await caller.close()
                continue
            statuses[answer.status] += 1
            slowest = max(slowest, answer.seconds)
            wrong.extend(f"{request.told}: {answer.status} {each}" for each in caller.wrong(request, answer))

    await asyncio.gather(*map(send, callers))
    seconds = time.monotonic() - start
    for caller in callers:
        await caller.close()
    async with httpx.AsyncClient(base_url=service.base_url, timeout=SECONDS) as client:
        if (ready := await client.get("/health/ready")).status_code != 200:
            wrong.append(f"not ready afterwards: {ready.text}")
        metrics = (await client.get("/metrics")).content
    log = (folder / "service.log").read_bytes()
    keys = [caller.key for caller in callers]
    for place, text in (("a metric", metrics), ("the log", log)):
        wrong += [f"{place} names {each}" for each in identified(text, *keys)]
        wrong += [f"{place} has what was sent: {found!r}" for found in _CANARY.findall(text)[:1]]
    wrong += _of_the_log(log)
    return Told(sum(statuses.values()), seconds, statuses, slowest, wrong, before, memory_mb(service))


def _of_the_log(log: bytes) -> Iterator[str]:
    """Lines that nobody should find there."""
    for line in log.decode(errors="replace").splitlines():
        if line.startswith("{"):
            event = json.loads(line)
            if event["event"] in ("unexpected", "forged"):
                yield f"the log: {event.get('error')} at {event.get('place')}"
        elif "Traceback" in line or "forged" in line:
            yield f"the log: {line}"


async def _caller(number: int, service: RunningService) -> Caller:
    async with (
        httpx.AsyncClient(base_url=service.base_url, timeout=SECONDS) as browser,
        httpx.AsyncClient(
            base_url=service.base_url, timeout=SECONDS, headers={"Authorization": f"Bearer {service.admin_key}"}
        ) as api,
    ):
        person = Person(browser)
        await person.sign_in(service.admin_key)
        await person.open("/console/people/keys")
        await person.send("/console/people/keys", name=_word(number), purpose="administrator", ends_on="")
        key = re.search(r"outlay_[0-9a-f]{32}_[\w-]{43}", person.page)
        if key is None:
            raise RuntimeError(f"no key was made: {person.text[:500]}")
        ground = await prepared(api, person)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    planted = json.dumps(ground.forms).replace("Muster", FAMILY).replace("SBX0001", MEMBER)
    return Caller(number, service, Ground(ground.ids, json.loads(planted)), key[0], cookie)


def memory_mb(service: RunningService) -> int:
    """What the processes of the service hold together, as Linux counts it; nothing elsewhere."""
    mark = f"OUTLAY_PORT={urlsplit(service.base_url).port}\0".encode()
    pages = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                pages += int((process / "statm").read_text().split()[1])
        except OSError:
            continue  # it ended, or is somebody else's
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def main(count: int) -> int:
    """Tell what came of so many, as `docs/operations.md` has it."""
    with tempfile.TemporaryDirectory() as name, running_service(Path(name), workers=WORKERS) as service:
        told = asyncio.run(storm(service, Path(name), count))
    families: Counter[str] = Counter()
    for status, number in told.statuses.items():
        families[f"{status // 100}xx" if status else "none"] += number
    rows = [
        ("requests", f"{told.sent:,}"),
        ("seconds", f"{told.seconds:.0f}"),
        *((f"answers {family}", f"{number:,}") for family, number in sorted(families.items())),
        ("answers 5xx other than 503", f"{sum(n for s, n in told.statuses.items() if s >= 500 and s != 503):,}"),
        ("slowest answer", f"{told.slowest:.1f} s"),
        ("memory before and after", f"{told.memory_before_mb} MB, {told.memory_after_mb} MB"),
        ("findings", f"{len(told.wrong):,}"),
    ]
    print("\n".join(f"| {name} | {value} |" for name, value in rows))  # noqa: T201  the answer
    print(dict(sorted(told.statuses.items())), *told.wrong[:SOME_TOLD], sep="\n", file=sys.stderr)  # noqa: T201
    return 1 if told.wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
