"""`outlay retention`: how long everything is kept, how much there is, and what is due."""

from datetime import datetime, timedelta

import click
from rich.console import Console
from rich.table import Table

from service.cli.database import in_migrated_database, settings
from service.clock import local_time
from service.store.database import Connection
from service.store.retention import Held, Kind, LastPurge, held, kinds, last_purge


@click.command(
    epilog="""\b
Example:
  outlay retention

\b
Exit codes:
  0  done
  1  refused
  2  the command line or a setting was wrong
  3  the database cannot be reached"""
)
def retention() -> None:
    """How long each kind of data is kept, how much there is, what is due, and when something was last taken away.

    The service takes away every hour what is due. Good-faith estimates and the audit trail stay until you decide.
    """
    kept = kinds(timedelta(days=settings().member_data_days))
    now = local_time()

    async def looked(connection: Connection) -> tuple[list[Held], LastPurge | None]:
        return [await held(connection, kind, now) for kind in kept], await last_purge(connection)

    found, last = in_migrated_database(looked)
    table = Table(box=None, pad_edge=False, header_style="")
    for heading in ("WHAT", "KEPT"):
        table.add_column(heading)
    for heading in ("ON FILE", "DUE", "OLDEST"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in found:
        table.add_row(each.kind.name, _kept(each.kind), str(each.count), _due(each), _day(each.oldest))
    Console(highlight=False, markup=False, emoji=False).print(table)
    click.echo()
    click.echo(_told(last))
    for each in found:
        if each.older and not each.kind.due:
            click.echo(f"Of the {each.kind.name}, {each.older} are older than they must be kept. Nothing deletes them.")


def _kept(kind: Kind) -> str:
    if kind.kept is None:
        return "for good"
    if not kind.due:
        return "six years or longer"
    hours, minutes = divmod(int(kind.kept.total_seconds()) // 60, 60)
    return f"{kind.kept.days} days" if kind.kept.days else f"{hours} hours" if hours else f"{minutes} minutes"


def _due(each: Held) -> str:
    return str(each.older) if each.kind.due and each.kind.kept else "-"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "-"


def _told(last: LastPurge | None) -> str:
    if last is None:
        return "Nothing was taken away yet."
    what = ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in last.detail.items())
    return f"Last taken away on {last.at:%Y-%m-%d %H:%M} UTC: {what}."
