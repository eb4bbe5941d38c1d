"""`outlay keys`: who may call the staff endpoints."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from service.api.keys import KeyScope
from service.cli.database import in_migrated_database
from service.cli.failures import Refused, note
from service.store.keys import Key, create_key, list_keys, revoke_key, rotate_key

EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused
  2  the command line was wrong
  3  the database cannot be reached"""


@click.group(
    epilog="""\b
Example:
  outlay keys create --name front-desk --scope estimates:read --scope estimates:write"""
)
def keys() -> None:
    """Create, list, rotate and revoke the keys of staff and of your own software."""


@keys.command(
    epilog=f"""\b
Example:
  outlay keys create --name front-desk --scope estimates:read --expires 2027-12-31

{EXIT_CODES}"""
)
@click.option("--name", required=True, help="Who or what will use it.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(get_args(KeyScope)), help="What it allows."
)
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="First day on which it is refused.")
def create(name: str, scopes: tuple[str, ...], expires: datetime | None) -> None:
    """Create a key and print it. It is shown this once; only its hash is kept."""
    expires_at = expires.replace(tzinfo=UTC) if expires else None
    if expires_at and expires_at <= datetime.now(UTC):
        raise click.UsageError("--expires is not in the future.")
    made = in_migrated_database(
        lambda connection: create_key(connection, name=name, scopes=scopes, expires_at=expires_at)
    )
    note(f"Key {made.key.id} for {name}, shown this once:")
    click.echo(made.secret)


@keys.command(
    "list",
    epilog=f"""\b
Example:
  outlay keys list

{EXIT_CODES}""",
)
def list_() -> None:
    """List every key with its state; never the key itself."""
    table = Table(box=None, pad_edge=False, header_style="")
    # The id is copied from here: it stays whole where the terminal is narrow, because all else can be folded.
    for heading in ("ID", "NAME", "ENDS IN", "SCOPES", "CREATED", "STATE"):
        table.add_column(heading, no_wrap=heading == "ID", overflow="fold")
    now = datetime.now(UTC)
    for key in in_migrated_database(list_keys):
        table.add_row(
            str(key.id), key.name, key.last4, ", ".join(key.scopes), f"{key.created_at:%Y-%m-%d}", _state(key, now)
        )
    Console(highlight=False, markup=False, emoji=False).print(table)


@keys.command(
    epilog=f"""\b
Example:
  outlay keys revoke 019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10

{EXIT_CODES}"""
)
@click.argument("key_id", metavar="ID", type=click.UUID)
def revoke(key_id: UUID) -> None:
    """Revoke a key. Every running process refuses it within a second."""
    if not in_migrated_database(lambda connection: revoke_key(connection, key_id)):
        raise Refused(f"no key that can be revoked has the id {key_id}", "Remedy: look it up with `outlay keys list`.")
    click.echo(f"Revoked {key_id}.")


@keys.command(
    epilog=f"""\b
Examples:
  outlay keys rotate 019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10
  outlay keys rotate 019aa0a6-6a1d-7c1e-a9b5-7d5f3c1f2a10 --old-ends in-24-hours

{EXIT_CODES}"""
)
@click.argument("key_id", metavar="ID", type=click.UUID)
@click.option(
    "--old-ends",
    type=click.Choice(["now", "in-24-hours"]),
    default="now",
    show_default=True,
    help="When the old one ends.",
)
def rotate(key_id: UUID, old_ends: str) -> None:
    """Create a key that may do the same for as long, print it, and end the old one. It is shown this once."""
    ends_at = datetime.now(UTC) + timedelta(hours=24) if old_ends == "in-24-hours" else None
    made = in_migrated_database(lambda connection: rotate_key(connection, key_id, ends_at=ends_at))
    if made is None:
        raise Refused(f"no key that can be rotated has the id {key_id}", "Remedy: look it up with `outlay keys list`.")
    note(f"Key {made.key.id} for {made.key.name}, shown this once:")
    click.echo(made.secret)


def _state(key: Key, now: datetime) -> str:
    if key.revoked_at:
        return f"revoked on {key.revoked_at:%Y-%m-%d}"
    if key.expires_at and key.expires_at <= now:
        return f"expired on {key.expires_at:%Y-%m-%d}"
    return f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "in use"
