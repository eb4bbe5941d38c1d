"""A plan year of claims: each line through the limits, in order, for every member of the family.

Events are folded over a book. A claim's parts always add up: charge = plan + assistance + patient + write-off.
Source of the order of steps: the plan's own words as on a summary of benefits (45 CFR 147.200), each of them a term.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from payers.cost_share.accumulators import (
    Posting,
    YearlyLimit,
    carried_over,
    remaining_cents,
)
from payers.cost_share.adjudicate import NOTHING, Share, Terms, adjudicate
from payers.cost_share.assistance import POLICIES, Card, Policy
from payers.cost_share.credit import credit_for


class Claim(NamedTuple):
    """One line. Without a charge the plan's allowed amount is the charge.

    `contracted` is false for a provider who may ask for more than the plan allows. `visit` names the kind of service
    that a visit limit counts; beyond it nothing is covered.
    """

    allowed_cents: int
    terms: Terms = Terms()
    charge_cents: int | None = None
    contracted: bool = True
    member: str = ""
    pool: str = "in"
    visit: str | None = None
    on: date | None = None
    assisted: bool = True


class NewYear(NamedTuple):
    """The limits restart, on whatever day the plan year begins.

    `carry_over_since` is the first day of the quarter whose deductible credit comes along, absent where none does.
    """

    carry_over_since: date | None = None
    carries_met_deductible: bool = False


class NewLimits(NamedTuple):
    """Coverage changes within the year: what was credited stays, the limits are the new tier's."""

    limits: tuple[YearlyLimit, ...]


class NewCardYear(NamedTuple):
    """The card's programme year restarts; it need not be the plan's."""

    card: Card


class Reversal(NamedTuple):
    """A line, by its position, is taken back: its money, its credit, its visit."""

    line: int


Event = Claim | NewYear | NewLimits | NewCardYear | Reversal


class Money(NamedTuple):
    """Who bears a charge, in cents. The patient's part is the share less what assistance and a maximizer take off."""

    charge_cents: int = 0
    allowed_cents: int = 0
    share: Share = NOTHING
    balance_bill_cents: int = 0
    write_off_cents: int = 0
    assistance_cents: int = 0
    plan_pays_cents: int = 0

    @property
    def patient_responsibility_cents(self) -> int:
        """What the patient owes before assistance."""
        return self.share.patient_cents + self.balance_bill_cents

    @property
    def patient_pays_cents(self) -> int:
        """What the patient hands over."""
        return self.charge_cents - self.write_off_cents - self.plan_pays_cents - self.assistance_cents


class Line(NamedTuple):
    """One adjudicated claim, and what its member has left in its pool afterwards."""

    claim: Claim
    money: Money
    posting: Posting
    deductible_remaining_cents: int
    out_of_pocket_remaining_cents: int
    covered: bool
    """Whether the plan covers the service and its visits were not used up."""
    card_ran_dry: bool
    """The card would have paid more had it held more."""
    year: int
    card_year: int
    reversed: bool = False


class Book(NamedTuple):
    """The plan years so far. `postings` are what others credited before the first line.

    `visit_limits` tells how many visits of a kind the plan covers for each member in a plan year. `ended` has, for each
    year that is over, the limits it ended with and how the next one began.
    """

    limits: tuple[YearlyLimit, ...] = ()
    visit_limits: Mapping[str, int] = {}
    card: Card | None = None
    postings: tuple[Posting, ...] = ()
    lines: tuple[Line, ...] = ()
    ended: tuple[tuple[tuple[YearlyLimit, ...], NewYear], ...] = ()
    card_year: int = 0

    @property
    def year(self) -> int:
        """The running plan year, counted from nothing."""
        return len(self.ended)

    @property
    def journal(self) -> tuple[Posting, ...]:
        """The running year's credits: what stood before its first line, then the posting of each line that stands.

        Told anew from the lines, so a line taken back later takes with it what it carried over.
        """
        journal = (*self.postings, *self._posted_in(0))
        for year, (limits, turn) in enumerate(self.ended, start=1):
            since = turn.carry_over_since
            carried = carried_over(limits, journal, since, even_if_met=turn.carries_met_deductible) if since else ()
            journal = (*carried, *self._posted_in(year))
        return journal

    def _posted_in(self, year: int) -> tuple[Posting, ...]:
        return tuple(line.posting for line in self.lines if line.year == year and not line.reversed)

    @property
    def total(self) -> Money:
        """All lines together that still stand."""
        standing = [line.money for line in self.lines if not line.reversed]
        return Money(
            charge_cents=sum(money.charge_cents for money in standing),
            allowed_cents=sum(money.allowed_cents for money in standing),
            share=Share(*(sum(part) for part in zip(NOTHING, *(money.share for money in standing), strict=True))),
            balance_bill_cents=sum(money.balance_bill_cents for money in standing),
            write_off_cents=sum(money.write_off_cents for money in standing),
            assistance_cents=sum(money.assistance_cents for money in standing),
            plan_pays_cents=sum(money.plan_pays_cents for money in standing),
        )

    @property
    def card_dry_at(self) -> int | None:
        """The line at which the card first paid less than it would have."""
        return next((number for number, line in enumerate(self.lines) if line.card_ran_dry), None)

    def remaining_cents(self, member: str, pool: str) -> tuple[int, int]:
        """What is left of the deductible and of the out-of-pocket maximum."""
        return (
            remaining_cents(self.limits, "deductible", self.journal, member, pool),
            remaining_cents(self.limits, "out-of-pocket-maximum", self.journal, member, pool),
        )


def run(book: Book, events: Iterable[Event]) -> Book:
    """The book after the events, in their order."""
    for event in events:
        match event:
            case Claim():
                book = _claimed(book, event)
            case NewYear():
                book = book._replace(ended=(*book.ended, (book.limits, event)))
            case NewLimits(limits):
                book = book._replace(limits=limits)
            case NewCardYear(card):
                book = book._replace(card=card, card_year=book.card_year + 1)
            case Reversal(number):
                book = _reversed(book, number)
    return book


def worlds(book: Book, card: Card, events: Iterable[Event]) -> dict[Policy, Book]:
    """The same year under each thing a plan may do with the card's money."""
    told = tuple(events)
    return {policy: run(book._replace(card=card._replace(policy=policy)), told) for policy in POLICIES}


def _claimed(book: Book, claim: Claim) -> Book:
    terms = claim.terms._replace(
        covered=claim.terms.covered and not _visits_used_up(book, claim),
        # free preventive care is a promise about the plan's own network (45 CFR 147.130(a)(3))
        preventive=claim.terms.preventive and claim.contracted,
    )
    charge = claim.allowed_cents if claim.charge_cents is None else claim.charge_cents
    allowed = min(charge, claim.allowed_cents) if terms.covered else charge
    journal = book.journal
    deductible_left, maximum_left, coinsurance_left = (
        remaining_cents(book.limits, kind, journal, claim.member, claim.pool)
        for kind in ("deductible", "out-of-pocket-maximum", "coinsurance-maximum")
    )
    share = adjudicate(allowed, terms, deductible_left, maximum_left, coinsurance_left)

    owed, excess = share.cost_share_cents, charge - allowed
    card = book.card if claim.assisted else None
    paid = card.pays_cents(owed) if card else 0
    money = Money(
        charge_cents=charge,
        allowed_cents=allowed,
        share=share,
        balance_bill_cents=0 if claim.contracted else excess,
        write_off_cents=excess if claim.contracted else 0,
        assistance_cents=paid,
        plan_pays_cents=allowed - share.patient_cents + (card.forgiven_cents(owed) if card else 0),
    )
    counted = card.counted_cents(owed, paid) if card else owed
    credit = credit_for(share, terms, counted, deductible_left, maximum_left)
    posting = Posting(claim.member, claim.pool, credit, claim.on)
    line = Line(
        claim,
        money,
        posting,
        remaining_cents(book.limits, "deductible", (*journal, posting), claim.member, claim.pool),
        remaining_cents(book.limits, "out-of-pocket-maximum", (*journal, posting), claim.member, claim.pool),
        covered=terms.covered,
        card_ran_dry=card is not None and paid < card.wanted_cents(owed),
        year=book.year,
        card_year=book.card_year,
    )
    return book._replace(lines=(*book.lines, line), card=card.less(paid) if card else book.card)


def _visits_used_up(book: Book, claim: Claim) -> bool:
    if claim.visit is None or claim.visit not in book.visit_limits:
        return False
    used = sum(
        line.year == book.year
        and not line.reversed
        and line.covered
        and (line.claim.member, line.claim.visit) == (claim.member, claim.visit)
        for line in book.lines
    )
    return used >= book.visit_limits[claim.visit]


def _reversed(book: Book, number: int) -> Book:
    line = book.lines[number]
    if line.reversed:
        return book
    card = book.card
    if card and line.card_year == book.card_year:
        card = card.less(-line.money.assistance_cents)
    lines = (*book.lines[:number], line._replace(reversed=True), *book.lines[number + 1 :])
    return book._replace(card=card, lines=lines)
