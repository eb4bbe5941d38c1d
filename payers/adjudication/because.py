"""Why an amount is what it is: the plan's term behind each part of a service, by key and in a sentence."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from payers.adjudication.answer import Because
from payers.adjudication.course import Step
from payers.adjudication.question import AdjudicationQuestion, ServiceInput
from payers.cost_share.adjudicate import ALMOST_UNLIMITED, NOT_COVERED, Terms, base_is_open, settled
from payers.cost_share.credit import LimitKind
from payers.cost_share.ledger import Opening
from payers.cost_share.line import OUT_OF_NETWORK, PATIENT, PHARMACY
from payers.cost_share.money import Range
from payers.cost_share.plan import CostShare, CostShares, Limit
from payers.estimate.words import amount, day, money, percent, say
from payers.second_payers.card import Card


class Told(NamedTuple):
    """One service that was adjudicated, with all that its reasons are read from.

    `new_year` and `new_tier`: with it the limits start again, or are those of a new tier, for its member. `carried` is
    the deductible of the last plan year that counts again.
    """

    asked: AdjudicationQuestion
    service: ServiceInput
    step: Step
    new_year: bool = False
    new_tier: bool = False
    carried: Range | None = None
    taken_back_by: str | None = None

    def because(self, part: str, key: str, **values: str) -> Because:
        """One reason, in the language of whoever asks."""
        return Because(amount=part, key=key, sentence=say(self.asked.lang, "adjudication", key, **values))

    def money(self, cents: Range) -> str:
        """An amount in words."""
        return amount(self.asked.lang, cents)

    @property
    def share(self) -> CostShare:
        """The terms as they were told; nothing told is a cost share with everything open."""
        benefits, service = self.asked.benefits, self.service
        if service.cost_share:
            return service.cost_share
        outside = benefits.out_of_network if service.settled_as == "out" else None
        shares = (outside.cost_shares if outside else benefits.cost_shares) or CostShares()
        own: CostShare | None = getattr(shares, service.kind)
        return own or (None if service.kind == "pharmacy_drug" else shares.default) or CostShare()


class Left(NamedTuple):
    """What is left of a limit for a service, and whose limit that is."""

    amount: Range | None
    """Absent where nobody knows a limit."""
    owner: Literal["", "-family", "-self-only"]


def left(opening: Opening, kind: LimitKind, told: Told) -> Left:
    """What a service of this member and pool can still use up."""
    line = told.step.bounds.line
    remaining = opening.remaining(kind, line.pool, line.member)
    known = None if remaining.high_cents >= ALMOST_UNLIMITED else remaining
    own, family = _of(opening, kind, line.pool, line.member), _of(opening, kind, line.pool, None)
    if family is not None and (own is None or family.high_cents < own.low_cents):
        return Left(known, "-family")
    limit = told.asked.benefits.out_of_pocket_max or Limit()
    by_law = kind == "out-of-pocket-maximum" and limit.family_rule == "aggregate" and own and family
    return Left(known, "-self-only" if by_law and family and own and own.high_cents < family.low_cents else "")


def reasons(told: Told) -> Iterator[Because]:
    """The terms that made one service's amounts, in the order in which the amounts come about."""
    yield from _beginning(told)
    yield from _amounts(told)
    if told.taken_back_by is not None:
        yield told.because("patient_pays", "reversed", label=told.taken_back_by)


def _beginning(told: Told) -> Iterator[Because]:
    if told.new_year:
        yield told.because("deductible", "new-plan-year")
    change = told.asked.benefits.tier_change
    if told.new_tier and change:
        yield told.because("deductible", "new-tier", day=day(told.asked.lang, change.on))
    if told.carried and told.carried.high_cents > 0:
        yield told.because("deductible", "carry-over", amount=told.money(told.carried))


def _amounts(told: Told) -> Iterator[Because]:
    service, step, share = told.service, told.step, told.share
    bounds, limit = step.bounds, told.asked.benefits.visit_limit
    if bounds.line.terms == (NOT_COVERED,):
        if share.covered and limit:
            yield told.because("not_covered", "visit-limit-reached", visits=str(limit.visits))
        else:
            yield told.because("not_covered", "not-covered")
        return
    if limit and NOT_COVERED in bounds.line.terms:
        yield told.because("not_covered", "visit-limit-open", visits=str(limit.visits))
    if service.billed_cents < (service.allowed_cents or 0):
        yield told.because("allowed", "charge-below-allowed")
    if service.network == "in" and service.billed_cents > bounds.line.allowed.low_cents:
        yield told.because("write_off", "write-off")
    if service.out_of_network_rate_cents is not None:
        yield told.because("balance_bill", "no-surprises", rate=money(service.paid_cents))
    if bounds.balance_bill.high_cents:
        yield told.because("balance_bill", "balance-bill")
    if service.settled_as == "in" and (share.preventive or service.preventive):
        yield told.because("plan_pays", "preventive")
        return
    yield from _apart(told)
    terms = settled(share)
    yield _deductible(told, terms)
    yield from _copay(told, terms)
    yield from _coinsurance(told)
    yield from _maximum(told)
    yield told.because("plan_pays", "plan-pays")
    yield from _second_payers(told)


def _apart(told: Told) -> Iterator[Because]:
    """Limits of its own for the pool of the service."""
    benefits, pool = told.asked.benefits, told.step.bounds.line.pool
    if pool == PHARMACY and benefits.pharmacy:
        yield told.because("deductible", "limits-pharmacy")
    elif benefits.out_of_network and benefits.out_of_network.cross_credit:
        yield told.because("deductible", "limits-cross-credit")
    elif pool == OUT_OF_NETWORK and benefits.out_of_network:
        yield told.because("deductible", "limits-out-of-network")


def _deductible(told: Told, terms: list[Terms]) -> Because:
    if not any(each.deductible_applies for each in terms):
        return told.because("deductible", "deductible-waived")
    remaining, owner = left(told.step.before, "deductible", told)
    if remaining is None:
        return told.because("deductible", "deductible-open")
    if remaining.high_cents == 0:
        return told.because("deductible", f"deductible-met{owner}")
    return told.because("deductible", f"deductible{owner}", left=told.money(remaining))


def _copay(told: Told, terms: list[Terms]) -> Iterator[Because]:
    share = told.share
    if share.copay_cents is None:
        return
    timings = {each.copay_timing for each in terms}
    key = f"copay-{timings.pop()}" if len(timings) == 1 else "copay-open"
    yield told.because("copay", key, copay=money(share.copay_cents))
    if share.copay_credits_deductible:
        yield told.because("copay", "copay-credits-deductible")
    if not share.copay_counts_to_maximum:
        yield told.because("copay", "copay-outside-maximum")
    elif share.copay_after_maximum:
        yield told.because("copay", "copay-after-maximum")


def _coinsurance(told: Told) -> Iterator[Because]:
    share, step = told.share, told.step
    if share.patient_share_bp is None and share.copay_cents is None:
        yield told.because("coinsurance", "coinsurance-open")
    elif share.patient_share_bp:
        told_percent = percent(share.patient_share_bp)
        base = "base-open" if base_is_open(share) else share.coinsurance_base or "net-of-copay"
        yield told.because("coinsurance", f"coinsurance-{base}", percent=told_percent)
    for end, cents in (("min", share.coinsurance_min_cents), ("max", share.coinsurance_max_cents)):
        if cents is not None:
            yield told.because("coinsurance", f"coinsurance-{end}", amount=money(cents))
    if told.asked.benefits.coinsurance_max is None:
        return
    before, _ = left(step.before, "coinsurance-maximum", told)
    after, _ = left(step.after, "coinsurance-maximum", told)
    if before and after and after.low_cents == 0:
        key = "-met" if before.high_cents == 0 else "-open" if after.high_cents else ""
        yield told.because("coinsurance", f"coinsurance-year-max{key}")


def _maximum(told: Told) -> Iterator[Because]:
    """The out-of-pocket maximum, where it ends the patient's share or may."""
    if not told.asked.benefits.deductible_counts_to_maximum and told.step.bounds.deductible.high_cents:
        yield told.because("deductible", "deductible-outside-maximum")
    before, _ = left(told.step.before, "out-of-pocket-maximum", told)
    after, owner = left(told.step.after, "out-of-pocket-maximum", told)
    if before is None or after is None:
        yield told.because("patient_pays", "out-of-pocket-max-unknown")
    elif before.high_cents == 0:
        yield told.because("patient_pays", f"out-of-pocket-max-met{owner}")
    elif after.high_cents == 0:
        yield told.because("patient_pays", f"out-of-pocket-max{owner}", left=told.money(before))
    elif after.low_cents == 0:
        yield told.because("patient_pays", "out-of-pocket-max-open")


def _second_payers(told: Told) -> Iterator[Because]:
    asked, bounds = told.asked, told.step.bounds
    if asked.other_coverage and bounds.line.member == PATIENT:
        yield told.because("other_payers_pay", f"other-plan-{asked.other_coverage.method or 'open'}")
    if asked.card and bounds.line.component == "drug":
        yield told.because("assistance", f"card-{asked.card.policy or 'open'}")
        if any(isinstance(payer, Card) and payer.limit.left.high_cents == 0 for payer in told.step.behind):
            yield told.because("assistance", "card-dry")


def _of(opening: Opening, kind: LimitKind, pool: str, owner: str | None) -> Range | None:
    """What is left of the limits of one owner alone that govern a pool."""
    rows = [
        (max(0, low), max(0, high))
        for account, low, high in zip(opening.least.accounts, opening.least.left, opening.most.left, strict=True)
        if account.kind == kind and account.member == owner and (account.governs is None or pool in account.governs)
    ]
    if not rows:
        return None
    return Range(low_cents=min(low for low, _ in rows), high_cents=min(high for _, high in rows))
