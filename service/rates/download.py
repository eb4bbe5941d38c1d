"""A file behind an https address, read as it comes: resumed where a connection broke, never from a private network."""

import ipaddress
import socket
import time
from collections.abc import Collection, Iterator
from types import TracebackType
from urllib.parse import urlsplit

import httpx

from payers.price_files.transparency.contents import identity
from payers.price_files.unreadable import Unreadable

_SECONDS = 30.0
_ATTEMPTS = 6
"""Connections in a row that bring nothing."""
_PAUSE_SECONDS = 0.2
_MOST_REDIRECTS = 5


class Unfetched(Unreadable):
    """The address gives no file: why, and what to do."""


class Unchanged(Exception):
    """The file is the one that was read before."""


class PublicAddresses(httpx.BaseTransport):
    """Connects to addresses of the public internet alone, over TLS; `hosts` are allowed whatever they are.

    The address that was looked at is the one that is connected to, so that a name cannot mean another one meanwhile.
    """

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it, redirects among them. Raises `Unfetched` where that is not allowed."""
        url = request.url
        if url.host.lower() in self._hosts and url.scheme in {"http", "https"}:
            return self._inner.handle_request(request)
        if url.scheme != "https":
            raise Unfetched(f"{url.host} is not asked over https. Remedy: write its https address.")
        return self._inner.handle_request(
            httpx.Request(
                request.method,
                url.copy_with(host=_public(url.host, url.port or 443)),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": url.host},
            )
        )

    def close(self) -> None:
        """Close what is open."""
        self._inner.close()


def _public(host: str, port: int) -> str:
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Unfetched(f"{host} has no address: {error}.") from error
    for address in found:
        if not ipaddress.ip_address(address.partition("%")[0]).is_global:
            raise Unfetched(
                f"{host} is in a private network, where no payer publishes. "
                "Remedy: if it is yours, name it in OUTLAY_RATE_FILE_HOSTS."
            )
    return found[0]


class Download:
    """The bytes behind an address. Where the connection breaks, it goes on from there if the file is still the same.

    Raises:
        Unfetched: here or while reading: it is not allowed, refused, gone, or was changed meanwhile.
        Unchanged: here: it has the tag and the length that were seen before.
    """

    def __init__(
        self, address: str, hosts: Collection[str] = (), *, etag: str | None = None, length: int | None = None
    ) -> None:
        self.name = identity(address)
        self._address = address
        self._client = httpx.Client(
            transport=PublicAddresses(hosts),
            timeout=_SECONDS,
            follow_redirects=True,
            max_redirects=_MOST_REDIRECTS,
            trust_env=False,
            headers={"User-Agent": "outlay", "Accept-Encoding": "identity"},
        )
        self._done = 0
        self._rest = b""
        try:
            self._response = self._ask({"If-None-Match": etag} if etag else {})
            headers = self._response.headers
            self.etag: str | None = headers.get("ETag")
            self._same = _strong(self.etag) or headers.get("Last-Modified")
            self.length = int(headers["Content-Length"]) if headers.get("Content-Length", "").isdecimal() else None
            if self._response.status_code == 304 or (etag and (self.etag, self.length) == (etag, length)):
                raise Unchanged
            self._pieces = self._response.iter_raw()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Download":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the connection, wherever it is."""
        self._client.close()

    def read(self, most: int = -1) -> bytes:
        """At most so many of the next bytes, all that came at once without a limit; none at the end."""
        piece = self._rest or self._next()
        if 0 <= most < len(piece):
            piece, self._rest = piece[:most], piece[most:]
        else:
            self._rest = b""
        return piece

    def _next(self) -> bytes:
        for attempt in range(_ATTEMPTS):
            try:
                piece = next(self._pieces, b"")
                if not piece and self.length is not None and self._done < self.length:
                    raise httpx.RemoteProtocolError("the answer is shorter than it said")
            except httpx.TransportError as error:
                self._resume(attempt, error)
                continue
            self._done += len(piece)
            return piece
        raise Unfetched(f"{self.name} breaks off again and again after {self._done} bytes. Remedy: try again later.")

    def _resume(self, attempt: int, error: httpx.TransportError) -> None:
        if self._same is None:
            raise Unfetched(f"{self.name} broke off after {self._done} bytes and cannot be resumed.") from error
        self._response.close()
        self._pieces: Iterator[bytes] = iter(())
        time.sleep(_PAUSE_SECONDS * 2**attempt)
        try:
            self._response = self._ask({"Range": f"bytes={self._done}-", "If-Range": self._same})
        except httpx.TransportError:
            return  # the next attempt asks again
        begins = self._response.headers.get("Content-Range", "")
        if self._response.status_code != 206 or not begins.startswith(f"bytes {self._done}-"):
            raise Unfetched(f"{self.name} was replaced, or cannot be resumed, while it was read. Remedy: start again.")
        self._pieces = self._response.iter_raw()

    def _ask(self, headers: dict[str, str]) -> httpx.Response:
        try:
            request = self._client.build_request("GET", self._address, headers=headers)
            response = self._client.send(request, stream=True)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Unfetched(f"{self.name} is no https address.") from error
        except httpx.TooManyRedirects as error:
            raise Unfetched(f"{self.name} redirects without end.") from error
        except httpx.TransportError as error:
            if self._done:
                raise
            raise Unfetched(f"{self.name} cannot be reached: {error}. Remedy: try again later.") from error
        status = response.status_code
        if status not in {200, 206, 304}:
            response.close()
            raise Unfetched(
                f"{self.name}: {_REFUSALS.get(status, f'the payer answers {status}. Remedy: try again later')}."
            )
        return response


_REFUSALS = {
    401: "the payer wants a sign-in. Remedy: take the address from its public table of contents",
    403: "the payer refuses it: a signed address expires. Remedy: take a fresh one from the table of contents",
    404: "it is not there any more. Remedy: take a fresh address from the payer's table of contents",
    410: "it is not there any more. Remedy: take a fresh address from the payer's table of contents",
}


def _strong(etag: str | None) -> str | None:
    return etag if etag and not etag.startswith("W/") else None


def is_address(source: str) -> bool:
    """Whether a source is an address and no file."""
    return urlsplit(source).scheme in {"http", "https"}
