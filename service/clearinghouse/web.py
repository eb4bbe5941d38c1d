"""One exchange over HTTP with a network, with everything that can go wrong on the way as a value.

An HTTP status is never the outcome by itself: networks send errors with 200 and answers with 400. So a connector looks
into the body first and asks `no_answer` only where nothing is in it.
"""

import asyncio
import ssl
from pathlib import Path
from typing import NamedTuple

import httpx

from service.clearinghouse.connector import Failed, Fault

CONNECT_SECONDS = 5.0
MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""Far above any answer about one patient, and above a batch of a clinic's day."""

_HEADERS = {"User-Agent": "outlay", "Accept-Encoding": "identity"}
_FAULTS: dict[int, Fault] = {401: "refused", 403: "refused", 408: "timeout", 429: "busy", 504: "timeout"}


class Reply(NamedTuple):
    """What came back, whole."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def media_type(self) -> str:
        """Of the body, without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def open_client(certificate: Path | None = None) -> httpx.AsyncClient:
    """A client for one network. `certificate` is a PEM file with the clinic's own certificate and its private key.

    Whom to trust is the machine's list of authorities (`SSL_CERT_FILE` names another).

    Raises:
        OSError: the certificate cannot be read, or is none.
    """
    context = ssl.create_default_context()
    if certificate is not None:
        context.load_cert_chain(certificate)
    return httpx.AsyncClient(verify=context, headers=_HEADERS, timeout=httpx.Timeout(None, connect=CONNECT_SECONDS))


async def exchange(client: httpx.AsyncClient, request: httpx.Request, seconds: float) -> Reply | Failed:
    """Send once and read the whole reply, within `seconds` in all."""
    try:
        async with asyncio.timeout(seconds):
            response = await client.send(request, stream=True)
            try:
                body = bytearray()
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > MAX_ANSWER_BYTES:
                        return Failed(fault="garbled", detail="The answer is too long.")
            finally:
                await response.aclose()
    except (httpx.ConnectError, httpx.ConnectTimeout):
        return Failed(fault="unreachable", detail="The network cannot be reached.", asked=False)
    except TimeoutError:
        return Failed(fault="timeout", detail="No answer came in time.")
    except httpx.TransportError:
        return Failed(fault="unreachable", detail="The connection broke before the answer was whole.")
    except httpx.DecodingError:
        return Failed(fault="garbled", detail="The answer cannot be unpacked.")
    return Reply(response.status_code, response.headers, bytes(body))


def no_answer(reply: Reply) -> Failed:
    """What a reply means in whose body no answer was found."""
    code = f"HTTP {reply.status}"
    if reply.status < 400:
        return Failed(fault="garbled", detail="What came back is no answer.", code=code)
    fault = _FAULTS.get(reply.status, "payer-down" if reply.status >= 500 else "invalid")
    wait = reply.headers.get("retry-after", "")
    after_seconds = float(wait) if wait.isdecimal() else None
    return Failed(fault=fault, detail=_DETAILS[fault], code=code, after_seconds=after_seconds)


_DETAILS: dict[Fault, str] = {
    "refused": "The network does not accept the sign-in.",
    "timeout": "The network had no answer from the payer in time.",
    "busy": "The network asks us to slow down.",
    "payer-down": "The network or the payer behind it is not working.",
    "invalid": "The network does not accept the question.",
}
