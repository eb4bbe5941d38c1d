"""What the real rates on file add up to for a session: every way to bill it, line by line.

Nothing is guessed. A line without a rate leaves the session open, and the code is named.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.memory import remembered
from payers.catalogue.model import Cited, Code
from payers.catalogue.vocabulary import LineOfBusiness
from payers.clinic_prices.expected_charge import Patient, session_charges
from payers.cost_share.money import ZERO, Range, hull
from payers.estimate.case import OFFICE, Case, World
from payers.estimate.codes import Desk, Piece, Proposal, bare_proposals, desk_of
from payers.rates.assumed import assumed
from payers.rates.choose import Choice, Line, choose

BY_LAW: frozenset[LineOfBusiness] = frozenset({"medicare", "military", "va"})
"""Lines whose amounts a law sets: what is on file of one payer says nothing better."""
IN_PAYER_FILES: frozenset[LineOfBusiness] = frozenset(
    {"commercial", "behavioral-health-carveout", "employer-ancillary"}
)
"""Group health plans and insurers must publish their rates; Medicare Advantage and Medicaid plans need not.

Source: 45 CFR 147.210 to 147.212.
"""
_DRUGS = ("session", "drug")


class Way(NamedTuple):
    """One way to bill a session. `amount` is what its lines with a rate add up to.

    `missing` are the codes of needed lines without a rate. `open_above` are those of further time, none of whose ways
    to be billed has a rate, and `not_exact` is how many needed lines have no rate but the one for all other codes.
    """

    amount: Range
    visit: Range | None
    choices: tuple[Choice, ...]
    visits: tuple[Choice, ...]
    missing: tuple[str, ...]
    open_above: tuple[str, ...]
    not_exact: int


class RealPrice(NamedTuple):
    """Every way to bill a session that has rates on file; `by_dose` has those of each dose that it may be.

    `choices` has what was chosen for each code, `missing` the codes whose lack of a rate leaves the session open.
    `visit` is what is allowed for the visit alone, where every way to bill the session tells it.
    """

    by_dose: tuple[tuple[Way, ...], ...]
    choices: tuple[Choice, ...]
    missing: tuple[str, ...]
    behind: tuple[Cited, ...]
    visit: Range | None
    visits: tuple[Choice, ...]


def real_session(case: Case, world: World, on: date) -> RealPrice | None:
    """The rates of a session on a day in a world; absent where none are on file or the plan's are not those."""
    if not _has_rates(case, world):
        return None
    desk = desk_of(case, world.decision, world.lane or "medical", on)
    return _session(case.catalogue, desk, case.question.site, case.plan_network)


def real_service(case: Case, world: World, codes: Sequence[Code], on: date) -> tuple[Choice, ...] | None:
    """The rates of a service that is billed with one of the codes; absent unless each of them has one."""
    if not _has_rates(case, world) or not codes:
        return None
    place, line = case.question.place_of_service or OFFICE, world.decision.line_of_business
    lines = [Line(code.code, on, 1, place, network=case.plan_network) for code in codes]
    found = [_choose(case.catalogue, case.payer.slug, line, each) for each in lines]
    return tuple(found) if all(each.amount for each in found) else None


def _has_rates(case: Case, world: World) -> bool:
    """What a payer pays this clinic under contract is neither what it allows outside its network nor set by law."""
    return (
        case.payer.slug in case.catalogue.rates.payers
        and world.network != "out"
        and world.decision.line_of_business not in BY_LAW
    )


@remembered
def _session(catalogue: Catalogue, desk: Desk, site: str | None, network: str | None) -> RealPrice | None:
    """The rates of a session billed at a desk of that catalogue; the site decides the clinic's own price."""
    ways = [
        (each.dose_mg, _way(desk, network, each, charge_cents))
        for each in bare_proposals(catalogue, desk)
        for charge_cents in _charges(desk, site, each)
    ]
    by_dose = [_best([way for dose, way in ways if dose in (None, each)]) for each in desk.doses_mg or (None,)]
    several = [way for ways in by_dose for way in ways]
    choices = _once(way.choices for way in several)
    if not all(by_dose) or all(each.assumed_bp for each in choices):
        return None
    return RealPrice(
        by_dose=tuple(by_dose),
        choices=choices,
        missing=tuple(dict.fromkeys(code for way in several for code in (*way.missing, *way.open_above))),
        behind=tuple(each for choice in choices for each in choice.behind),
        visit=hull(way.visit for way in several if way.visit) if all(way.visit for way in several) else None,
        visits=_once(way.visits for way in several),
    )


def _once(several: Iterable[tuple[Choice, ...]]) -> tuple[Choice, ...]:
    """Each line's choice, with every amount that it may come to: a share of the charge follows what is asked."""
    found: dict[tuple[str, int], Choice] = {}
    for each in chain.from_iterable(several):
        held = found.setdefault((each.line.code, each.line.units), each)
        if held.amount != each.amount and held.amount and each.amount:
            found[each.line.code, each.line.units] = held._replace(amount=hull((held.amount, each.amount)))
    return tuple(found.values())


def _best(ways: list[Way]) -> tuple[Way, ...]:
    """The ways to bill one dose in which the most needed lines have a rate of their own.

    A payer that has rates for one way and not for another is billed the first.
    """
    lacks = [(len(way.missing) + way.not_exact, len(way.missing)) for way in ways]
    return tuple(way for way, lack in zip(ways, lacks, strict=True) if lack == min(lacks))


def _way(desk: Desk, network: str | None, proposal: Proposal, charge_cents: int | None) -> Way:
    needed = [(piece, _piece(desk, network, piece, charge_cents)) for piece in proposal.lines]
    groups = [[(piece, _piece(desk, network, piece)) for piece in group] for group in proposal.one_of]
    rated = [group for group in groups if not _missing(group)]
    visits = [pair for pair in needed if pair[0].component not in _DRUGS]
    more = Range(low_cents=0, high_cents=max((_sum(group).high_cents for group in rated), default=0))
    known = visits and not _missing(visits) and (rated or not groups)
    return Way(
        amount=_sum(needed) + more,
        visit=_sum(visits) + more if known else None,
        choices=_chosen(chain(needed, *rated)),
        visits=_chosen(chain(visits, *rated)),
        missing=_missing(needed),
        open_above=() if rated else tuple(piece.code for group in groups for piece, _ in group),
        not_exact=sum(not choice.exact for choice in _chosen(needed)),
    )


_Lines = Iterable[tuple[Piece, Choice | None]]


def _chosen(lines: _Lines) -> tuple[Choice, ...]:
    return tuple(choice for _, choice in lines if choice and choice.amount)


def _missing(lines: _Lines) -> tuple[str, ...]:
    return tuple(piece.code for piece, choice in lines if not (choice and choice.amount))


def _sum(lines: _Lines) -> Range:
    return sum((choice.amount for choice in _chosen(lines) if choice.amount), ZERO)


def _piece(desk: Desk, network: str | None, piece: Piece, charge_cents: int | None = None) -> Choice | None:
    """The rate of one line; absent where nobody told how many units it has."""
    if piece.units is None:
        return None
    place = desk.place_of_service or OFFICE
    line = Line(piece.code, desk.day, piece.units, place, charge_cents=charge_cents, network=network)
    return _choose(desk.catalogue, desk.payer, desk.line_of_business, line)


def _charges(desk: Desk, site: str | None, proposal: Proposal) -> Sequence[int | None]:
    """What the clinic's list may ask for the whole session, which is the charge of a line that stands alone."""
    if len(proposal.lines) > 1 or proposal.one_of:
        return (None,)
    patient = Patient(site, desk.session_minutes)
    found = session_charges(desk.catalogue.clinic, desk.treatment, proposal.dose_mg, patient, desk.day)
    return sorted({each.listed_cents for each in found}) or (None,)


def _choose(catalogue: Catalogue, payer: str, business: LineOfBusiness, line: Line) -> Choice:
    since = catalogue.rates.since(payer, line.code, line.on)
    return _chosen_since(catalogue, payer, business in IN_PAYER_FILES, line._replace(on=since))


@remembered
def _chosen_since(catalogue: Catalogue, payer: str, in_files: bool, line: Line) -> Choice:
    """The rates of a line of a payer from its day on, until something changes.

    A drug without any is a share of Medicare's limit for it, where the clinic assumes one of the payer.
    """
    rates = catalogue.rates
    candidates = (each for each in rates.candidates(payer, line.code) if each.source.kind != "payer-file" or in_files)
    choice = choose(line, candidates, rates.pinned(payer, line.code, line.on))
    percent_bp = None if choice.amount else rates.multiple_bp(payer, line.on)
    return (assumed(line, rates.limits(line.code), percent_bp) if percent_bp else None) or choice
