"""`outlay audit`: whether what is on record is as it was written."""

import click
import msgspec

from service.cli.database import in_migrated_database
from service.store.audit_chain import Broken, Fault, verify

_TOLD: dict[Fault, str] = {
    "changed": "was changed after it was written",
    "removed": "was removed",
    "unchained": "was written past the chain",
    "cut-off": "is missing from the chain",
    "no-such-head": "the trail no longer holds the head that was kept: it was cut off, or written anew",
}
_HASH_LENGTH = 64


@click.group(
    epilog="""\b
Example:
  outlay audit verify"""
)
def audit() -> None:
    """Look after the audit trail."""


@audit.command(
    "verify",
    epilog="""\b
Examples:
  outlay audit verify
  outlay audit verify --json | jq -r .head.hash
  outlay audit verify --head 5f2c...

\b
Exit codes:
  0  every entry is as it was written
  1  something is wrong: the first such thing is told
  2  the command line was wrong
  3  the database cannot be reached""",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--from", "first", type=click.IntRange(1), default=1, metavar="N", help="Position to begin at.")
@click.option("--head", metavar="HASH", help="A head that was kept elsewhere, which must be in the trail.")
@click.pass_context
def verify_(context: click.Context, as_json: bool, first: int, head: str | None) -> None:
    """Compute the chain of the audit trail again, and print its head.

    Whoever owns the tables can cut the trail off at its end or write all of it anew. Only a head that was kept where
    they cannot reach tells so: keep the one that is printed, and give it with --head the next time.
    """
    kept = None if head is None else _hash(head)
    found = in_migrated_database(lambda connection: verify(connection, first=first, kept_head=kept))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
    elif found.broken is None:
        click.echo(f"{found.entries} entries are as they were written.\nHead: {found.head.hash}")
    else:
        click.echo(f"{found.entries} entries are as they were written, and then: {_told(found.broken)}.", err=True)
    context.exit(0 if found.broken is None else 1)


def _told(broken: Broken) -> str:
    if broken.fault == "no-such-head":
        return _TOLD[broken.fault]
    what = f"entry {broken.position}" if broken.position else "an entry"
    row = f" (row {broken.audit_id} of the table audit)" if broken.audit_id else ""
    return f"{what}{row} {_TOLD[broken.fault]}"


def _hash(text: str) -> str:
    text = text.strip().lower()
    if len(text) != _HASH_LENGTH or not set(text) <= set("0123456789abcdef"):
        raise click.UsageError("--head is not a hash: 64 hexadecimal digits, as `outlay audit verify` prints them.")
    return text
