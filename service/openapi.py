"""`python -m service.openapi` writes `docs/openapi.json`, the document that partners and the tests compare with."""

from pathlib import Path

import msgspec

from service.api.document import document
from service.app import create_app
from service.settings import Settings

COMMITTED = Path(__file__).parent.parent / "docs" / "openapi.json"


def rendered() -> bytes:
    """The document as it is committed. No database is needed for it."""
    app = create_app(Settings(database_url="postgresql://nowhere"))
    return msgspec.json.format(msgspec.json.encode(document(app), order="sorted"), indent=2) + b"\n"


if __name__ == "__main__":
    COMMITTED.parent.mkdir(exist_ok=True)
    COMMITTED.write_bytes(rendered())
