"""A payer's web server, with the troubles that payers' servers have."""

from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast


class Payer:
    """What it has by path, what it was asked, and how it misbehaves."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.files: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []
        """Path, range, and the tag that was given with it."""
        self.breaks_after: int | None = None
        self.redirects: dict[str, str] = {}
        self.refuses: int | None = None
        self.ranges = True


@contextmanager
def payer_server() -> Generator[Payer]:
    """One on this machine, until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    cast("Any", server).payer = payer = Payer(server.server_port)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield payer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        payer = cast("Any", self.server).payer
        assert isinstance(payer, Payer)
        path = self.path.partition("?")[0]
        tag, given = payer.etags.get(path), self.headers.get("If-None-Match") or self.headers.get("If-Range")
        payer.asked.append((self.path, self.headers.get("Range"), given))
        if path in payer.redirects:
            self._answer(302, {"Location": payer.redirects[path]}, b"")
        elif payer.refuses or path not in payer.files:
            self._answer(payer.refuses or 404, {}, b"<html>no</html>")
        elif tag and self.headers.get("If-None-Match") == tag:
            self._answer(304, {"ETag": tag}, b"")
        else:
            self._send(payer, payer.files[path], tag, given)

    def _send(self, payer: Payer, content: bytes, tag: str | None, given: str | None) -> None:
        headers = {"ETag": tag} if tag else {}
        start, status = 0, 200
        asked = self.headers.get("Range")
        if asked and payer.ranges and given == tag:
            start, status = int(asked.removeprefix("bytes=").removesuffix("-")), 206
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._answer(status, headers, content[start:], payer.breaks_after)

    def _answer(self, status: int, headers: dict[str, str], body: bytes, most: int | None = None) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:most])
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing."""
