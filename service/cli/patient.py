"""`outlay patient`: everything about one person, handed out or taken away."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from service.cli.database import in_migrated_database
from service.cli.failures import Refused, note
from service.cli.member_data import vault_of_command
from service.cli.progress import progress_bars
from service.clock import local_time
from service.patients.finding import Found, find
from service.patients.handing_out import document
from service.patients.identity import Who, WhoIncomplete
from service.patients.taking_away import RETENTION_YEARS, kept_until, take_away
from service.store import audit, eligibility, good_faith
from service.store.database import Connection
from service.store.eligibility import count_unpurged
from service.store.good_faith import count_issues
from service.store.vault import Vault
from service.uuid7 import uuid7

SUBJECT = "patient"
"""What the person is called in the audit trail; the id is made for the occasion."""
EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused, or some records do not open
  2  the command line or a setting was wrong
  3  the database cannot be reached"""
ASKED = click.option(
    "--from",
    "told",
    type=click.File("rb"),
    metavar="FILE",
    help="Read who it is from a TOML file, or from standard input (-), instead of asking.",
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Look and tell what there is; change and write nothing.")
HOW_TO_TELL = 'Remedy: write last_name = "...", first_name = "...", birth_date = 1980-01-31, or member_id = "...".'


@click.group(
    epilog="""\b
Example:
  outlay patient export pat.json
  outlay patient delete --dry-run --from who.toml

Who it is, is asked at the terminal or read from a file, never from the command line, where other users could see it."""
)
def patient() -> None:
    """Everything about one patient or member: export it, or delete what the law lets you delete."""


@patient.command(
    epilog=f"""\b
Example:
  outlay patient export pat.json --from who.toml

{EXIT_CODES}"""
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@ASKED
@DRY_RUN
@click.pass_context
def export(context: click.Context, file: Path, told: BinaryIO | None, dry_run: bool) -> None:
    """Write everything about the person to FILE: checks, good-faith estimates, bills, and who looked at them."""

    async def whole(connection: Connection, vault: Vault, found: Found, now: datetime) -> None:
        await _on_record(connection, "patient.export", found, dry_run=dry_run)
        if dry_run:
            return
        texts.append(await document(connection, vault, found, now))
        for check in found.checks:
            await audit.append(connection, "eligibility.read", eligibility.SUBJECT, str(check.id))
        for issue in found.issues:
            await audit.append(connection, "good-faith.read", good_faith.SUBJECT, str(issue.id))

    texts: list[bytes] = []
    if not dry_run and file.exists():
        raise Refused(f"there is a file {file} already", "Remedy: name a new one.")
    found = _found(told, whole)
    for text in texts:
        _write(file, text)
        click.echo(
            f"Wrote {file}, which you alone may read. Nothing in it is sealed: delete it once it is handed over."
        )
    context.exit(1 if found.unopenable else 0)


@patient.command(
    epilog=f"""\b
Example:
  outlay patient delete --dry-run

{EXIT_CODES}"""
)
@ASKED
@DRY_RUN
@click.pass_context
def delete(context: click.Context, told: BinaryIO | None, dry_run: bool) -> None:
    """Delete the member data of the person's checks at once, and say what must be kept and why."""

    async def whole(connection: Connection, _: Vault, found: Found, now: datetime) -> None:
        async with connection.transaction():
            await _on_record(connection, "patient.delete", found, dry_run=dry_run)
            if not dry_run:
                await take_away(connection, found, now)

    found = _found(told, whole)
    click.echo(f"{'Would delete' if dry_run else 'Deleted'} the member data of {len(found.checks)} checks.")
    click.echo("  What stays of each says nothing of a member: payer, day, outcome and reasons, and the audit trail.")
    click.echo("  Estimates stay; nothing in them says whose they are.")
    if owed := kept_until(found):
        click.echo(
            f"Kept: {len(found.issues)} good-faith estimates and what was billed. They are part of the medical record,"
            f"\n  of which a copy is owed for at least {RETENTION_YEARS} years (45 CFR 149.610(f)), here until {owed}."
        )
    click.echo("Backups keep what they have: let them expire.")
    context.exit(1 if found.unopenable else 0)


def _found(told: BinaryIO | None, work: Callable[[Connection, Vault, Found, datetime], Awaitable[None]]) -> Found:
    """Look for the person, do the work with what is found, and tell how much that was."""
    who, vault = _who(told), vault_of_command()

    async def whole(connection: Connection) -> Found:
        total = await count_unpurged(connection) + await count_issues(connection)
        with progress_bars() as progress:
            task = progress.add_task("Looking", total=total)
            found = await find(connection, vault, who, lambda more: progress.advance(task, more))
        await work(connection, vault, found, local_time())
        return found

    found = in_migrated_database(whole)
    click.echo(f"Found {len(found.checks)} checks and {len(found.issues)} good-faith estimates.")
    if found.similar:
        click.echo("Left alone, for you to look at: the same card, or the same last name and birth date.")
        for each in found.similar:
            click.echo(f"  {each}")
    if found.unopenable:
        note(
            f"{found.unopenable} records do not open with any key of the file, and may be about the person too.\n"
            "  Remedy: put the key that sealed them back into the file and run this again."
        )
    return found


def _who(told: BinaryIO | None) -> Who:
    try:
        if told is not None:
            return msgspec.toml.decode(told.read(), type=Who)
        return msgspec.convert(
            {
                "member_id": _asked("Member id on the card (Enter where unknown)"),
                "last_name": _asked("Last name"),
                "first_name": _asked("First name"),
                "birth_date": _asked("Birth date (1980-01-31)"),
            },
            Who,
        )
    except WhoIncomplete as error:
        raise Refused(str(error), HOW_TO_TELL) from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Its own words may hold what was told.
        raise Refused("it does not say who it is", HOW_TO_TELL) from None


def _asked(prompt: str) -> str | None:
    return click.prompt(prompt, default="", show_default=False, err=True).strip() or None


async def _on_record(connection: Connection, action: audit.Action, found: Found, *, dry_run: bool) -> None:
    detail = {"checks": len(found.checks), "good_faith_estimates": len(found.issues), "dry_run": dry_run}
    await audit.append(connection, action, SUBJECT, str(uuid7()), detail=detail)


def _write(file: Path, text: bytes) -> None:
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_bytes(text)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}", "Remedy: name a new file elsewhere.") from error
