"""Which lines may stand beside each other, and what a line needs beside it."""

from collections.abc import Iterator

from payers.catalogue.model import AddOn
from payers.claims.session import Found, Line, Session


def bundle(session: Session) -> Iterator[Found]:
    """Lines that are already inside a bundled code of the same session."""
    for line in session.lines:
        if line.entry:
            for inside in session.others(line, line.entry.never_with):
                yield Found(inside, "error", "bundle", (line.entry,), {"other": line.code})


def add_ons(session: Session) -> Iterator[Found]:
    """Add-ons without the code that they are added to, and with more units than the prolonged time earns."""
    for line in session.lines:
        for add_on in session.catalogue.release.add_ons:
            if line.entry and add_on.code == line.code:
                yield from _added(session, line, add_on)


def _added(session: Session, line: Line, add_on: AddOn) -> Iterator[Found]:
    if not any(session.others(line, add_on.bases)):
        yield Found(line, "error", "add-on-alone", (add_on,), {"bases": ", ".join(add_on.bases)})
    minutes = session.claim.minutes
    earned = None if minutes is None else add_on.earned(minutes)
    if earned is not None and line.asked.units is not None and earned < line.asked.units:
        yield Found(line, "error", "prolonged-minutes", (add_on,), {"minutes": minutes, "earned": earned})
