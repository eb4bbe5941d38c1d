"""What a refusal costs beside an answer: `python -m bench.refusals`, in this process, microseconds a request."""

import asyncio
import contextlib
import io
import time
from typing import Any

from limits import parse
from litestar import Litestar

from service import testing
from service.app import create_app
from service.settings import Settings

ASKED = b"payer=aetna&treatment=spravato&lang=en"
ROUNDS, REQUESTS = 40, 100


def scope() -> dict[str, Any]:
    """A request of the widget, as a browser sends it."""
    headers = {"host": "outlay", "user-agent": "Mozilla/5.0", "accept": "*/*", "origin": "https://clinic.example"}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/widget/v1/estimate",
        "raw_path": b"/widget/v1/estimate",
        "root_path": "",
        "query_string": ASKED,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.1", 1),
        "server": ("outlay", 80),
        "state": {},
    }


async def fastest(app: Litestar, status: int) -> float:
    """Microseconds of a request that is answered so, in the best of some rounds."""
    told: list[int] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    handle: Any = app
    rounds: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(REQUESTS):
            await handle(scope(), receive, send)
        rounds.append((time.perf_counter() - start) / REQUESTS * 1e6)
    if told[-1] != status:
        raise RuntimeError(f"{told[-1]} instead of {status}")
    return min(rounds)


async def compare(server_url: str) -> dict[str, float]:
    """An answer from memory, counted against a limit that it keeps; a refusal; an answer that is not counted."""
    async with testing.seeded_database(server_url) as url:
        found: dict[str, float] = {}
        for name, limit, status in (
            ("answer, uncounted", None, 200),
            ("answer", parse("100000000/minute"), 200),
            ("refusal", parse("1/hour"), 429),
        ):
            app = create_app(Settings(database_url=url, limit_public=limit))
            async with app.lifespan():
                with contextlib.redirect_stdout(io.StringIO()):
                    found[name] = await fastest(app, status)
        return found


def main() -> None:
    """Print it."""
    with testing.server() as url:
        found = asyncio.run(compare(url))
    for name, microseconds in found.items():
        print(f"{name:18} {microseconds:6.0f}")
    print(f"{'answer : refusal':18} {found['answer'] / found['refusal']:6.1f}")


if __name__ == "__main__":
    main()
