"""What the clinic's office asks, in the words of the domain's own examples."""

from typing import Any

import httpx

from tests.payers.good_faith.issued import IV, REQUEST

PATH = "/v1/good-faith-estimates"
CLINIC: str = REQUEST["clinic"]["npi"]


class Office:
    """Whoever works in the office."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def estimate(self, **more: Any) -> str:
        """The id of a stored estimate."""
        made = await self.client.post("/v1/estimates", json=IV | more)
        assert made.status_code == 201, made.text
        return made.json()["id"]

    async def ask(self, request: dict[str, Any], **headers: str) -> httpx.Response:
        """What the service says to a request for a good-faith estimate."""
        return await self.client.post(PATH, json=REQUEST | request, headers=named(headers))

    async def issue(self, question: dict[str, Any] | None = None, **request: Any) -> dict[str, Any]:
        """A good-faith estimate of a stored estimate."""
        made = await self.ask({"estimate": await self.estimate(**(question or {})), **request})
        assert made.status_code == 201, made.text
        return made.json()

    async def replace(self, issued: str, request: dict[str, Any], **headers: str) -> httpx.Response:
        """What the service says to a request for a new one in the place of another."""
        return await self.client.post(f"{PATH}/{issued}/replace", json=REQUEST | request, headers=named(headers))

    async def bill(self, issued: str, recorded: dict[str, Any], **headers: str) -> httpx.Response:
        """What the service says to what is to be recorded."""
        return await self.client.post(f"{PATH}/{issued}/bills", json=recorded, headers=named(headers))

    async def record(self, issued: str, **recorded: Any) -> dict[str, Any]:
        """How the estimate stands with what was recorded."""
        made = await self.bill(issued, recorded)
        assert made.status_code == 201, made.text
        return made.json()

    async def read(self, issued: str, ending: str = "", **query: str) -> httpx.Response:
        """The estimate, or what is at an ending of its address."""
        return await self.client.get(f"{PATH}/{issued}{ending}", params=query)


def named(headers: dict[str, str]) -> dict[str, str]:
    """Headers by the names that HTTP gives them."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def session(on: str, cents: int = 50_000, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A session of the clinic."""
    return {"npi": CLINIC, "item": "session", "on": on, "quantity": quantity, "each_cents": cents, **more}
