"""What anybody may read: cacheable, and answered from memory whether or not the database is there."""

import hashlib
from typing import Any, TypeVar, cast

import msgspec
from litestar import Request, Response

from payers.catalogue.catalogue import Catalogue

CACHE_CONTROL = "public, max-age=60"
"""A minute without asking again; after it the `ETag` makes the question cheap."""

T = TypeVar("T")


def cacheable(request: Request[Any, Any, Any], catalogue: Catalogue, value: T) -> Response[T]:
    """The value with a strong `ETag` of the catalogue's version and its own bytes; 304 for who already has them."""
    body = msgspec.json.encode(value)
    tag = f'"{catalogue.version[:16]}.{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    unchanged = not known.isdisjoint((tag, "*"))
    return Response(
        cast("T", b"" if unchanged else body),
        status_code=304 if unchanged else 200,
        headers={"ETag": tag, "Cache-Control": CACHE_CONTROL, "Vary": "Accept-Language"},
    )
