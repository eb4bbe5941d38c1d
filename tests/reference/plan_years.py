"""A family's plan years once more, slow and obvious, written from the published rules and not from the product.

Money is handed out a cent at a time, percentages are fractions, and whatever was met, used or spent is counted anew
for every line from all the lines before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor, inf
from typing import NamedTuple

from tests.reference.plan_year_terms import (
    KINDS,
    Claim,
    Event,
    LimitKind,
    NewCardYear,
    NewLimits,
    NewYear,
    Opening,
    Reversal,
    YearlyLimit,
)


@dataclass
class Row:
    """One line as it came out."""

    claim: Claim
    year: int
    card_year: int
    covered: bool = True
    allowed: int = 0
    deductible: int = 0
    copay: int = 0
    coinsurance: int = 0
    not_covered: int = 0
    balance_bill: int = 0
    write_off: int = 0
    assistance: int = 0
    forgiven: int = 0
    plan: int = 0
    credit: dict[LimitKind, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    stands: bool = True

    @property
    def owed(self) -> int:
        return self.deductible + self.copay + self.coinsurance

    @property
    def patient(self) -> int:
        return self.owed - self.forgiven - self.assistance + self.balance_bill + self.not_covered


class Credited(NamedTuple):
    """Money that counts toward a limit: whose it is and from which pool of claims."""

    member: str
    pool: str
    cents: int
    on: date | None


class Household:
    """The lines so far, the limits that each year ended with, and how each year turned."""

    def __init__(self, opening: Opening) -> None:
        self.before = opening.met
        self.limits = [opening.limits]
        self.turns: list[NewYear] = []
        self.visits_allowed = opening.visits
        self.visits_before = opening.visits_used
        self.card = opening.card
        self.card_year = 0
        self.rows: list[Row] = []

    @property
    def year(self) -> int:
        """The running plan year, counted from nothing."""
        return len(self.turns)

    def happen(self, event: Event) -> None:
        match event:
            case Claim():
                self.rows.append(self.serve(event))
            case NewYear():
                self.turns.append(event)
                self.limits.append(self.limits[-1])
            case NewLimits(limits):
                self.limits[-1] = limits
            case NewCardYear(card):
                self.card = card
                self.card_year += 1
            case Reversal(number):
                self.rows[number].stands = False

    # limits

    def credited(self, kind: LimitKind, year: int) -> Iterator[Credited]:
        """What the lines of a year credited toward a kind of limit."""
        for row in self.rows:
            if row.stands and row.year == year:
                yield Credited(row.claim.member, row.claim.pool, row.credit[kind], row.claim.on)

    def carries_over(self, credit: Credited, year: int) -> bool:
        """Deductible of a year's last quarter counts again, where it was not met or the plan does not mind."""
        turn = self.turns[year]
        if turn.carry_over_since is None or credit.on is None or credit.on < turn.carry_over_since:
            return False
        return turn.carries_met_deductible or self.open("deductible", credit.member, credit.pool, year) > 0

    def met(self, limit: YearlyLimit, member: str | None, year: int) -> int:
        """What was met of a limit. What was told is of the first year, and of no last quarter."""
        credited = list(self.credited(limit.kind, year))
        if limit.kind == "deductible" and year > 0:
            credited += [each for each in self.credited(limit.kind, year - 1) if self.carries_over(each, year - 1)]
        total = 0
        for told in self.before if year == 0 else ():
            if told.limit == limit.number and member in (None, told.member):
                total += told.cents
        for credit in credited:
            if credit.pool not in limit.credited_by:
                continue
            if member is None or credit.member == member:
                total += credit.cents
        return total

    def open_of_one(self, limit: YearlyLimit, member: str, year: int) -> float:
        """The member's own part; where only the family's amount governs, the federal self-only maximum still stands."""
        own, family = self.met(limit, member, year), self.met(limit, None, year)
        answer = inf
        if limit.individual_cents is not None and (limit.family_rule == "embedded" or limit.family_cents is None):
            answer = min(answer, limit.individual_cents - own)
        if limit.self_only_cents is not None:
            answer = min(answer, limit.self_only_cents - own)
        if limit.family_cents is not None:
            answer = min(answer, limit.family_cents - family)
        return max(0, answer)

    def open(self, kind: LimitKind, member: str, pool: str, year: int | None = None) -> float:
        """What may still be asked; no deductible asks for nothing, no maximum stops nothing."""
        year = len(self.turns) if year is None else year
        answers = [
            self.open_of_one(limit, member, year)
            for limit in self.limits[year]
            if limit.kind == kind and pool in limit.governs
        ]
        if not answers:
            return 0 if kind == "deductible" else inf
        return min(answers)

    def visits(self, claim: Claim) -> int:
        count = 0 if self.turns else self.visits_before[claim.member]
        for row in self.rows:
            same = row.claim.member == claim.member and row.claim.counts_as_visit
            if same and row.stands and row.covered and row.year == len(self.turns):
                count += 1
        return count

    def card_money(self) -> int:
        assert self.card is not None
        money = self.card.left_cents
        for row in self.rows:
            if row.stands and row.card_year == self.card_year:
                money -= row.assistance
        return money

    # one line

    def serve(self, claim: Claim) -> Row:
        row = Row(claim, len(self.turns), self.card_year)
        charge = claim.charge_cents
        if claim.counts_as_visit and self.visits_allowed is not None:
            row.covered = self.visits(claim) < self.visits_allowed
        row.covered = row.covered and claim.terms.covered
        if not row.covered:
            row.allowed = row.not_covered = charge
        else:
            price = min(charge, claim.allowed_cents)
            gets = charge if claim.rate_cents is None else min(charge, claim.rate_cents)
            if claim.rate_cents is not None:
                price = min(price, gets)
                row.write_off = charge - gets
            elif claim.contracted:
                row.write_off = charge - price
                gets = price
            else:
                row.balance_bill = charge - price
                gets = price
            row.allowed = price
            free = claim.terms.preventive and (claim.contracted or claim.rate_cents is not None)
            if not free:
                self.divide(row, price)
            row.plan = gets - row.owed
            counted = row.owed
            if self.card is not None and claim.assisted:
                counted = self.assist(row)
            self.post(row, counted)
        return row

    def left(self, claim: Claim) -> tuple[float, float]:
        """What another such service can still use up of the deductible and of the maximum."""
        return (
            self.open("deductible", claim.member, claim.pool),
            self.open("out-of-pocket-maximum", claim.member, claim.pool),
        )

    def divide(self, row: Row, price: int) -> None:
        """Deductible, copay and coinsurance of one price, in the plan's order, then the maximum."""
        terms = row.claim.terms
        maximum = self.open("out-of-pocket-maximum", row.claim.member, row.claim.pool)
        rest = price
        for step in self.order(terms.copay_timing):
            if step == "copay":
                while rest and row.copay < terms.copay_cents:
                    row.copay += 1
                    rest -= 1
            elif terms.deductible_applies:
                most = self.open("deductible", row.claim.member, row.claim.pool)
                if terms.copay_credits_deductible:
                    most -= row.copay
                if terms.deductible_counts_to_maximum:
                    most = min(most, maximum)  # a maximum that is met ends the deductible too
                while rest and row.deductible < most:
                    row.deductible += 1
                    rest -= 1
        base = price - row.deductible if terms.coinsurance_on_gross else rest
        coinsurance = self.rounded(Fraction(terms.patient_share_bp, 10_000) * base)
        coinsurance = min(max(coinsurance, terms.coinsurance_min_cents), terms.coinsurance_max_cents)
        yearly = self.open("coinsurance-maximum", row.claim.member, row.claim.pool)
        while row.coinsurance < coinsurance and row.coinsurance < yearly and row.coinsurance < rest:
            row.coinsurance += 1
        self.cap(row, maximum)

    def order(self, timing: str | None) -> list[str]:
        return ["copay", "deductible"] if timing == "before-deductible" else ["deductible", "copay"]

    def rounded(self, exact: Fraction) -> int:
        return floor(exact + Fraction(1, 2))

    def counts_to_maximum(self, row: Row) -> dict[str, bool]:
        terms = row.claim.terms
        return {
            "deductible": terms.deductible_counts_to_maximum,
            "copay": terms.copay_counts_to_maximum,
            "coinsurance": True,
        }

    def cap(self, row: Row, maximum: float) -> None:
        """Beyond the maximum the plan pays: coinsurance is trimmed first, then the copay, unless it goes on."""
        counts = self.counts_to_maximum(row)

        def over() -> bool:
            return sum(getattr(row, part) for part in counts if counts[part]) > maximum

        while row.coinsurance and over():
            row.coinsurance -= 1
        while row.copay and counts["copay"] and not row.claim.terms.copay_after_maximum and over():
            row.copay -= 1

    def assist(self, row: Row) -> int:
        """The card pays what it can above the patient's floor; the answer is how much of the share then counts."""
        card = self.card
        assert card is not None
        money = self.card_money()
        while row.owed - row.assistance > card.patient_floor_cents and row.assistance < card.fill_limit_cents:
            if row.assistance == money:
                break
            row.assistance += 1
        if card.policy == "counts":
            return row.owed
        if card.policy == "accumulator":
            return row.owed - row.assistance if card.credits_own_money or not row.assistance else 0
        while row.owed - row.assistance - row.forgiven > card.patient_floor_cents:
            row.forgiven += 1
            row.plan += 1
        return 0

    def post(self, row: Row, counted: int) -> None:
        """What counts, counts as deductible first, then as copay; never beyond what was left of a limit."""
        deductible = self.open("deductible", row.claim.member, row.claim.pool)
        maximum = self.open("out-of-pocket-maximum", row.claim.member, row.claim.pool)
        counts = self.counts_to_maximum(row)
        cents = [part for part in ("deductible", "copay", "coinsurance") for _ in range(getattr(row, part))]
        for part in cents[:counted]:
            uses_deductible = part == "deductible" or (part == "copay" and row.claim.terms.copay_credits_deductible)
            if uses_deductible and row.credit["deductible"] < deductible:
                row.credit["deductible"] += 1
            if part == "coinsurance":
                row.credit["coinsurance-maximum"] += 1
            if counts[part] and row.credit["out-of-pocket-maximum"] < maximum:
                row.credit["out-of-pocket-maximum"] += 1
