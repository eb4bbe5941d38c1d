"""Is the code in force on the date of service, and can Medicare pay it at all?"""

from collections.abc import Iterator
from datetime import timedelta

from payers.catalogue.vocabulary import ClaimSeverity, LineOfBusiness
from payers.claims.acceptance import treated_with
from payers.claims.accepted import taken
from payers.claims.session import Found, Line, Session
from payers.estimate.estimate import EARLIEST_START, LATEST_START_DAYS

_MEDICARE: dict[LineOfBusiness, ClaimSeverity] = {"medicare": "error", "medicare-advantage": "warning"}
"""A Medicare Advantage plan may pay more than Original Medicare does."""


def on_file(session: Session) -> Iterator[Found]:
    """A day so far away that no code of it is on file, as for an estimate: what is said of it may not hold."""
    latest = session.today + timedelta(days=LATEST_START_DAYS)
    if not EARLIEST_START <= session.day <= latest:
        yield Found(session.lines[0], "warning", "day-not-on-file")


def validity(session: Session) -> Iterator[Found]:
    """Codes that nobody knows, that have ended, or that have not begun."""
    for line in session.lines:
        if line.entry:
            continue
        if not line.on_file:
            yield Found(line, "info", "code-not-on-file")
            continue
        right = _in_its_place(session, line.code)
        cited = tuple(each for each in session.catalogue.release.codes if each.code in (line.code, right))
        yield Found(line, "error", "code-replaced" if right else "code-not-in-force", cited, {"right": right})


def _in_its_place(session: Session, code: str) -> str | None:
    """The code of the day: the one that came after, else the one that was there before."""
    after = (each for each in session.catalogue.release.codes if each.replaces == code and each.holds_on(session.day))
    return next((each.code for each in after), None) or session.catalogue.code_in_force(code, session.day)


def medicare(session: Session) -> Iterator[Found]:
    """Codes whose status says that Medicare never pays them, with those it pays instead."""
    severity = _MEDICARE.get(session.line_of_business)
    if severity is None:
        return
    for line in session.lines:
        if line.entry is None or line.entry.medicare_payable is not False:
            continue
        instead = ", ".join(_instead(session, line))
        kind = "medicare-not-payable" if instead else "medicare-never"
        yield Found(line, severity, kind, (line.entry,), {"instead": instead})


def _instead(session: Session, line: Line) -> list[str]:
    """What the payer takes for the same treatment, else an add-on to the same visits."""
    for treatment in treated_with(session, line):
        if accepted := taken(session.asked, treatment):
            return [*accepted.codes]
    add_ons = session.catalogue.release.add_ons
    bases = next((each.bases for each in add_ons if each.code == line.code), None)
    alike = (session.catalogue.code(each.code, session.day) for each in add_ons if each.bases == bases)
    return [each.code for each in alike if each and each.medicare_payable]
