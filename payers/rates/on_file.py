"""The rates that are in force on one day, ready to be asked by payer and code."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from payers.catalogue.model import Frozen
from payers.rates.rate import ANY_OTHER_CODE, Rate, Source


class Pin(Frozen):
    """A person's choice among the rates of a payer's code, from a day on. Days are inclusive."""

    id: str
    payer: str
    code: str
    source_id: str
    ordinal: int
    valid_from: date
    valid_until: date | None = None
    note: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the choice holds on `day`."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Recorded(Frozen):
    """What an estimate was made with, as it is recorded with the catalogue's version: rates themselves never change.

    `pinned` are the sources out of force that a pin still names.
    """

    sources: tuple[Source, ...] = ()
    pinned: tuple[Source, ...] = ()
    pins: tuple[Pin, ...] = ()


class Candidate(NamedTuple):
    """A rate with the source that has it."""

    rate: Rate
    source: Source


class OnFile:
    """Every rate in force, found by payer and code. Immutable, as the catalogue that it stands in."""

    def __init__(self, recorded: Recorded, rates: Mapping[str, Sequence[Rate]]) -> None:
        """`rates` are those of each source by its id, in their order."""
        self.recorded = recorded
        self.by_source = rates
        sources = {source.id: source for source in (*recorded.sources, *recorded.pinned)}
        self.payers = frozenset(source.payer for source in recorded.sources if source.payer)
        self._found: dict[tuple[str, str], list[Candidate]] = {}
        for source in recorded.sources:
            for rate in self.by_source.get(source.id, ()):
                self._found.setdefault((source.payer or "", rate.code), []).append(Candidate(rate, source))
        self._pins: dict[tuple[str, str], list[tuple[Pin, Candidate]]] = {}
        for pin in recorded.pins:
            pinned = Candidate(self.by_source[pin.source_id][pin.ordinal], sources[pin.source_id])
            self._pins.setdefault((pin.payer, pin.code), []).append((pin, pinned))

    def candidates(self, payer: str, code: str) -> tuple[Candidate, ...]:
        """Every rate of the payer for the code, and for all other codes."""
        exact, others = self._found.get((payer, code), ()), self._found.get((payer, ANY_OTHER_CODE), ())
        return (*exact, *others)

    def pinned(self, payer: str, code: str, day: date) -> tuple[Pin, Candidate] | None:
        """The rate that somebody chose for the code on `day`."""
        return next((each for each in self._pins.get((payer, code), ()) if each[0].holds_on(day)), None)

    def codes(self, payer: str) -> Iterable[str]:
        """The codes that the payer has rates for."""
        return sorted(code for of, code in self._found if of == payer)


NOTHING = OnFile(Recorded(), {})
