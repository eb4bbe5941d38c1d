"""People at work: a front desk that asks for estimates and keeps asking until it is answered, visitors of the website.

They note every answer, so that it can be held against the service afterwards.
"""

import asyncio
import json
from itertools import count, cycle
from time import monotonic
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import msgspec

from bench.questions import EVERYTHING_KNOWN, HALF_KNOWN

QUESTIONS: tuple[dict[str, Any], ...] = (
    EVERYTHING_KNOWN,
    {"payer": "Self-pay", "treatment": "iv-ketamine", "course": {"kind": "sessions", "count": 6}},
    {"payer": "Medicare", "treatment": "spravato", "state": "CO", "course": {"kind": "sessions", "count": 8}},
    {**HALF_KNOWN, "benefits": EVERYTHING_KNOWN["benefits"]},
)
READS = (
    "/widget/v1/estimate?payer=aetna&treatment=spravato&lang=en",
    "/v1/coverage?payer=Aetna&treatment=spravato&indication=trd",
    "/widget/v1/options?lang=es",
    "/v1/payers?q=cign",
    "/v1/treatments",
    "/v1/payers/resolve?name=PacifiCare",
)
DEGRADED = "x-outlay-degraded"
SECONDS = 30.0
"""How long anybody waits; nobody may have to."""


class Answer(NamedTuple):
    """What came back, when it was asked and after how many seconds. Without a status the connection broke."""

    at: float
    seconds: float
    status: int | None
    body: bytes
    headers: httpx.Headers

    @property
    def given(self) -> bool:
        """Whether it is what was asked for."""
        return self.status is not None and self.status // 100 == 2

    @property
    def refused(self) -> bool:
        """Whether it says: not now, come again."""
        return self.status == 503 and int(self.headers.get("retry-after", "0")) > 0


class Estimate(NamedTuple):
    """A question under its Idempotency-Key, and what was answered each time it was asked."""

    key: str
    question: bytes
    answers: list[Answer]


class Read(NamedTuple):
    """A question of the public."""

    path: str
    answer: Answer


class Load:
    """Asks for as long as the `async with` lasts: `desks` for estimates, `visitors` for what the public may read."""

    def __init__(self, url: str, key: str, *, desks: int = 2, visitors: int = 1, pause: float = 0.05) -> None:
        self.url = url
        self.estimates: list[Estimate] = []
        self.reads: list[Read] = []
        self.authorization = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.pause = pause
        self._desks, self._visitors = desks, visitors
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Load":
        self._tasks = [
            *(asyncio.create_task(self._desk(number)) for number in range(self._desks)),
            *(asyncio.create_task(self._visitor(number)) for number in range(self._visitors)),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        await asyncio.gather(*self._tasks)

    @property
    def answers(self) -> list[Answer]:
        """Every answer to anybody."""
        return [answer for each in self.estimates for answer in each.answers] + [read.answer for read in self.reads]

    async def ask(self, client: httpx.AsyncClient, estimate: Estimate) -> Answer:
        """Ask once more, and note the answer."""
        asked = client.post(
            "/v1/estimates",
            content=estimate.question,
            headers={**self.authorization, "Idempotency-Key": estimate.key},
        )
        answer = await noted(asked)
        estimate.answers.append(answer)
        return answer

    def client(self) -> httpx.AsyncClient:
        """Somebody with connections of their own."""
        return httpx.AsyncClient(base_url=self.url, timeout=SECONDS)

    async def _desk(self, number: int) -> None:
        async with self.client() as client:
            for asked in count(number):
                question = QUESTIONS[asked % len(QUESTIONS)]
                estimate = Estimate(str(uuid4()), json.dumps(question).encode(), [])
                self.estimates.append(estimate)
                # A few times; what is still open then is asked again at the end.
                for _ in range(3):
                    if self._stopping.is_set():
                        return
                    answer = await self.ask(client, estimate)
                    await self._wait(self.pause if answer.given else 0.3)
                    if answer.given:
                        break

    async def _visitor(self, number: int) -> None:
        async with self.client() as client:
            paths = cycle(READS[number:] + READS[:number])
            while not self._stopping.is_set():
                path = next(paths)
                self.reads.append(Read(path, await noted(client.get(path))))
                await self._wait(self.pause)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


async def noted(asked: "Any") -> Answer:
    """The answer to what is being asked, or that there was none."""
    began = monotonic()
    try:
        response = await asked
    except httpx.TransportError as error:
        return Answer(began, monotonic() - began, None, repr(error).encode(), httpx.Headers())
    return Answer(began, monotonic() - began, response.status_code, response.content, response.headers)


def id_of(body: bytes) -> str:
    """The id of an estimate."""
    return msgspec.json.decode(body)["id"]
