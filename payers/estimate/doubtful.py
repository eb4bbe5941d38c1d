"""Terms of a plan that contradict each other or the law: used as they were told, and said to be doubtful."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from payers.catalogue.model import Cited
from payers.cost_share.design import YearAmount, year_amount
from payers.cost_share.ledger import Account
from payers.cost_share.line import PHARMACY
from payers.cost_share.plan import Benefits, CostShare, Limit, PharmacyLimits
from payers.estimate.case import Case
from payers.estimate.evaluate import Outcome
from payers.estimate.question import MedicareSecond, Medigap
from payers.estimate.second_payers import medigap_plan
from payers.estimate.unusable import stands_behind


class Doubt(NamedTuple):
    """What is doubtful, by key, with the amounts in cents that its sentence tells."""

    kind: str
    cents: Mapping[str, int]
    behind: tuple[Cited, ...] = ()


def doubts(case: Case, outcomes: Sequence[Outcome]) -> Iterator[Doubt]:
    """The doubts about the plan as it was told, and about what is said to be met of a programme's own limits.

    A deductible that counts toward the maximum is never above it, and what is met of the one is met of the other. The
    law limits the maximum of a plan in its network (45 CFR 156.130; 42 CFR 422.100(f)); only older and limited plans
    are outside it.
    """
    yield from _above_the_limit(case, outcomes)
    benefits = case.question.benefits
    if benefits is None or not any(each.design and each.design.benefits for each in outcomes):
        return
    deductible, maximum = benefits.deductible or Limit(), benefits.out_of_pocket_max or Limit()
    if benefits.deductible_counts_to_maximum:
        yield from _disagreeing(deductible, maximum)
    if any(_contradicts_itself(each) for each in _cost_shares(benefits)):
        yield Doubt("copay-timing-contradiction", {})
    yield from _above_the_law(case, benefits)


def _cost_shares(benefits: Benefits) -> Iterator[CostShare]:
    for several in (benefits.cost_shares, benefits.out_of_network and benefits.out_of_network.cost_shares):
        for share in msgspec.structs.astuple(several) if several else ():
            if share is not None:
                yield share


def _contradicts_itself(share: CostShare) -> bool:
    """Whether a copay stands before or after a deductible that is said not to apply."""
    timed = share.copay_timing in ("after-deductible", "before-deductible")
    return share.copay_cents is not None and timed and not share.deductible_applies


def _disagreeing(deductible: Limit, maximum: Limit) -> Iterator[Doubt]:
    for kind, smaller, larger in (
        ("deductible-above-maximum", deductible.individual_cents, maximum.individual_cents),
        ("deductible-above-maximum", deductible.family_cents, maximum.family_cents),
        ("met-amounts-disagree", deductible.individual_met_cents, maximum.individual_met_cents),
        ("met-amounts-disagree", deductible.family_met_cents, maximum.family_met_cents),
    ):
        if smaller is not None and larger is not None and smaller > larger:
            yield Doubt(kind, {"deductible": smaller, "maximum": larger})


def _above_the_law(case: Case, benefits: Benefits) -> Iterator[Doubt]:
    line = case.decisions[0].line_of_business
    program, name = {
        "commercial": ("aca", "oop-max-self"),
        "medicare-advantage": ("medicare-advantage", "moop-in-network"),
    }.get(line, (None, None))
    told_cents = benefits.out_of_pocket_max and benefits.out_of_pocket_max.individual_cents
    if program is None or name is None or told_cents is None or case.question.network == "out":
        return
    limit = year_amount(case.catalogue, program, name, case.start_on.year)
    if limit is not None and told_cents > limit.amount.high_cents:
        yield Doubt(
            "maximum-above-the-law", {"maximum": told_cents, "limit": limit.amount.high_cents}, limit.parameters
        )


def _above_the_limit(case: Case, outcomes: Sequence[Outcome]) -> Iterator[Doubt]:
    """What is told as met is more than any limit it can be of, in the calendar year that runs today."""
    year = case.today.year
    largest: dict[Account, tuple[int, tuple[YearAmount, ...]]] = {}
    for design in (each.design for each in outcomes):
        if design is None or design.benefits is not None:
            continue
        most = design.opening(year, False).most
        for account, cents in zip(most.accounts, most.left, strict=True):
            if account not in largest or cents > largest[account][0]:
                largest[account] = cents, design.amounts(year)
    for account, (limit_cents, amounts) in largest.items():
        met_cents = _met_cents(case.question.benefits or Benefits(), account)
        if met_cents is not None and met_cents > limit_cents:
            behind = [each.parameters for each in amounts if each.amount.high_cents == limit_cents]
            yield _met_above(met_cents, limit_cents, behind[0] if behind else ())
    for program, name, met_cents in _second_payers(case):
        limit = year_amount(case.catalogue, program, name, year)
        if limit is not None and met_cents is not None and met_cents > limit.amount.high_cents:
            yield _met_above(met_cents, limit.amount.high_cents, limit.parameters)


def _met_cents(told: Benefits, account: Account) -> int | None:
    limits = told if account.governs != frozenset({PHARMACY}) else told.pharmacy or PharmacyLimits()
    limit = limits.deductible if account.kind == "deductible" else limits.out_of_pocket_max
    if limit is None:
        return None
    return limit.individual_met_cents if account.member is not None else limit.family_met_cents


def _second_payers(case: Case) -> Iterator[tuple[str, str, int | None]]:
    """The yearly amount of each second payer that has one, and what is told as met of it."""
    decision = case.decisions[0]
    for other in case.question.other_coverage:
        if not stands_behind(other, case.question, decision):
            continue
        if isinstance(other, MedicareSecond):
            yield "medicare-part-b", "deductible", other.deductible_met_cents
        elif isinstance(other, Medigap) and (parameter := medigap_plan(case, other).limit_parameter):
            program, name = parameter.split(".")
            yield program, name, other.met_cents


def _met_above(met_cents: int, limit_cents: int, behind: tuple[Cited, ...]) -> Doubt:
    return Doubt("met-above-limit", {"met": met_cents, "limit": limit_cents}, behind)
