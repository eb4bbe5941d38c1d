"""A Medicare drug plan beside medical coverage: its own deductible, share and cap."""

import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.bounds import Period, run
from payers.cost_share.line import MEDICAL, PHARMACY, Line, Visit
from payers.cost_share.money import Range, exactly
from payers.cost_share.plan import Benefits, CostShare, CostShares, Limit, PharmacyLimits
from payers.cost_share.programmes import medicare

STANDARD = CostShares(pharmacy_drug=CostShare(patient_share_bp=2_500))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(load_release())


def test_the_standard_benefit_ends_at_its_cap_and_the_visit_keeps_its_own_deductible(catalogue: Catalogue) -> None:
    told = Benefits(cost_shares=STANDARD, pharmacy=PharmacyLimits(deductible=Limit(individual_cents=61_500)))
    design = medicare.with_part_d(medicare.part_b(catalogue, None, 2026), catalogue, told)
    drug = Line("drug", None, None, exactly(130_000), design.terms_for("pharmacy_drug"), pool=PHARMACY)
    visit = Line("visit", None, None, exactly(15_000), design.terms_for("visit"))
    bounds = run([Visit(0, (drug, visit))] * 10, [Period(design.opening(2026, False))])
    # 615 + 25% of 685 = 786.25; then 325 a fill until 2,100 are paid: 786.25 + 4 x 325 = 2,086.25
    drugs = [each.lines[0].patient_pays.low_cents for each in bounds.visits]
    assert drugs == [78_625, 32_500, 32_500, 32_500, 32_500, 1_375, 0, 0, 0, 0]
    # Part B's 283 in the first two visits, then a fifth
    visits = [each.lines[1].patient_pays.low_cents for each in bounds.visits]
    assert visits[:3] == [15_000, 13_300 + 340, 3_000]


@pytest.mark.parametrize(
    ("year", "deductible", "cap"),
    [
        (2024, Range(low_cents=0, high_cents=54_500), Range(low_cents=0, high_cents=UNLIMITED_CENTS)),
        (2025, Range(low_cents=0, high_cents=59_000), exactly(200_000)),
        (2026, Range(low_cents=0, high_cents=61_500), exactly(210_000)),
        (2027, Range(low_cents=0, high_cents=70_000), exactly(240_000)),
    ],
)
def test_a_plan_s_deductible_is_at_most_the_standard_one_and_2024_had_no_cap(
    catalogue: Catalogue, year: int, deductible: Range, cap: Range
) -> None:
    opening = medicare.with_part_d(medicare.part_b(catalogue, None, year), catalogue, None).opening(year, False)
    assert opening.remaining("deductible", PHARMACY) == deductible
    assert opening.remaining("out-of-pocket-maximum", PHARMACY) == cap
    assert opening.remaining("out-of-pocket-maximum", MEDICAL) == exactly(UNLIMITED_CENTS)


def test_what_is_met_of_the_drug_plan_is_its_own(catalogue: Catalogue) -> None:
    met = Limit(individual_met_cents=61_500)
    told = Benefits(pharmacy=PharmacyLimits(deductible=met, out_of_pocket_max=met))
    opening = medicare.with_part_d(medicare.part_b(catalogue, told, 2026), catalogue, told).opening(2026, True)
    assert opening.remaining("deductible", PHARMACY) == exactly(0)
    assert opening.remaining("out-of-pocket-maximum", PHARMACY) == exactly(148_500)
    assert opening.remaining("deductible", MEDICAL) == Range(low_cents=0, high_cents=28_300)
