"""What the console's pages load: our style and script, and vendored files, each under its own version."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get
from litestar.params import FromPath, QueryParameter

from service.api.problems import Refused
from service.web.widget.assets import Asset, respond

FOLDER = Path(__file__).parents[1] / "static"
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


Version = Annotated[str | None, QueryParameter(max_length=40)]


@cache
def served() -> dict[str, Asset]:
    """Every file by the name under which it is served."""
    files = [path for path in (*FOLDER.iterdir(), *(FOLDER / "vendor").iterdir()) if path.suffix in _MEDIA_TYPES]
    return {path.name: Asset.of(path.read_text(), _MEDIA_TYPES[path.suffix]) for path in sorted(files)}


def address(name: str) -> str:
    """Where a page finds the file, as it is now."""
    return f"/console/static/{name}?v={served()[name].version}"


@get("/console/static/{name:str}", media_type=MediaType.TEXT, include_in_schema=False)
async def static_file(request: Request[Any, Any, Any], name: FromPath[str], v: Version = None) -> Response[bytes]:
    """One of them, for anybody: the page to sign in is made of them too."""
    if name not in served():
        raise Refused("not-found", "There is no such file.")
    return respond(request, served()[name], v)
