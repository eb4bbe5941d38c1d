"""Runs the service: the embedded database where there is no other, its first key, and uvicorn."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

import click
import msgspec
import uvicorn
from anyio import to_process
from litestar import Litestar

from service.api.counting import check_limits_url
from service.app import create_app
from service.eligibility.means import check_files
from service.first_start import prepared
from service.metrics import measured_together
from service.sandbox_process import running_sandbox
from service.settings import Settings, read_settings
from service.store.database import acquire, close_pool, open_pool
from service.store.embedded import start
from service.store.migrate import pending
from service.store.roles import SIGNED_IN_AS_OWNER, serving_address, signed_in_as_owner
from service.store.vault import ensure_keys
from service.traces import listen_where_told
from service.web.console.identity import identity_provider

GRACEFUL_SECONDS = 20
MEMBER_DATA_KEYS = "member-data-keys"
"""The file's name in the data directory, with the embedded database."""


def serve(settings: Settings) -> None:
    """Serve until a signal ends it; requests in flight then have 20 seconds.

    Without a database address the embedded server runs as long as this does, migrated and seeded, with keys for
    members' data, and without connectors the sandbox payer runs beside it. A database with an address is migrated and
    seeded by whoever runs it, and readiness stays red until then.

    Raises:
        SettingsError: a file that the settings name cannot be used.
        DatabaseUnavailable: the database does not answer.
        EmbeddedMissing: there is no address, and the embedded database is not installed.
    """
    # uvicorn raises the signal that ended it once more, and its default would leave the database running.
    signal.signal(signal.SIGTERM, _leave)
    check_files(settings)
    check_limits_url(settings.limits_url)
    identity_provider(settings)
    with (
        _database(settings) as with_database,
        _payers(settings, with_database) as served,
        measured_together(served.workers),
    ):
        # Workers are new processes and read their settings from the environment, as this one did.
        os.environ["OUTLAY_DATABASE_URL"] = served.database_url or ""
        os.environ["OUTLAY_MEMBER_DATA_KEYS"] = str(served.member_data_keys or "")
        os.environ["OUTLAY_CONNECTORS"] = str(served.connectors or "")
        click.echo(
            f"Outlay serves at {served.url}\n"
            f"  what a patient will pay   POST {served.url}/v1/estimates\n"
            f"  what the payer says       POST {served.url}/v1/eligibility/checks{_asked_of(settings, served)}\n"
            f"  the console, for staff    {served.url}/console\n"
            f"  the widget on a page      {served.url}/widget/demo\n"
            f"  the API, for machines     {served.url}/schema/openapi.json\n"
            f"  health                    {served.url}/health/ready",
            err=True,
        )
        uvicorn.run(
            "service.serve:from_environment",
            factory=True,
            host=served.host,
            port=served.port,
            workers=served.workers,
            # Bounds of what comes in, and who is behind the proxies, are the service's own.
            http="service.connection:Connection",
            ws="none",
            proxy_headers=False,
            # Whoever closes first may lose a request: the proxy must, and proxies wait for up to two minutes.
            timeout_keep_alive=150 if served.proxies else 5,
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )


def from_environment() -> Litestar:
    """The application of one worker process, which ends with the process that started it, however that ended."""
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    app = create_app(read_settings(), ahead=True)
    listen_where_told()
    return app


@contextmanager
def _database(settings: Settings) -> Generator[Settings]:
    if settings.database_url is not None:
        for warning in asyncio.run(_warnings(settings.database_url)):
            click.echo(warning, err=True)
        yield settings
        return
    server = start(settings.data_dir / "postgres")
    try:
        place = settings.data_dir / "admin-key"
        # In a process of its own, or this one would keep what it takes to migrate and to read every file.
        if secret := asyncio.run(to_process.run_sync(prepared, server.url, place)):
            click.echo(f"Admin key, shown once and kept in {place}:\n\n  {secret}\n", err=True)
        keys = settings.member_data_keys or settings.data_dir / MEMBER_DATA_KEYS
        ensure_keys(keys)
        url = asyncio.run(serving_address(server.url))
        yield msgspec.structs.replace(settings, database_url=url, member_data_keys=keys)
    finally:
        server.stop()


@contextmanager
def _payers(given: Settings, settings: Settings) -> Generator[Settings]:
    """The settings with a payer to practise with, where the embedded database has no connectors beside it."""
    if given.database_url is not None or given.connectors is not None:
        yield settings
        return
    with running_sandbox(settings.data_dir) as connectors:
        yield msgspec.structs.replace(settings, connectors=connectors)


def _asked_of(given: Settings, served: Settings) -> str:
    if served.member_data_keys is None:
        return "  (needs OUTLAY_MEMBER_DATA_KEYS)"
    if served.connectors is None:
        return "  (needs OUTLAY_CONNECTORS)"
    return "" if given.connectors else "  (a sandbox: nobody is asked about anybody real)"


async def _warnings(url: str) -> list[str]:
    pool = await open_pool(url, min_size=1, max_size=1)
    try:
        async with acquire(pool) as connection:
            warnings = [SIGNED_IN_AS_OWNER] if await signed_in_as_owner(connection) else []
            if lacking := await pending(connection):
                warnings.append(f"The database lacks {', '.join(lacking)}: run `outlay migrate` and `outlay seed`.")
            return warnings
    finally:
        await close_pool(pool)


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(*_: object) -> None:
    sys.exit(0)
