"""Does the time of a line agree with a code that stands for a certain time?"""

from collections.abc import Iterator

from payers.claims.session import Found, Session


def span(session: Session) -> Iterator[Found]:
    """Lines whose own minutes are too few or too many. A visit may be billed by its difficulty instead of its time."""
    for line in session.lines:
        minutes, entry = line.asked.minutes, line.entry
        if minutes is None or entry is None:
            continue
        if entry.from_minutes is not None and minutes < entry.from_minutes:
            values = {"minutes": minutes, "bound": entry.from_minutes}
            if entry.kind == "visit":
                yield Found(line, "warning", "minutes-visit", (entry,), values)
            else:
                yield Found(line, "error", "minutes-short", (entry,), values)
        if entry.until_minutes is not None and minutes > entry.until_minutes:
            values = {"minutes": minutes, "bound": entry.until_minutes}
            yield Found(line, "error", "minutes-long", (entry,), values)
