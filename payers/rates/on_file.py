"""The rates that are in force on one day, ready to be asked by payer and code."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from payers.catalogue.model import Frozen
from payers.catalogue.names import normalise
from payers.rates.rate import ANY_OTHER_CODE, Rate, Source

OLD = timedelta(days=365)
"""Evidence that is older than this on the day of service is stale."""
_ALWAYS = date(1900, 1, 1)
_MEDICARE = ""
"""Stands for the payer of what Medicare itself publishes."""
_A_DAY = timedelta(days=1)


class Pin(Frozen):
    """A person's choice among the rates of a payer's code, from a day on; without a rate none is chosen any more.

    On any day the choice with the latest first day holds; of two with the same one, the later made.
    """

    id: str
    payer: str
    code: str
    source_id: str | None = None
    ordinal: int | None = None
    valid_from: date
    note: str | None = None


class Multiple(Frozen):
    """What share of Medicare's fee a payer is taken to allow from a day on; without one nothing is assumed any more."""

    id: str
    payer: str
    percent_bp: int | None = None
    valid_from: date


class Recorded(Frozen):
    """What an estimate was made with, as it is recorded with the catalogue's version: rates themselves never change.

    `pinned` are the sources out of force that a pin still names. `taken_back` are lines of remittances, by their source
    and place, whose claim the payer reversed later.
    """

    sources: tuple[Source, ...] = ()
    pinned: tuple[Source, ...] = ()
    pins: tuple[Pin, ...] = ()
    taken_back: tuple[tuple[str, int], ...] = ()
    multiples: tuple[Multiple, ...] = ()


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
        self._taken_back = frozenset(recorded.taken_back)
        sources = {source.id: source for source in (*recorded.sources, *recorded.pinned)}
        self.payers = frozenset(source.payer for source in recorded.sources if source.payer)
        self._found: dict[tuple[str, str], list[Candidate]] = {}
        for _, each in self.listed():
            self._found.setdefault((each.source.payer or _MEDICARE, each.rate.code), []).append(each)
        self._pins: dict[tuple[str, str], list[Pin]] = {}
        for pin in sorted(recorded.pins, key=lambda pin: (pin.valid_from, pin.id)):
            self._pins.setdefault((pin.payer, pin.code), []).append(pin)
        self._sources = sources
        self._turns: dict[tuple[str, str], list[date]] = {}

    def candidates(self, payer: str, code: str) -> tuple[Candidate, ...]:
        """Every rate of the payer for the code, and for all other codes."""
        exact, others = self._found.get((payer, code), ()), self._found.get((payer, ANY_OTHER_CODE), ())
        return (*exact, *others)

    def since(self, payer: str, code: str, day: date) -> date:
        """The first of the days up to `day` on which the same is chosen for the code as on `day`."""
        turns = self._turns.get((payer, code))
        if turns is None:
            turns = self._turns.setdefault((payer, code), sorted({_ALWAYS, *self._changes(payer, code)}))
        return turns[bisect_right(turns, day) - 1]

    def changes(self, payer: str) -> tuple[date, ...]:
        """The days on which somebody chose a rate of the payer, or assumed a share of Medicare's fee of it."""
        chosen = (*self.recorded.pins, *self.recorded.multiples)
        return tuple(sorted({each.valid_from for each in chosen if each.payer == payer}))

    def limits(self, code: str) -> tuple[Candidate, ...]:
        """Medicare's payment limits for a drug's code, of every quarter on file."""
        return tuple(each for each in self._found.get((_MEDICARE, code), ()) if each.source.kind == "medicare-asp")

    def _changes(self, payer: str, code: str) -> Iterator[date]:
        """The days on which a rate begins, expires, grows old, or is chosen or assumed by somebody."""
        yield from (each.valid_from for each in self.recorded.multiples if each.payer == payer)
        for rate, source in self.limits(code):
            yield source.last_updated_on or source.imported_at.date()
            if rate.expires_on and rate.expires_on < date.max:
                yield rate.expires_on + _A_DAY
        for pin in self._pins.get((payer, code), ()):
            yield pin.valid_from
        chosen = [pin for pin in self._pins.get((payer, code), ()) if pin.source_id and pin.ordinal is not None]
        pinned = [self.rate(pin.source_id or "", pin.ordinal or 0) for pin in chosen]
        for rate, source in (*self.candidates(payer, code), *pinned):
            said_on = rate.serviced_on or source.last_updated_on
            if rate.expires_on and rate.expires_on < date.max:
                yield rate.expires_on + _A_DAY
            if said_on and said_on < date.max - OLD:
                yield said_on + OLD + _A_DAY

    def pinned(self, payer: str, code: str, day: date) -> tuple[Pin, Candidate] | None:
        """The rate that somebody chose for the code, if that holds on `day`."""
        begun = [pin for pin in self._pins.get((payer, code), ()) if pin.valid_from <= day]
        if not begun or begun[-1].source_id is None or begun[-1].ordinal is None:
            return None
        pin = begun[-1]
        return pin, self.rate(begun[-1].source_id, begun[-1].ordinal)

    def multiple_bp(self, payer: str, day: date) -> int | None:
        """The share of Medicare's fee that the clinic takes the payer to allow on `day`, where it said so."""
        begun = [each for each in self.recorded.multiples if each.payer == payer and each.valid_from <= day]
        return max(begun, key=lambda each: (each.valid_from, each.id)).percent_bp if begun else None

    def rate(self, source_id: str, ordinal: int) -> Candidate:
        """One rate by where it stands.

        Raises:
            LookupError: there is none.
        """
        return Candidate(self.by_source[source_id][ordinal], self._sources[source_id])

    def listed(self, payer: str | None = None, code: str | None = None) -> Iterator[tuple[int, Candidate]]:
        """Every rate in force with its place in its source: by payer, then by code."""
        found = [
            (ordinal, Candidate(rate, source))
            for source in self.recorded.sources
            if payer in (None, source.payer)
            for ordinal, rate in enumerate(self.by_source.get(source.id, ()))
            if code in (None, rate.code) and (source.id, ordinal) not in self._taken_back
        ]
        return iter(sorted(found, key=lambda each: (each[1].source.payer or "", each[1].rate.code)))

    def networks(self, payer: str) -> list[str]:
        """The networks and plans that the payer's rates name, as their files spell them."""
        return sorted(self._networks.get(payer, {}).values())

    def network(self, payer: str, name: str) -> str | None:
        """The network or plan of the payer's rates that bears the name, whatever its capitals and marks."""
        return self._networks.get(payer, {}).get(normalise(name))

    @cached_property
    def _networks(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for payer, name in {
            (payer, name)
            for (payer, _), several in self._found.items()
            for each in several
            for name in each.rate.networks
        }:
            found.setdefault(payer, {})[normalise(name)] = name
        return found

    def codes(self, payer: str) -> list[str]:
        """The codes that the payer has rates for."""
        return sorted(code for of, code in self._found if of == payer)


NOTHING = OnFile(Recorded(), {})
