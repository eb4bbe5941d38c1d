"""The database that a command works in: the configured one, or the embedded one for as long as the command runs."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

import click
from asyncpg import InsufficientPrivilegeError

from service.cli.failures import DatabaseUnavailable, Refused, note
from service.settings import Settings, SettingsError, read_settings
from service.store.database import OUTAGES, REFUSALS, Connection, connect
from service.store.embedded import EmbeddedMissing, start
from service.store.migrate import pending

Result = TypeVar("Result")


def settings() -> Settings:
    """What the environment says. Raises `click.UsageError` with the variable that cannot be used."""
    try:
        return read_settings()
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def in_database(work: Callable[[str], Awaitable[Result]]) -> Result:
    """Do the work at the database's address.

    Raises:
        DatabaseUnavailable: nobody answers there.
        Refused: whoever signs in there may not do it.
    """

    async def whole(url: str) -> Result:
        return await work(url)

    with _address(settings()) as url:
        try:
            return asyncio.run(whole(url))
        except (*OUTAGES, *REFUSALS) as error:
            raise unreachable(error) from error
        except InsufficientPrivilegeError as error:
            raise Refused(
                f"whoever signs in to the database may not do this: {error}",
                "Remedy: sign in as the owner of its tables (docs/operations.md, Database roles).",
            ) from error


def unreachable(error: Exception) -> DatabaseUnavailable:
    """What to tell when nobody answers."""
    return DatabaseUnavailable(
        f"the database cannot be reached: {str(error) or type(error).__name__}\n"
        "  Remedy: check OUTLAY_DATABASE_URL, or leave it out for the embedded database in OUTLAY_DATA_DIR."
    )


def in_migrated_database(work: Callable[[Connection], Awaitable[Result]]) -> Result:
    """Do the work on a connection. Raises `Refused` when the database lacks a migration."""

    async def connected(url: str) -> Result:
        connection = await connect(url)
        try:
            await refuse_unmigrated(connection)
            return await work(connection)
        finally:
            await connection.close()

    return in_database(connected)


async def refuse_unmigrated(connection: Connection) -> None:
    """Raises `Refused` when the database lacks a migration."""
    if missing := await pending(connection):
        raise Refused(f"the database lacks migrations: {', '.join(missing)}", "Remedy: run `outlay migrate`.")


@contextmanager
def _address(chosen: Settings) -> Generator[str]:
    if chosen.database_url:
        yield chosen.database_url
        return
    note(f"Using the embedded database in {chosen.data_dir}.")
    try:
        server = start(chosen.data_dir / "postgres")
    except EmbeddedMissing as error:
        raise Refused(str(error)) from error
    try:
        yield server.url
    finally:
        server.stop()
