"""A network that answers byte for byte as it is told, over a real socket, and questions to ask it."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from payers.eligibility.inquiry import Dependent, Inquiry, PayerAddress, Person, Provider

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TRACE = "b7f8d3a09c1e4f55"

ANSWER = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261123*1500*^*00501*000000007*0*P*:~"
    "GS*HB*PAYER*CLINIC*20261123*1500*7*X*005010X279A1~ST*271*0001*005010X279A1~"
    f"BHT*0022*11*{TRACE}*20261123*1500~HL*1**20*1~NM1*PR*2*AETNA*****PI*60054~HL*2*1*21*1~"
    f"NM1*1P*2*PIKE CLINIC*****XX*1999999984~HL*3*2*22*0~TRN*2*{TRACE}*9CLINIC000~"
    "NM1*IL*1*NIGHTINGALE*ADA****MI*W123456789~EB*1**30~EB*C*IND*30***23*1500*****Y~SE*12*0001~GE*1*7~IEA*1*000000007~"
)
"""A payer's answer to `inquiry()`."""
ACKNOWLEDGEMENT = (
    ANSWER.partition("ST*271")[0] + "ST*999*0001*005010X231A1~AK1*HS*7~AK9*R*1*1*0~SE*4*0001~GE*1*7~IEA*1*7~"
)


def inquiry(trace: str = TRACE, *, member_id: str | None = "W123456789", dependent: Dependent | None = None) -> Inquiry:
    """A question about a member who does not exist."""
    return Inquiry(
        trace=trace,
        payer=PayerAddress(id="60054", name="Aetna"),
        provider=Provider(name="Pike Clinic", npi="1999999984"),
        member_id=member_id,
        subscriber=Person(last_name="Nightingale", first_name="Ada", birth_date=date(1980, 5, 12), gender="F"),
        dependent=dependent,
        date_of_service=date(2026, 11, 23),
        service_types=("30", "MH"),
    )


CHILD = Dependent(last_name="Nightingale", first_name="Byron", birth_date=date(2010, 2, 3), relationship="child")


RESET = b"(reset)"
STAY = b"(stay)"


TERMS: dict[str, Any] = {"routes": ("*",), "secret_env": "SECRET"}
"""What every connector needs."""


class Asked(NamedTuple):
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


class Network:
    """Gives its `answers` out in order and keeps what it was `asked`.

    An answer is the bytes to send. `RESET` breaks the connection instead; after `STAY` it stays open and silent.
    """

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[bytes] = []
        self.asked: list[Asked] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, one request."""
        line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        self.asked.append(Asked(line, headers, await reader.readexactly(int(headers.get("content-length", 0)))))
        answer = self.answers.pop(0)
        if answer is RESET:
            writer.transport.abort()
        else:
            writer.write(answer.removesuffix(STAY))
            await writer.drain()
            if answer.endswith(STAY):
                await reader.read()
        writer.close()


def http(status: int, content_type: str, body: str | bytes, **headers: str) -> bytes:
    """A whole answer."""
    content = body.encode() if isinstance(body, str) else body
    told = {"content-type": content_type, "content-length": str(len(content)), "connection": "close", **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} whatever\r\n{lines}\r\n".encode() + content


@asynccontextmanager
async def running(tls: ssl.SSLContext | None = None) -> AsyncGenerator[Network]:
    """A network on a free port of this machine."""
    network = Network()
    async with await asyncio.start_server(network.handle, "127.0.0.1", 0, ssl=tls) as server:
        port = server.sockets[0].getsockname()[1]
        network.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        yield network
