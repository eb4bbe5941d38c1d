"""What browsers load beside the pages: put together once, told apart by its content, kept by caches for good."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import msgspec
from litestar import Request, Response

from service.web.widget.words import words

FILES = Path(__file__).parent / "files"
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_MINUTES = "public, max-age=300"
"""Without a version in its address it may change, and pages of other websites ask for it that way."""

_WORDS = "/* words */ {}"
_STYLE = '/* style */ ""'


class Asset(NamedTuple):
    """A file of the web, as it is and packed; `version` names its content."""

    body: bytes
    packed: bytes
    media_type: str
    version: str

    @classmethod
    def of(cls, text: str, media_type: str) -> Self:
        """The asset with this text."""
        body = text.encode()
        version = hashlib.blake2b(body, digest_size=6).hexdigest()
        return cls(body, gzip.compress(body, mtime=0), media_type, version)


@cache
def script() -> Asset:
    """The widget as one module, with its words and looks inside."""
    source = (FILES / "widget.js").read_text()
    style = "\n".join(line.strip() for line in style_sheet("widget").body.decode().splitlines())
    for place, value in ((_WORDS, words()), (_STYLE, style)):
        if source.count(place) != 1:
            raise LookupError(f"widget.js needs `{place}` once")
        source = source.replace(place, msgspec.json.encode(value).decode())
    return Asset.of(source, "text/javascript")


@cache
def style_sheet(name: str) -> Asset:
    """A style sheet beside the widget, by its name."""
    return Asset.of((FILES / f"{name}.css").read_text(), "text/css")


def respond(request: Request[Any, Any, Any], asset: Asset, asked: str | None, **headers: str) -> Response[bytes]:
    """The asset, or 304 for who has it. An address with its version is kept for good."""
    packed = "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{asset.version}{"-gzip" if packed else ""}"'
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    unchanged = not known.isdisjoint((tag, "*"))
    body = asset.packed if packed else asset.body
    return Response(
        b"" if unchanged else body,
        status_code=304 if unchanged else 200,
        media_type=asset.media_type,
        headers={
            "ETag": tag,
            "Cache-Control": FOR_GOOD if asked == asset.version else FOR_MINUTES,
            "Vary": "Accept-Encoding",
            **({"Content-Encoding": "gzip"} if packed and not unchanged else {}),
            **headers,
        },
    )
