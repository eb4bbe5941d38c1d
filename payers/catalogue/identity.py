"""Any name on a card, as of a date, to the payer behind it."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, partial
from typing import NamedTuple

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import AmbiguousName, Candidate, Frozen, LineageEvent, Payer, Region
from payers.catalogue.names import county_key, name_key
from payers.catalogue.vocabulary import Confidence

_WHICH = ("Which one is meant?", "¿Cuál de ellos es?")
_COUNTY = ("In which county does the member live?", "¿En qué condado vive el afiliado?")
_NEAREST = 5


class Step(Frozen):
    """One step of a payer's lineage that was followed: from slug, to slug, on which (partial) date, why."""

    from_slug: str
    to_slug: str
    on: str
    event: str
    event_es: str
    sources: tuple[str, ...]
    confidence: Confidence


class Possible(Frozen):
    """A payer that the name may mean."""

    slug: str
    name: str
    why: str
    why_es: str


class Resolution(Frozen):
    """Who is meant. `payer` is a slug; when it is absent, `candidates` and `question` say what is missing.

    With a `payer`, `candidates` and `question` may still name who else could stand behind the same name, and `also`
    holds payers that stand behind the same card at the same time (a regional Medicaid entity). Without a `payer` and
    without a `question` nobody bears the name, and `candidates` are the nearest ones.
    """

    asked: str
    as_of: date
    payer: str | None
    via: tuple[Step, ...] = ()
    also: tuple[Possible, ...] = ()
    candidates: tuple[Possible, ...] = ()
    question: str | None = None
    question_es: str | None = None
    corrected: str | None = None
    """The name as the catalogue prints it, when what was asked is not quite that name."""


def known_as(payer: Payer, printed: str) -> Possible:
    """The payer, found by one of its names."""
    return Possible(slug=payer.slug, name=payer.name, why=f"Known as {printed}", why_es=f"Conocido como {printed}")


class _Asked(NamedTuple):
    catalogue: Catalogue
    name: str
    as_of: date
    state: str | None
    county: str

    def answer(
        self,
        payer: str | None,
        candidates: Iterable[Possible] = (),
        question: tuple[str | None, str | None] = (None, None),
        via: Sequence[Step] = (),
        also: Iterable[Possible] = (),
    ) -> Resolution:
        return Resolution(
            asked=self.name,
            as_of=self.as_of,
            payer=payer,
            via=tuple(via),
            also=tuple(also),
            candidates=tuple(candidates),
            question=question[0],
            question_es=question[1],
        )

    def possible(self, slug: str, why: str, why_es: str) -> Possible:
        return Possible(slug=slug, name=self.catalogue.payers[slug].name, why=why, why_es=why_es)

    def known_as(self, slug: str, printed: str) -> Possible:
        return known_as(self.catalogue.payers[slug], printed)

    def serves(self, slug: str) -> bool:
        payer = self.catalogue.payers[slug]
        return _within(payer.states, self.state) and self.state not in payer.states_excluded

    def regions(self) -> list[Region]:
        return [
            region
            for region in self.catalogue.release.regions
            if region.holds_on(self.as_of) and self.state in (None, region.state)
        ]


def resolve(
    catalogue: Catalogue, name: str, as_of: date, state: str | None = None, county: str | None = None
) -> Resolution:
    """The payer behind `name` on `as_of`: a payer's name, alias, printed identifier or slug, or something near one.

    `state` (two letters) and `county` are where the member lives. Never raises for a name that nobody bears.
    """
    asked = _Asked(catalogue, name, as_of, state.upper() if state else None, county_key(county) if county else "")
    if name in catalogue.payers:
        chosen = _by_slug(asked)
        only = set(catalogue.payers[chosen.payer].lines_of_business) if chosen.payer else set[str]()
        return chosen if only - {"medicaid", "rae"} else _of_the_state(asked, chosen)
    return _of_the_state(asked, _by_name(asked))


def _by_name(asked: _Asked) -> Resolution:
    index = asked.catalogue.names
    key = name_key(asked.name)
    if index.knows(key):
        return _by_key(asked, key)
    near = [
        like for like in index.reordered(asked.name) or index.near(key) if any(map(asked.serves, index.slugs(like)))
    ]
    if not near and (stem := _commercial_stem(asked)):
        near = [stem]
    if near:
        return _by_near(asked, near)
    nearest = _printed(asked, index.nearest(key))
    return asked.answer(None, [asked.known_as(*entry) for entry in list(nearest.items())[:_NEAREST]])


def _of_the_state(asked: _Asked, answer: Resolution) -> Resolution:
    """Medicaid in one state is another payer than Medicaid in the next: the name alone does not carry over."""
    payer = asked.catalogue.payers.get(answer.payer or "")
    if payer is None or payer.kinds[0] not in {"medicaid", "rae"} or asked.serves(payer.slug):
        return answer
    question = (
        f"{payer.name} is not a Medicaid payer of {asked.state}. Which plan is it?",
        f"{payer.name} no es un pagador de Medicaid de {asked.state}. ¿Qué plan es?",
    )
    return asked.answer(None, [asked.known_as(payer.slug, payer.name)], question, answer.via)


def _by_slug(asked: _Asked) -> Resolution:
    """A slug is somebody's choice and settles the payer; what its name alone would leave open is still told."""
    chosen = _follow(asked, asked.name)
    entry = asked.catalogue.names.ambiguous.get(name_key(asked.name))
    if entry is None or chosen.candidates or len(left := _left(asked, entry)) < 2:
        return chosen
    return msgspec.structs.replace(
        chosen,
        candidates=_candidates(asked, left, without=asked.name),
        question=entry.question,
        question_es=entry.question_es,
    )


def _by_key(asked: _Asked, key: str) -> Resolution:
    index = asked.catalogue.names
    if entry := index.ambiguous.get(key):
        left = _left(asked, entry)
        if len(left) == 1:
            return _follow(asked, left[0].payer)
        return asked.answer(None, _candidates(asked, left or entry.candidates), (entry.question, entry.question_es))
    bearers = index.bearers[key]
    if len(bearers) > 1:
        current = [bearer for bearer in bearers if bearer.identifier is None or bearer.identifier.holds_on(asked.as_of)]
        bearers = current or bearers
    return _by_slugs(asked, {bearer.slug: bearer.printed for bearer in bearers})


def _by_near(asked: _Asked, near: list[str]) -> Resolution:
    """One near name is read as that name; several are candidates unless they lead to one payer."""
    index = asked.catalogue.names
    meant = {slug for key in near for slug in index.slugs(key)}
    whole = next((key for key in near if meant <= set(index.slugs(key))), None)
    answer = _by_key(asked, whole) if whole else _by_slugs(asked, _printed(asked, near))
    corrected = index.printed(whole or near[0]) if whole or answer.payer else None
    return msgspec.structs.replace(answer, corrected=corrected)


def _printed(asked: _Asked, keys: Iterable[str]) -> dict[str, str]:
    """Payers that serve the state, each under the first of the names that leads to it."""
    index = asked.catalogue.names
    found: dict[str, str] = {}
    for key in keys:
        for slug in index.slugs(key):
            if asked.serves(slug):
                found.setdefault(slug, index.printed(key))
    return found


def _commercial_stem(asked: _Asked) -> str | None:
    """`Cigna PPO` is Cigna, but `Medicare PPO` is not Original Medicare: product words belong to private plans."""
    index = asked.catalogue.names
    key = index.without_product(asked.name)
    private = {"commercial", "medicare-advantage"}
    if key and all(private & set(asked.catalogue.payers[slug].kinds) for slug in index.slugs(key)):
        return key
    return None


def _by_slugs(asked: _Asked, bearers: dict[str, str]) -> Resolution:
    """One payer answers; of several, those of the state and the day, unless lineage leads them all to one."""
    slugs = _of_the_day(asked, [slug for slug in bearers if asked.serves(slug)] or list(bearers))
    answers = [_follow(asked, slug) for slug in slugs]
    payers = {answer.payer for answer in answers}
    if len(answers) == 1 or (len(payers) == 1 and None not in payers):
        return min(answers, key=lambda answer: len(answer.via))
    return asked.answer(None, [asked.known_as(slug, bearers[slug]) for slug in slugs], _WHICH)


def _of_the_day(asked: _Asked, slugs: list[str]) -> list[str]:
    """Without payers that another of them becomes only later."""
    payers = asked.catalogue.payers
    later = {
        successor
        for slug in slugs
        for event in payers[slug].lineage
        if first_day(event.on) > asked.as_of
        for successor in event.to
    }
    return [slug for slug in slugs if slug not in later] or slugs


def _left(asked: _Asked, entry: AmbiguousName) -> list[Candidate]:
    """The candidates of an ambiguous name that the date, the state and the county leave."""
    left = [
        candidate
        for candidate in entry.candidates
        if candidate.payer in asked.catalogue.payers
        and candidate.holds_on(asked.as_of)
        and (_within(candidate.states, asked.state) if candidate.states else asked.serves(candidate.payer))
    ]
    kept = _of_county(asked, [candidate.payer for candidate in left])
    return [candidate for candidate in left if candidate.payer in kept]


def _within(states: tuple[str, ...], state: str | None) -> bool:
    return state is None or state in states or "US" in states


def _of_county(asked: _Asked, slugs: Iterable[str]) -> list[str]:
    """Those whom the region map does not send away: a county on no list may belong to any list not read in full."""
    slugs = list(dict.fromkeys(slugs))
    if not asked.county:
        return slugs
    regions = asked.regions()
    listed = {region.payer for region in regions if asked.county in map(county_key, region.counties)}
    kept = listed or {region.payer for region in regions if not region.counties_complete}
    regional = {region.payer for region in regions}
    return [slug for slug in slugs if slug not in regional or slug in kept]


def _candidates(asked: _Asked, candidates: Iterable[Candidate], without: str | None = None) -> tuple[Possible, ...]:
    first: dict[str, Possible] = {}
    for candidate in candidates:
        if candidate.payer in asked.catalogue.payers and candidate.payer != without:
            first.setdefault(candidate.payer, asked.possible(candidate.payer, candidate.why, candidate.why_es))
    return tuple(first.values())


def first_day(on: str) -> date:
    """The earliest day of a partial date or interval: `2008/2011` is 2008-01-01. Raises ValueError for another text."""
    year, month, day = (*on.split("/", maxsplit=1)[0].split("-"), "1", "1")[:3]
    return date(int(year), int(month), int(day))


def _move(payer: Payer, as_of: date) -> LineageEvent | None:
    """The last event until `as_of` that leads elsewhere."""
    moves = [event for event in payer.lineage if event.to and first_day(event.on) <= as_of]
    return max(moves, key=lambda event: first_day(event.on), default=None)


def _follow(asked: _Asked, slug: str) -> Resolution:
    """Along the lineage to the payer of the day, then whoever else stands behind the card."""
    payers = asked.catalogue.payers
    via: list[Step] = []
    seen = {slug}
    others: list[Possible] = []
    question: tuple[str | None, str | None] = (None, None)
    while event := _move(payers[slug], asked.as_of):
        to = [successor for successor in event.to if successor in payers and successor not in seen]
        if not to:
            break
        if event.settled_by == "county":
            to = _of_county(asked, to) or to
            if len(to) > 1:
                ask = (event.question, event.question_es) if event.question else _COUNTY
                return asked.answer(None, _successors(asked, slug, event.on, to), ask, via)
        elif len(to) > 1:
            others, question = _successors(asked, slug, event.on, to[1:]), (event.question, event.question_es)
        via.append(
            Step(
                from_slug=slug,
                to_slug=to[0],
                on=event.on,
                event=event.event,
                event_es=event.event_es,
                sources=event.sources,
                confidence=event.confidence,
            )
        )
        slug = to[0]
        seen.add(slug)
    also, regional = _behind_the_card(asked, payers[slug])
    if regional and not others:
        others, question = regional, _COUNTY
    return asked.answer(slug, others, question, via, also)


def _successors(asked: _Asked, slug: str, on: str, to: Iterable[str]) -> list[Possible]:
    name = asked.catalogue.payers[slug].name
    why, why_es = f"Successor of {name} since {on}", f"Sucesor de {name} desde {on}"
    return [asked.possible(successor, why, why_es) for successor in to]


def _behind_the_card(asked: _Asked, payer: Payer) -> tuple[list[Possible], list[Possible]]:
    """A Medicaid card stands for the state and for its regional entity: who that is, or who it may be."""
    if payer.kinds[0] == "rae":
        why = "The state pays what the regional entity does not", "El estado paga lo que la entidad regional no paga"
        return [
            asked.possible(other.slug, *why)
            for other in asked.catalogue.release.payers
            if other.kinds[0] == "medicaid" and set(other.states) & set(payer.states) - {"US"}
        ], []
    if payer.kinds[0] != "medicaid":
        return [], []
    entities = {region.payer: region for region in asked.regions() if region.state in payer.states}
    left = [
        asked.possible(
            slug,
            f"Regional entity of Medicaid in {entities[slug].state}, region {entities[slug].number}",
            f"Entidad regional de Medicaid en {entities[slug].state}, región {entities[slug].number}",
        )
        for slug in _of_county(asked, entities) or entities
        if slug in asked.catalogue.payers
    ]
    return (left, []) if len(left) == 1 else ([], left)


def search(
    catalogue: Catalogue, query: str, as_of: date, state: str | None = None, kind: str | None = None, limit: int = 20
) -> list[Possible]:
    """Payers whose names are near `query`, nearest first; an empty query lists them all.

    A name whose bearer has since become another payer finds both, the successor right behind.
    """
    asked = _Asked(catalogue, query, as_of, state.upper() if state else None, "")
    found: dict[str, tuple[tuple[int, int, str, int], Possible]] = {}
    heirs = cache(partial(_heirs, asked))
    for (rank, length), possible in _hits(asked):
        for generation, entry in enumerate((possible, *heirs(possible.slug))):
            order = rank, length, possible.name.casefold(), generation
            if entry.slug not in found or order < found[entry.slug][0]:
                found[entry.slug] = order, entry
    return [
        possible
        for _, possible in sorted(found.values(), key=lambda entry: (entry[0], entry[1].slug))
        if asked.serves(possible.slug) and (kind is None or kind in catalogue.payers[possible.slug].kinds)
    ][:limit]


def _hits(asked: _Asked) -> Iterable[tuple[tuple[int, int], Possible]]:
    """Who bears a name that the query may be typed for, each with the name's rank and length."""
    index = asked.catalogue.names
    if not asked.name.strip():
        for payer in asked.catalogue.release.payers:
            yield (0, 0), asked.known_as(payer.slug, payer.name)
        return
    for rank, key in index.matching(asked.name):
        order = rank, len(key)
        if entry := index.ambiguous.get(key):
            for possible in _candidates(asked, _left(asked, entry)):
                yield order, possible
        for bearer in index.bearers.get(key, ()):
            yield order, asked.known_as(bearer.slug, bearer.printed)


def _heirs(asked: _Asked, slug: str) -> list[Possible]:
    """Whom a payer's lineage leads to on the day."""
    if not name_key(asked.name):
        return []
    answer = _follow(asked, slug)
    heirs = [heir for step in answer.via for heir in _successors(asked, step.from_slug, step.on, [step.to_slug])]
    return heirs if answer.payer else [*heirs, *answer.candidates]
