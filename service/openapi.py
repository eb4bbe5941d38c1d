"""The OpenAPI document of `docs/openapi.json`: `outlay openapi` prints it and `make openapi` writes it there."""

import msgspec

from service.api.document import document
from service.app import create_app
from service.settings import Settings


def rendered() -> bytes:
    """The document, with its names in order. No database is needed for it."""
    app = create_app(Settings(database_url="postgresql://nowhere"))
    return msgspec.json.format(msgspec.json.encode(document(app), order="sorted"), indent=2) + b"\n"
