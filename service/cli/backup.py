"""`outlay backup` and `restore`: the whole database as one file, looked through, and back."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import asyncpg
import click

from service.cli.database import in_database
from service.cli.failures import Refused, note
from service.cli.member_data import vault_if_any
from service.cli.progress import progress_bars
from service.store.backup import (
    BeingMigrated,
    DifferentlyRestored,
    NotEmpty,
    NotMigrated,
    TooNew,
    back_up,
    count_rows,
)
from service.store.backup import restore as restore_backup
from service.store.backup_file import BackupUnusable, BackupUnwritable, Manifest, reading
from service.store.backup_file import verify as verify_backup
from service.store.database import connect_plain
from service.store.migrate import MigrationLocked, MigrationTimedOut, pending
from service.store.roles import RolesMissing

KEPT_NOTHING = "Remedy: put that right and restore again; no row was kept."
EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused, or the file is not as it was written
  2  the command line or a setting was wrong
  3  the database cannot be reached"""


class _ToAFile(click.Group):
    """A group whose first word is a command of its own or, mostly, the file to write."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, args if args[0] in self.commands else ["create", *args])


@click.group(
    cls=_ToAFile,
    subcommand_metavar="FILE | verify FILE",
    epilog=f"""\b
Example:
  outlay backup outlay-2026-12-01.backup
  outlay backup verify outlay-2026-12-01.backup

{EXIT_CODES}""",
)
def backup() -> None:
    """Write the whole database, as it is at one moment, to one new file, or verify such a file without a database.

    The service may go on. The file holds members' data sealed, and the keys that open it are not in it.
    """


@backup.command(hidden=True)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def create(file: Path) -> None:
    """Write the whole database to one new file."""

    async def whole(url: str) -> tuple[Manifest, str]:
        with progress_bars() as progress:
            task = progress.add_task("Backing up", total=await count_rows(url))
            return await back_up(
                url, file, version("outlay"), datetime.now(UTC), lambda rows: progress.advance(task, rows)
            )

    try:
        manifest, checksum = in_database(whole)
    except BackupUnwritable as error:
        remedy = "Remedy: name a new file in a folder with space for it. Nothing was left behind."
        raise Refused(f"{file} cannot be written: {error}", remedy) from error
    except NotMigrated as error:
        raise Refused("there is nothing in the database yet", "Remedy: check OUTLAY_DATABASE_URL.") from error
    except BeingMigrated as error:
        raise Refused("the database is being migrated", "Remedy: wait for it, and back up again.") from error
    click.echo(f"Wrote {file}.")
    _tell(manifest, checksum)


@backup.command(
    epilog=f"""\b
Example:
  outlay backup verify outlay-2026-12-01.backup

{EXIT_CODES}"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Whether a backup is as it was written: its checksum, and every table in it. Needs no database."""
    with _usable(file), reading(file) as found, progress_bars() as progress:
        task = progress.add_task("Verifying", total=found.manifest.rows)
        verify_backup(found, lambda rows: progress.advance(task, rows))
    click.echo(f"{file} is as it was written.")
    _tell(found.manifest, found.checksum)


@click.command(
    epilog=f"""\b
Example:
  OUTLAY_DATABASE_URL=postgresql://outlay@db.example/new outlay restore outlay-2026-12-01.backup

{EXIT_CODES}"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put a backup into an empty database, and compare every table with the file. Stop the service before.

    All of it is there afterwards, or none. Whoever signs in to the database owns the tables.
    """
    with _usable(file), reading(file) as found:

        async def whole(url: str) -> tuple[str, ...]:
            with progress_bars() as progress:
                task = progress.add_task("Restoring", total=2 * found.manifest.rows)
                await restore_backup(url, found, lambda rows: progress.advance(task, rows))
            connection = await connect_plain(url)
            try:
                return await pending(connection)
            finally:
                await connection.close()

        try:
            lacking = in_database(whole)
        except NotEmpty as error:
            remedy = "Remedy: name a new one in OUTLAY_DATABASE_URL, or a new OUTLAY_DATA_DIR. Nothing was changed."
            raise Refused("the database is not empty", remedy) from error
        except TooNew as error:
            raise Refused(f"{file} was made by Outlay {error}, which is newer", "Remedy: install that.") from error
        except (MigrationLocked, MigrationTimedOut) as error:
            raise Refused(
                "another process is migrating this database", "Remedy: let it be, and choose another."
            ) from error
        except RolesMissing as error:
            remedy = f"Remedy: let an administrator of the server run: {error.sql} Then restore again."
            raise Refused(str(error), remedy) from error
        except DifferentlyRestored as error:
            raise Refused(f"the table {error} did not come back as it was", KEPT_NOTHING) from error
        except asyncpg.DiskFullError as error:
            raise Refused("the disk of the database's server is full", KEPT_NOTHING) from error
    click.echo(f"Restored {file}: every table is as it was.")
    _tell(found.manifest, found.checksum)
    if lacking:
        note(f"This version has newer migrations ({', '.join(lacking)}): run `outlay migrate`, then `outlay seed`.")


@contextmanager
def _usable(file: Path) -> Generator[None]:
    try:
        yield
    except BackupUnusable as error:
        raise Refused(
            f"{file} cannot be used: {error}", "Remedy: take another copy of it, or another backup."
        ) from error


def _tell(manifest: Manifest, checksum: str) -> None:
    """What is in a backup, and what it is worth nothing without."""
    click.echo(
        f"  made       {manifest.created_at:%Y-%m-%d %H:%M:%S} UTC by Outlay {manifest.software_version}"
        f" on PostgreSQL {manifest.server_version}\n"
        f"  migration  {manifest.revision}\n"
        f"  tables     {len(manifest.tables)}\n"
        f"  rows       {manifest.rows}\n"
        f"  checksum   {checksum}"
    )
    if not manifest.member_data_keys:
        return
    vault = vault_if_any()
    at_hand = vault.key_names if vault else frozenset[str]()
    for name in manifest.member_data_keys:
        click.echo(f"  opened by  key {name}{'' if name in at_hand else ': NOT AT HAND'}")
    note(
        "\nTHE KEYS FOR MEMBERS' DATA ARE NOT IN THE FILE. Without those named above, what is sealed in it stays shut"
        "\nfor good: keep the file that OUTLAY_MEMBER_DATA_KEYS names as well, and in another place than the backup."
    )
