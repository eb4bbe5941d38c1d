"""Laws about payers: their names, identifiers, lineage and regions."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations, pairwise

from payers.catalogue.finding import Finding, overlap, place
from payers.catalogue.identity import first_day
from payers.catalogue.model import Identifier, LineageEvent, Payer, Release
from payers.catalogue.names import county_key, name_key

_ENDED = ("liquidat", "receivership", "left the")
"""Words of an event after which nobody takes a payer's place."""


def names(release: Release) -> Iterator[Finding]:
    """A name belongs to one payer, or it stands among the ambiguous names with its question."""
    ambiguous = {name_key(name) for entry in release.ambiguous_names for name in entry.names}
    bearers: dict[str, str] = {}
    for payer in release.payers:
        own = {name_key(payer.name), name_key(payer.legal_name or "")}
        for alias in payer.aliases:
            if name_key(alias) in ambiguous - own:
                yield _error(
                    payer,
                    f"the alias {alias} is also an ambiguous name",
                    "keep it in identity.toml alone, where its question is asked",
                )
        for name in (payer.name, payer.legal_name or "", *payer.aliases):
            key = name_key(name)
            if key and key not in ambiguous and bearers.setdefault(key, payer.slug) != payer.slug:
                yield _error(
                    payer,
                    f"the name {name} is also borne by {bearers[key]}",
                    "leave it to one of them, or add an ambiguous name with a question",
                )


def known_payers(release: Release) -> Iterator[Finding]:
    """Whoever is named is on file."""
    known = {payer.slug for payer in release.payers}
    for payer in release.payers:
        for slug in (*(slug for event in payer.lineage for slug in event.to), *payer.lines_elsewhere.values()):
            if slug not in known:
                yield _error(payer, f"names the payer {slug}, which is not on file", "write the slug of a payer's file")
    named = [(place("regions", region), region.payer) for region in release.regions]
    named += [(place("ambiguous_names", entry), c.payer) for entry in release.ambiguous_names for c in entry.candidates]
    for (file, key), slug in named:
        if slug not in known:
            yield Finding(
                severity="error",
                file=file,
                key=key,
                problem=f"names the payer {slug}, which is not on file",
                remedy="write the slug of a payer's file",
            )


def shared_identifiers(release: Release) -> Iterator[Finding]:
    """An identifier that two payers share in one network says why."""
    holders: dict[tuple[str, str], list[tuple[Payer, Identifier]]] = defaultdict(list)
    for payer in release.payers:
        for identifier in payer.identifiers:
            holders[identifier.network, name_key(identifier.value)].append((payer, identifier))
    for held in holders.values():
        for (first, one), (second, other) in combinations(held, 2):
            if first.slug != second.slug and overlap(one, other) and not (one.note and other.note):
                payer, identifier, elsewhere = (second, other, first) if one.note else (first, one, second)
                yield Finding(
                    severity="warning",
                    file=place("payers", payer)[0],
                    key=f"payer.identifiers[{identifier.value}]",
                    problem=f"is shared with {elsewhere.slug} in the network {identifier.network}",
                    remedy="say in its note how the two are told apart",
                )


def lineage(release: Release) -> Iterator[Finding]:
    """Events stand in order of time and say who decides; a payer that is gone has somebody in its place."""
    for payer in release.payers:
        days: list[tuple[date, str]] = []
        for event in payer.lineage:
            try:
                days.append((first_day(event.on), event.on))
                last = first_day(event.on.split("/")[-1])
            except ValueError:
                yield _error(payer, f"the day {event.on} of its lineage is no date", "write it like 2016 or 2016-02-28")
                continue
            if last < days[-1][0]:
                yield _error(payer, f"the interval {event.on} of its lineage ends before it begins", "turn it round")
            yield from _settled(payer, event)
        for (earlier, _), (later, on) in pairwise(days):
            if later < earlier:
                yield _error(payer, f"the event of {on} stands behind a later one", "put the events in order of time")
        ended = any(word in event.event.casefold() for event in payer.lineage for word in _ENDED)
        if payer.status != "active" and not ended and not any(event.to for event in payer.lineage):
            yield _error(
                payer, f"is {payer.status} and nobody is in its place", "name the successor in an event's `to`"
            )


def _settled(payer: Payer, event: LineageEvent) -> Iterator[Finding]:
    if event.settled_by not in {"first", "county"}:
        yield _error(payer, f"nobody knows how {event.settled_by} settles an event", "write `first` or `county`")
    if len(event.to) > 1 and not event.question:
        yield _error(payer, f"several payers follow on {event.on} and no question parts them", "write the question")


def cycles(release: Release) -> Iterator[Finding]:
    """Nobody becomes itself again."""
    successors = {payer.slug: {slug for event in payer.lineage for slug in event.to} for payer in release.payers}
    for payer in release.payers:
        reached: set[str] = set()
        ahead = set(successors[payer.slug])
        while ahead:
            slug = ahead.pop()
            if slug not in reached:
                reached.add(slug)
                ahead |= successors.get(slug, set())
        if payer.slug in reached:
            yield _error(payer, "its lineage leads back to itself", "take the event out that turns back")


def regions(release: Release) -> Iterator[Finding]:
    """A county has one regional entity on a day."""
    for first, second in combinations(release.regions, 2):
        shared = set(map(county_key, first.counties)) & set(map(county_key, second.counties))
        if first.state == second.state and shared and overlap(first, second):
            file, key = place("regions", second)
            yield Finding(
                severity="error",
                file=file,
                key=key,
                problem=f"{', '.join(sorted(shared))} also in region {first.number} on the same days",
                remedy="leave each county in one region",
            )


def _error(payer: Payer, problem: str, remedy: str) -> Finding:
    file, key = place("payers", payer)
    return Finding(severity="error", file=file, key=key, problem=problem, remedy=remedy)


PAYER_LAWS = (names, known_payers, shared_identifiers, lineage, cycles, regions)
