"""The comparison finds a fault: with one rule of the reference broken, a few hundred cases are enough to disagree."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from math import floor, inf
from typing import Any

import pytest

from tests.reference import second_payers
from tests.reference.agreement import disagreement, told
from tests.reference.plan_year_cases import plan_year_case
from tests.reference.plan_year_terms import Claim, LimitKind, YearlyLimit
from tests.reference.plan_years import Credited, Household, Row
from tests.reference.second_payer_cases import (
    coordination_case,
    medicaid_case,
    medicare_second_case,
    part_b_case,
    tricare_case,
)
from tests.reference.second_payers import PartBRow, Shared, most
from tests.reference.test_plan_years import differences
from tests.reference.test_second_payers import of_coordination, of_medicaid, of_medicare_second, of_part_b, of_tricare

FEW = range(400)


class CopayAlwaysFirst(Household):
    def order(self, timing: str | None) -> list[str]:
        return ["copay", "deductible"]


class RoundedDown(Household):
    def rounded(self, exact: Fraction) -> int:
        return floor(exact)


class CopayTrimmedFirst(Household):
    def cap(self, row: Row, maximum: float) -> None:
        counts = self.counts_to_maximum(row)
        while row.copay and counts["copay"] and sum(getattr(row, part) for part in counts if counts[part]) > maximum:
            row.copay -= 1
        super().cap(row, maximum)


class NoMaximum(Household):
    def cap(self, row: Row, maximum: float) -> None:
        """The excess over the maximum stays the patient's."""


class WholePriceCreditsTheFamily(Household):
    """A mistake that published examples make: the family is credited with a member's whole expense."""

    def met(self, limit: YearlyLimit, member: str | None, year: int) -> int:
        if member is not None or limit.kind != "deductible":
            return super().met(limit, member, year)
        return sum(row.claim.allowed_cents for row in self.rows if row.stands and row.year == year)


class SelfOnlyMaximumForgotten(Household):
    def open_of_one(self, limit: YearlyLimit, member: str, year: int) -> float:
        return super().open_of_one(limit._replace(self_only_cents=None), member, year)


class AggregateTakenAsEmbedded(Household):
    def open_of_one(self, limit: YearlyLimit, member: str, year: int) -> float:
        return super().open_of_one(limit._replace(family_rule="embedded"), member, year)


class CrossCreditForgotten(Household):
    def met(self, limit: YearlyLimit, member: str | None, year: int) -> int:
        return super().met(limit._replace(credited_by=limit.governs), member, year)


class CoinsuranceMaximumForgotten(Household):
    def open(self, kind: LimitKind, member: str, pool: str, year: int | None = None) -> float:
        return inf if kind == "coinsurance-maximum" else super().open(kind, member, pool, year)


class CardAlwaysCounts(Household):
    def assist(self, row: Row) -> int:
        super().assist(row)
        return row.owed


class MetDeductibleCarriesOver(Household):
    def carries_over(self, credit: Credited, year: int) -> bool:
        since = self.turns[year].carry_over_since
        return since is not None and credit.on is not None and credit.on >= since


class VisitsOfTheFamily(Household):
    def visits(self, claim: Claim) -> int:
        return sum(row.claim.counts_as_visit and row.stands and row.covered for row in self.rows)


@pytest.mark.parametrize("broken", Household.__subclasses__(), ids=lambda broken: broken.__name__)
def test_a_broken_rule_of_the_plan_year_is_found(broken: type[Household]) -> None:
    found = disagreement(plan_year_case, partial(differences, household=broken), FEW)
    assert found is not None
    assert found.startswith("seed ")


def no_bank(method: str, claim: Shared) -> int:
    return most(claim.allowable - claim.primary_paid, claim.alone)


def no_copay_of_n(letter: str, row: PartBRow, visit: str | None, limit_left: int) -> int:
    return RIGHT_SUPPLEMENT(letter, row, None, limit_left)


def limit_never_reached(letter: str, row: PartBRow, visit: str | None, limit_left: int) -> int:
    return RIGHT_SUPPLEMENT(letter, row, visit, 10**9 if letter in "KL" else limit_left)


def high_deductible_met(letter: str, row: PartBRow, visit: str | None, limit_left: int) -> int:
    return RIGHT_SUPPLEMENT(letter, row, visit, 0 if letter.endswith("-HD") else limit_left)


def first_limit_alone(*limits: int) -> int:
    return max(0, limits[0])


RIGHT_SUPPLEMENT = second_payers.supplement


@pytest.mark.parametrize(
    ("case", "compare", "rule", "fault"),
    [
        (coordination_case, of_coordination, "benefit", no_bank),
        (part_b_case, of_part_b, "supplement", no_copay_of_n),
        (part_b_case, of_part_b, "supplement", limit_never_reached),
        (part_b_case, of_part_b, "supplement", high_deductible_met),
        (part_b_case, of_part_b, "rounded", floor),
        (medicare_second_case, of_medicare_second, "most", first_limit_alone),
        (tricare_case, of_tricare, "rounded", floor),
        (medicaid_case, of_medicaid, "most", first_limit_alone),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_broken_rule_of_a_second_payer_is_found(
    monkeypatch: pytest.MonkeyPatch, case: Any, compare: Any, rule: str, fault: Callable[..., int]
) -> None:
    monkeypatch.setattr(second_payers, rule, fault)
    assert disagreement(case, compare, FEW) is not None


def test_a_disagreement_is_told_with_its_seed_and_nothing_idle() -> None:
    def both(_: str, steps: Sequence[int]) -> list[str]:
        return ["two and four"] if {2, 4} <= set(steps) else []

    assert disagreement(lambda _: ("a plan", [1, 2, 3, 4, 5]), both, [7]) == "seed 7\n'a plan'\n2\n4\ntwo and four"
    assert told(Claim(5, 6, member="Ana")) == "Claim(allowed_cents=5, charge_cents=6, member='Ana')"
