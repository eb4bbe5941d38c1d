"""Lines whose units nobody told yet: no edit that needs them is made, and that is said."""

from collections.abc import Iterator

from payers.claims.session import Found, Session


def units(session: Session) -> Iterator[Found]:
    """Every line without units, of a code that is known."""
    for line in session.lines:
        if line.asked.units is None and line.entry:
            yield Found(line, "info", "units-open", (line.entry,))
