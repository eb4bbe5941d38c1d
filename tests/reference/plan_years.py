"""A family's plan years once more, slow and obvious, written from the published rules and not from the product.

Money is handed out a cent at a time, percentages are fractions, and whatever was met, used or spent is counted anew
for every line from all the lines before it. Of the product only the input values are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor, inf
from typing import NamedTuple

from payers.cost_share.accumulators import YearlyLimit
from payers.cost_share.plan_year import Book, Claim, Event, NewCardYear, NewLimits, NewYear, Reversal

KINDS = ("deductible", "coinsurance-maximum", "out-of-pocket-maximum")


@dataclass
class Row:
    """One line as it came out."""

    claim: Claim
    year: int
    card_year: int
    covered: bool = True
    deductible: int = 0
    copay: int = 0
    coinsurance: int = 0
    not_covered: int = 0
    balance_bill: int = 0
    write_off: int = 0
    assistance: int = 0
    forgiven: int = 0
    plan: int = 0
    credit: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    left: tuple[float, float] = (0, 0)
    card_ran_dry: bool = False
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

    def __init__(self, opening: Book) -> None:
        self.before = opening.postings
        self.limits = [opening.limits]
        self.turns: list[NewYear] = []
        self.visits_allowed = opening.visit_limits
        self.card = opening.card
        self.card_year = 0
        self.rows: list[Row] = []

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

    def credited(self, kind: str, year: int) -> Iterator[Credited]:
        """What was credited toward a kind of limit within a year."""
        if year == 0:
            for posting in self.before:
                yield Credited(posting.member, posting.pool, posting.credit[KINDS.index(kind)], posting.on)
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
        credited = list(self.credited(limit.kind, year))
        if limit.kind == "deductible" and year > 0:
            credited += [each for each in self.credited(limit.kind, year - 1) if self.carries_over(each, year - 1)]
        total = 0
        for credit in credited:
            if limit.credited_by is not None and credit.pool not in limit.credited_by:
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

    def open(self, kind: str, member: str, pool: str, year: int | None = None) -> float:
        """What may still be asked; no deductible asks for nothing, no maximum stops nothing."""
        year = len(self.turns) if year is None else year
        answers = [
            self.open_of_one(limit, member, year)
            for limit in self.limits[year]
            if limit.kind == kind and (limit.governs is None or pool in limit.governs)
        ]
        if not answers:
            return 0 if kind == "deductible" else inf
        return min(answers)

    def visits(self, claim: Claim) -> int:
        count = 0
        for row in self.rows:
            same = (row.claim.member, row.claim.visit) == (claim.member, claim.visit)
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
        charge = claim.allowed_cents if claim.charge_cents is None else claim.charge_cents
        if claim.visit is not None and claim.visit in self.visits_allowed:
            row.covered = self.visits(claim) < self.visits_allowed[claim.visit]
        row.covered = row.covered and claim.terms.covered
        if not row.covered:
            row.not_covered = charge
        else:
            price = min(charge, claim.allowed_cents)
            if claim.contracted:
                row.write_off = charge - price
            else:
                row.balance_bill = charge - price
            if not (claim.terms.preventive and claim.contracted):
                self.divide(row, price)
            row.plan = price - row.owed
            counted = row.owed
            if self.card is not None and claim.assisted:
                counted = self.assist(row)
            self.post(row, counted)
        self.rows.append(row)
        row.left = (
            self.open("deductible", claim.member, claim.pool),
            self.open("out-of-pocket-maximum", claim.member, claim.pool),
        )
        self.rows.pop()
        return row

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

    def order(self, timing: str) -> list[str]:
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
                row.card_ran_dry = True
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
