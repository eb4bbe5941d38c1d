"""The trail as comma-separated values for a spreadsheet."""

import csv
import io
from collections.abc import AsyncGenerator, Sequence
from datetime import tzinfo

import msgspec

from service.spreadsheet import safe
from service.store.audit import Entry, Wanted, entries
from service.store.database import acquire
from service.web.console.audit.telling import action
from service.web.console.desk import Desk
from service.web.console.words import Speak

HEADINGS = ("id", "at", "who", "key", "action", "what", "subject_kind", "subject", "detail")
AT_ONCE = 1_000


async def sheet(desk: Desk, wanted: Wanted, speak: Speak, found: tuple[Entry, ...]) -> AsyncGenerator[str]:
    """The entries as comma-separated values, so many at a time: no connection is kept while the browser reads.

    `found` are the first of them, read before the answer begins, so that a database that cannot be read is told.
    """
    yield "\ufeff" + _lines([HEADINGS])
    zone = desk.wiring.clock().tzinfo
    while found:
        yield _lines([_cells(entry, speak, zone) for entry in found])
        async with acquire(desk.wiring.pool) as connection:
            found = await entries(connection, wanted, after=found[-1].id, limit=AT_ONCE)


def _cells(entry: Entry, speak: Speak, zone: tzinfo | None) -> tuple[str, ...]:
    return (
        str(entry.id),
        entry.at.astimezone(zone).isoformat(timespec="seconds"),
        entry.who or speak("audit.no_key"),
        str(entry.key_id or ""),
        entry.action,
        action(entry, speak),
        entry.subject_kind,
        entry.subject_id,
        msgspec.json.encode(entry.detail).decode() if entry.detail else "",
    )


def _lines(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue()
