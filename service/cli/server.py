"""`outlay serve`, `migrate`, `seed` and `openapi`: the service and what it stands on."""

import click

from service.cli.catalogue import sound_files
from service.cli.database import in_database, settings, unreachable
from service.cli.failures import Refused
from service.openapi import rendered
from service.serve import serve as run
from service.settings import SettingsError
from service.store.database import DatabaseUnavailable, connect
from service.store.embedded import EmbeddedMissing
from service.store.migrate import MigrationLocked, MigrationTimedOut
from service.store.migrate import migrate as apply_migrations
from service.store.roles import RolesMissing
from service.store.seed import seed as write_release

EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused
  2  the command line or a setting was wrong
  3  the database cannot be reached"""


@click.command(
    epilog=f"""\b
Example:
  OUTLAY_PORT=8080 outlay serve

{EXIT_CODES}"""
)
def serve() -> None:
    """Serve the API. Without OUTLAY_DATABASE_URL: start the embedded database, migrate, seed and make an admin key."""
    chosen = settings()
    if chosen.database_url:
        in_database(_reached)  # said here in one line; every worker would say it in a page
    try:
        with sound_files():
            run(chosen)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    except EmbeddedMissing as error:
        raise Refused(str(error)) from error
    except DatabaseUnavailable as error:
        raise unreachable(error) from error


@click.command(
    epilog=f"""\b
Example:
  OUTLAY_DATABASE_URL=postgresql://outlay@db.example/outlay outlay migrate

{EXIT_CODES}"""
)
def migrate() -> None:
    """Bring the database to the newest migration. Safe to run from several places at once."""
    try:
        done = in_database(apply_migrations)
    except MigrationLocked as error:
        raise Refused("another process has been migrating this database for two minutes") from error
    except MigrationTimedOut as error:
        remedy = "Remedy: run it again at a quieter time, and not while a backup is made. It changed nothing."
        raise Refused(f"the migration {error} waited or took too long", remedy) from error
    except RolesMissing as error:
        remedy = f"Remedy: let an administrator of the server run: {error.sql} Then migrate again."
        raise Refused(str(error), remedy) from error
    if done.before == done.after:
        click.echo(f"Nothing to do: the database is at {done.after}.")
    else:
        click.echo(f"Migrated from {done.before or 'nothing'} to {done.after}.")


@click.command(
    epilog=f"""\b
Example:
  outlay seed

{EXIT_CODES}"""
)
def seed() -> None:
    """Write the catalogue's files into the database as a release, if they are not there, and put it in force."""
    with sound_files():
        done = in_database(write_release)
    click.echo(f"{'Wrote' if done.written else 'Already there:'} release {done.version}")


@click.command(
    epilog="""\b
Example:
  outlay openapi > openapi.json"""
)
def openapi() -> None:
    """Print the OpenAPI document of this version, as it is committed in docs/openapi.json."""
    click.echo(rendered(), nl=False)


async def _reached(url: str) -> None:
    await (await connect(url)).close()
