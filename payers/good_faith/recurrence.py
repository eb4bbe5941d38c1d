"""The scope of a recurring service in plain words: how many sessions, how often (45 CFR 149.610(b)(1)(x)(A))."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from payers.estimate.answer import SessionAnswer
from payers.estimate.words import day
from payers.good_faith.content import Frequency, Recurrence
from payers.good_faith.source import Source
from payers.good_faith.words import say


def recurrence(source: Source) -> Recurrence | None:
    """The sessions phase by phase; absent for a single one."""
    sessions = source.answer.sessions
    if len(sessions) == 1:
        return None
    phases = (tuple(several) for _, several in groupby(sessions, key=lambda session: session.phase))
    return Recurrence(sessions=len(sessions), frequency=tuple(_frequency(source, each) for each in phases))


def _frequency(source: Source, sessions: Sequence[SessionAnswer]) -> Frequency:
    first, last = sessions[0].on, sessions[-1].on
    gaps = [(later.on - earlier.on).days for earlier, later in pairwise(sessions)]
    return Frequency(
        sessions=len(sessions),
        first_on=first if source.dated else None,
        last_on=last if source.dated else None,
        days_between=(min(gaps), max(gaps)) if gaps else None,
        sentence=" ".join(_told(source, sessions, gaps)),
    )


def _told(source: Source, sessions: Sequence[SessionAnswer], gaps: Sequence[int]) -> Iterator[str]:
    lang, count = source.lang, len(sessions)
    key = "several" if gaps else "one"
    if source.dated:
        first, last = day(lang, sessions[0].on), day(lang, sessions[-1].on)
        yield say(lang, "recurrence", f"{key}-dated", count=count, first=first, last=last)
    else:
        yield say(lang, "recurrence", key, count=count)
    if gaps:
        spread = "even" if min(gaps) == max(gaps) else "uneven"
        yield say(lang, "recurrence", spread, least=min(gaps), most=max(gaps))
