"""Why a deductible takes its part of a line, and where a maximum ends what the patient pays."""

from collections.abc import Iterable, Iterator
from typing import Literal

from payers.cost_share.credit import LimitKind
from payers.cost_share.line import OUT_OF_NETWORK, PHARMACY, Line
from payers.cost_share.money import ZERO, Range, exactly
from payers.cost_share.plan import Benefits, Limit, OutOfNetwork, PharmacyLimits, TierChange
from payers.estimate.trace.parameters import parameters
from payers.estimate.trace.reason import Reason, Word, told, unknown
from payers.estimate.trace.session import Session

Which = Literal["deductible", "maximum"]
_PLACES = {
    "the-deductible": "/benefits/deductible",
    "the-maximum": "/benefits/out_of_pocket_max",
    "the-coinsurance-maximum": "/benefits/coinsurance_max",
    "the-drug-deductible": "/benefits/pharmacy/deductible",
    "the-drug-maximum": "/benefits/pharmacy/out_of_pocket_max",
    "the-outside-deductible": "/benefits/out_of_network/deductible",
    "the-outside-maximum": "/benefits/out_of_network/out_of_pocket_max",
}
"""Where each limit stands in the question."""
KINDS: dict[Which, LimitKind] = {"deductible": "deductible", "maximum": "out-of-pocket-maximum"}


def deductible(at: Session, line: Line, *, takes: bool) -> Iterator[Reason]:
    """The deductible where it takes its part, and where nothing is left of it, that it is met."""
    if takes:
        yield from _limit(at, line, "deductible")
        if (
            at.benefits
            and not at.benefits.deductible_counts_to_maximum
            and at.is_limited("out-of-pocket-maximum", line)
        ):
            yield told("deductible-outside-maximum")
        if _carried_over(at):
            yield told("carry-over")
    elif (
        any(terms.covered and terms.deductible_applies and not terms.preventive for terms in line.terms)
        and at.is_limited("deductible", line)
        and at.before.remaining("deductible", line.pool).high_cents == 0
        and not _is_reached(at, line)
    ):
        yield from _used_up("deductible-met", _source(at, line, "deductible"))


def maximum(at: Session, line: Line) -> Iterator[Reason]:
    """The out-of-pocket maximum, where it ends what the patient pays or may."""
    if not (at.is_limited("out-of-pocket-maximum", line) and any(terms.covered for terms in line.terms)):
        return
    if _is_reached(at, line):
        yield from _used_up("maximum-reached", _source(at, line, "maximum"))
    elif at.after.remaining("out-of-pocket-maximum", line.pool).low_cents == 0:
        yield from _limit(at, line, "maximum")


def coinsurance_maximum(at: Session, line: Line) -> Iterator[Reason]:
    """A yearly maximum on coinsurance alone, where it ends the coinsurance or may."""
    limit = at.benefits.coinsurance_max if at.benefits else None
    if limit and at.after.remaining("coinsurance-maximum", line.pool).low_cents == 0:
        yield from _told(limit, "maximum", "the-coinsurance-maximum")


def _used_up(key: str, limits: Iterable[Reason]) -> Iterator[Reason]:
    """Nothing is left of a limit, as whoever set it says; of a limit of nothing there never was anything."""
    several = [limit for limit in limits if ("amount", ZERO) not in limit.values]
    for limit in several:
        if limit.origin == several[0].origin:
            yield limit._replace(key=key, values=())


def _is_reached(at: Session, line: Line) -> bool:
    return (
        at.is_limited("out-of-pocket-maximum", line)
        and at.before.remaining("out-of-pocket-maximum", line.pool).high_cents == 0
    )


def _limit(at: Session, line: Line, which: Which) -> Iterator[Reason]:
    """The limit of a line, and how much of it was used up before the course."""
    several = list(_source(at, line, which))
    change = _new_tier(at)
    if change:
        yield told("tier-change", day=change.on)
    yield from several
    known = [amount for each in several if isinstance(amount := dict(each.values).get("amount"), Range)]
    if known and at.first_opening:
        left = at.first_opening.remaining(KINDS[which], line.pool)
        if left.width_cents > known[0].width_cents:
            yield unknown(f"{which}-used-unknown")
        elif left.high_cents < known[0].high_cents:
            place = several[0].place or f"{_PLACES[f'the-{which}']}/individual_cents"
            met = place.replace("_cents", "_met_cents")
            yield told(f"{which}-used", place=met, amount=exactly(known[0].high_cents - left.high_cents))


def _source(at: Session, line: Line, which: Which) -> Iterator[Reason]:
    """Where the limit comes from: the terms told, the programme, the law, or nobody knows it."""
    drug = (at.case.question.benefits or Benefits()).pharmacy if line.pool == PHARMACY else None
    of_programme = list(parameters(at, line, which))
    if drug and which == "deductible" and drug.deductible and drug.deductible.individual_cents is not None:
        yield from _told(drug.deductible, which, "the-drug-deductible")
    elif of_programme:
        yield from of_programme
    elif at.benefits is None:
        yield unknown("programme-unknown")
    else:
        yield from _of_plan(at, at.benefits, line, which)


def _of_plan(at: Session, benefits: Benefits, line: Line, which: Which) -> Iterator[Reason]:
    """The limit of the line's own pool where it has one, else the plan's; what nobody told the law may bound."""
    if line.pool == PHARMACY and benefits.pharmacy and (own := _of(benefits.pharmacy, which)):
        yield from _told(own, which, f"the-drug-{which}")
        return
    if line.pool == OUT_OF_NETWORK and benefits.out_of_network:
        yield from _told(_of(benefits.out_of_network, which) or Limit(), which, f"the-outside-{which}")
    else:
        yield from _told(_of(_new_tier(at) or benefits, which) or Limit(), which, f"the-{which}")
    if which == "maximum":
        yield from parameters(at, line, "ceiling")


def _new_tier(at: Session) -> TierChange | None:
    """The change of coverage tier whose limits hold."""
    change = at.benefits.tier_change if at.benefits else None
    return change if change and change.on <= at.slot.on else None


def _of(limits: Benefits | PharmacyLimits | OutOfNetwork | TierChange, which: Which) -> Limit | None:
    return limits.deductible if which == "deductible" else limits.out_of_pocket_max


def _told(limit: Limit, which: Which, name: str) -> Iterator[Reason]:
    """The amounts of one limit, one person's and the family's; `name` is the word for it."""
    if limit.individual_cents is not None:
        yield told(
            which, place=f"{_PLACES[name]}/individual_cents", amount=exactly(limit.individual_cents), limit=Word(name)
        )
    elif not limit.none and (limit.family_cents is None or limit.family_rule == "embedded"):
        yield unknown(f"{which}-unknown", limit=Word(name))
    if limit.family_cents is not None:
        place = f"{_PLACES[name]}/family_cents"
        yield told(f"{which}-family", place=place, amount=exactly(limit.family_cents), limit=Word(name))


def _carried_over(at: Session) -> bool:
    """Whether deductible of the year before may count in this one."""
    return bool(at.design and at.design.carry_over != "none" and at.outcome.years[at.position])
