"""The services as lines under the plan's terms, in every world that the open terms allow."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from payers.adjudication.contradictions import reversed_position
from payers.adjudication.family import self_only
from payers.adjudication.question import AdjudicationQuestion, ServiceInput
from payers.catalogue.vocabulary import Network
from payers.cost_share.adjudicate import NOT_COVERED, Terms
from payers.cost_share.design import Kind, from_benefits, terms_of
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, PATIENT, PHARMACY, Line
from payers.cost_share.money import exactly
from payers.cost_share.plan import CostShare

MOST_WORLDS = 9
"""Beyond so many choices of open terms each line takes all of its own at once: wider, and soon enough."""

Terminology = tuple[Network, Kind, CostShare | None]
"""What decides about a service's terms: its kind, or its own."""
Claims = tuple[Line | int, ...]
"""Each service as a line, or the position of the one that it takes back."""

NETWORKS: tuple[Network, ...] = ("in", "out")


def worlds(asked: AdjudicationQuestion, plan_years: Sequence[int]) -> list[Claims]:
    """The services under every choice of the terms left open: a plan keeps its terms all along."""
    told = {network: from_benefits(asked.benefits, self_only(asked), network) for network in NETWORKS}
    used = list(dict.fromkeys(_terminology(service) for service in asked.services if service.reverses is None))

    def terms(network: Network, kind: Kind, own: CostShare | None) -> tuple[Terms, ...]:
        if own is None:
            return told[network].terms_for(kind)
        return terms_of(own, asked.benefits, in_network=network == "in")

    open_terms = [terms(*each) for each in used]
    choices: list[Sequence[tuple[Terms, ...]]] = [open_terms]
    if prod(map(len, open_terms)) <= MOST_WORLDS:
        choices = [[(terms,) for terms in choice] for choice in product(*open_terms)]
    covered = list(_within_visits(asked, plan_years, dict(zip(used, open_terms, strict=True))))
    return [
        tuple(
            _line(service, of[_terminology(service)], within=within) if back is None else back
            for service, within, back in zip(asked.services, covered, taken_back(asked), strict=True)
        )
        for of in (dict(zip(used, choice, strict=True)) for choice in choices)
    ]


def _terminology(service: ServiceInput) -> Terminology:
    return service.settled_as, service.kind, service.cost_share


def taken_back(asked: AdjudicationQuestion) -> list[int | None]:
    """For each service, the position of the one that it takes back."""
    return [
        None if service.reverses is None else reversed_position(asked, position)
        for position, service in enumerate(asked.services)
    ]


def _within_visits(
    asked: AdjudicationQuestion, plan_years: Sequence[int], terms: Mapping[Terminology, Sequence[Terms]]
) -> Iterator[bool | None]:
    """Whether the visits of the plan year are enough for each service; absent where nobody knows how many are used.

    Where the use before the first service is not known, it is counted as none: who has used more is never covered
    where that is not.
    """
    limit = asked.benefits.visit_limit
    used: Counter[tuple[int, str | None]] = Counter()
    counted: set[int] = set()
    for position, (service, year, taken) in enumerate(zip(asked.services, plan_years, taken_back(asked), strict=True)):
        if taken in counted:
            used[year, asked.services[taken].member] -= 1
        if limit is None or taken is not None or not service.counts_as_visit:
            yield True
            continue
        if not terms[_terminology(service)][0].covered:
            yield True
            continue
        before = _used_before(asked, service.member) if year == 0 else 0
        if used[year, service.member] + (before or 0) >= limit.visits:
            yield False
            continue
        used[year, service.member] += 1
        counted.add(position)
        yield None if before is None else True


def _used_before(asked: AdjudicationQuestion, member: str | None) -> int | None:
    """The visits that a member has had in the plan year of the first service."""
    if member is not None:
        return asked.members[member].visits_used
    return asked.benefits.visit_limit and asked.benefits.visit_limit.used


def _line(service: ServiceInput, terms: tuple[Terms, ...], *, within: bool | None) -> Line:
    """What is not covered is owed at the charge; a plan never allows more than the charge, or than a protected rate."""
    charge = exactly(service.billed_cents)
    allowed = exactly(min(service.paid_cents, service.allowed_cents or 0))
    outside = service.settled_as == "out"
    if service.preventive and not outside:
        terms = tuple(each._replace(preventive=True) for each in terms)
    if within is None:
        terms = (*terms, NOT_COVERED)
    if within is False or not terms[0].covered:
        terms, allowed = (NOT_COVERED,), charge
    pool = PHARMACY if service.kind == "pharmacy_drug" else MEDICAL
    return Line(
        component="drug" if service.helped_by_card else "visit" if service.kind == "visit" else "session",
        code=None,
        units=None,
        allowed=allowed,
        terms=terms,
        charge=charge if outside else None,
        pool=OUT_OF_NETWORK if outside else pool,
        member=service.member or PATIENT,
        on=service.on,
        uncovered=charge,
    )
