"""Public programmes take their amounts from the catalogue, year by year, and say which are not final."""

from datetime import date

import msgspec
import pytest

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.catalogue.vocabulary import Network
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms
from payers.cost_share.bounds import Period, run
from payers.cost_share.design import Design, Turn, from_benefits, year_amount
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, Line, Visit
from payers.cost_share.money import Range, exactly
from payers.cost_share.plan import Benefits, Limit, OutOfNetwork
from payers.cost_share.programmes import champva, medicaid, medicare, tricare
from payers.cost_share.programmes.tricare import Beneficiary

NOTHING_MET = Benefits(deductible=Limit(individual_met_cents=0), out_of_pocket_max=Limit(individual_met_cents=0))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(load_release())


def course(design: Design, allowed_cents: int, sessions: int, year: int = 2026) -> list[Range]:
    """What the patient pays of so many equal sessions in one plan year, nothing met before."""
    turns = [Turn(date(year, 3, 2), number + 1, running=True) for number in range(sessions)]
    lines = [Line("session", None, None, exactly(allowed_cents), design.terms_for("default", [turn])) for turn in turns]
    bounds = run([Visit(0, (line,)) for line in lines], [Period(design.opening(year, False))])
    return [visit.patient_pays for visit in bounds.visits]


def test_medicare_takes_a_fifth_after_the_year_s_deductible(catalogue: Catalogue) -> None:
    design = medicare.part_b(catalogue, None, 2026)
    # 283 + 20% of (1,356.08 - 283) = 283 + 214.62; later 20% of 1,356.08
    assert course(design, 135_608, 2) == [exactly(49_762), exactly(27_122)]


@pytest.mark.parametrize(
    ("year", "deductible", "settled"),
    [
        (2024, exactly(24_000), True),
        (2025, exactly(25_700), True),
        (2026, exactly(28_300), True),
        (2027, Range(low_cents=28_300, high_cents=29_200), False),
        (2028, Range(low_cents=28_300, high_cents=29_200), False),
    ],
)
def test_a_forecast_is_never_final(catalogue: Catalogue, year: int, deductible: Range, *, settled: bool) -> None:
    design = medicare.part_b(catalogue, None, 2026)
    amount, coinsurance = design.amounts(year)
    assert coinsurance.amount == exactly(2_000)
    assert (amount.amount, amount.settled) == (deductible, settled)
    opening = design.opening(year, False)
    left = [ledger.remaining_cents("deductible") for ledger in opening]
    assert left == [deductible.low_cents, deductible.high_cents]


def test_before_the_first_year_on_file_nothing_is_known(catalogue: Catalogue) -> None:
    assert year_amount(catalogue, "medicare-part-b", "deductible", 2023) is None
    opening = medicare.part_b(catalogue, None, 2026).opening(2023, False)
    assert [ledger.remaining_cents("deductible") for ledger in opening] == [0, UNLIMITED_CENTS]


@pytest.mark.parametrize(
    ("told", "left"),
    [
        (None, [0, 28_300]),
        (Benefits(), [0, 28_300]),
        (Benefits(deductible=Limit(individual_met_cents=10_000)), [18_300, 18_300]),
        (Benefits(deductible=Limit(individual_met_cents=28_300)), [0, 0]),
        (Benefits(deductible=Limit(individual_met_cents=99_900)), [0, 0]),
    ],
)
def test_what_was_met_of_the_part_b_deductible(catalogue: Catalogue, told: Benefits | None, left: list[int]) -> None:
    opening = medicare.part_b(catalogue, told, 2026).opening(2026, True)
    assert [ledger.remaining_cents("deductible") for ledger in opening] == left


def test_champva_takes_a_quarter_up_to_the_family_s_cap(catalogue: Catalogue) -> None:
    paid = course(champva.design(catalogue, None, 2026), 135_608, 10)
    # 50 + 25% of 1,306.08 = 376.52; 25% of 1,356.08 = 339.02 until 3,000.00 are paid: 376.52 + 7 x 339.02 = 2,749.66
    assert paid[0] == exactly(37_652)
    assert paid[1:8] == [exactly(33_902)] * 7
    assert paid[8:] == [exactly(25_034), exactly(0)]


def test_champva_counts_what_was_met_before(catalogue: Catalogue) -> None:
    told = champva.design(catalogue, NOTHING_MET, 2026).opening(2026, True)
    assert told.exact
    silent = champva.design(catalogue, None, 2026).opening(2026, True)
    assert [ledger.remaining_cents("out-of-pocket-maximum") for ledger in silent] == [0, 300_000]


def test_medicaid_takes_the_state_s_copay(catalogue: Catalogue) -> None:
    program = medicaid.program_of("CO")
    copay = medicaid.copay(catalogue, program, 2026)
    assert copay is not None
    design = medicaid.design(catalogue, program, copay)
    assert course(design, 100_000, 2) == [exactly(0)] * 2
    assert [amount.parameters[0].id for amount in design.amounts(2026)] == ["co-medicaid.copay.2026"]


def test_the_copay_of_a_state_that_is_not_on_file_is_unknown(catalogue: Catalogue) -> None:
    assert medicaid.copay(catalogue, medicaid.program_of("TX"), 2026) is None


@pytest.mark.parametrize(
    ("network", "year", "cents", "settled"),
    [
        ("in", 2025, 935_000, True),
        ("in", 2026, 925_000, True),
        ("out", 2026, 1_390_000, True),
        ("in", 2027, 925_000, False),
        ("out", 2027, 1_390_000, False),
    ],
)
def test_the_ceiling_of_a_medicare_advantage_plan(
    catalogue: Catalogue, network: Network, year: int, cents: int, *, settled: bool
) -> None:
    ceiling = medicare.advantage_ceiling(catalogue, network, year)
    assert ceiling is not None
    assert (ceiling.amount, ceiling.settled) == (exactly(cents), settled)


@pytest.mark.parametrize(
    ("network", "told", "most"),
    [
        ("in", None, 925_000),
        ("out", None, 1_390_000),
        ("out", Benefits(out_of_network=OutOfNetwork()), 1_390_000),
        ("out", Benefits(out_of_network=OutOfNetwork(out_of_pocket_max=Limit(individual_cents=900_000))), 900_000),
        ("out", Benefits(out_of_pocket_max=Limit(individual_cents=800_000)), 800_000),
    ],
)
def test_a_limit_nobody_told_is_bounded_on_both_sides_of_the_network(
    catalogue: Catalogue, network: Network, told: Benefits | None, most: int
) -> None:
    design = from_benefits(
        told,
        lambda year: medicare.advantage_ceiling(catalogue, "in", year),
        network,
        lambda year: medicare.advantage_ceiling(catalogue, "out", year),
    )
    pool = OUT_OF_NETWORK if network == "out" else MEDICAL
    assert design.opening(2026, False).remaining("out-of-pocket-maximum", pool).high_cents == most
    assert bool(design.amounts(2026)) == (most in (925_000, 1_390_000))


def sheet(catalogue: Catalogue, who: Beneficiary, network: Network = "in") -> Design:
    return tricare.design(catalogue, who, network, None, 2026)


RETIREE_B = Beneficiary("select", "b", "retiree", junior_enlisted=False, referred=True)
FAMILY_B = Beneficiary("select", "b", "active-duty-family", junior_enlisted=False, referred=True)
FAMILY_A = Beneficiary("select", "a", "active-duty-family", junior_enlisted=False, referred=True)
PRIME_RETIREE = Beneficiary("prime", "a", "retiree", junior_enlisted=False, referred=True)
PRIME_FAMILY = Beneficiary("prime", "b", "active-duty-family", junior_enlisted=False, referred=True)


@pytest.mark.parametrize(
    ("who", "network", "first", "second", "third"),
    [
        # group B in network: 198 deductible and the specialty copay, then the copay
        (FAMILY_B, "in", 19_800 + 3_300, 3_300, 3_300),
        (FAMILY_B._replace(junior_enlisted=True), "in", 6_600 + 3_300, 3_300, 3_300),
        (RETIREE_B, "in", 19_800 + 5_200, 5_200, 5_200),
        # outside: a retiree's own 397, then 25% of 1,356.08 - 397 = 959.08; a family's 198, then 20% of 1,158.08
        (RETIREE_B, "out", 39_700 + 23_977, 33_902, 33_902),
        (FAMILY_B, "out", 19_800 + 23_162, 27_122, 27_122),
        (FAMILY_A._replace(junior_enlisted=True), "out", 5_000 + 26_122, 27_122, 27_122),
        # Prime with a referral: the network copay anywhere, without a deductible; without one 300, then half
        (PRIME_RETIREE, "in", 3_900, 3_900, 3_900),
        (PRIME_RETIREE, "out", 3_900, 3_900, 3_900),
        (PRIME_FAMILY, "in", 0, 0, 0),
        (PRIME_FAMILY._replace(referred=False), "out", 30_000 + 52_804, 67_804, 67_804),
        (PRIME_RETIREE._replace(referred=False), "in", 30_000 + 52_804, 67_804, 67_804),
        (Beneficiary("select", "a", "active-duty", junior_enlisted=False, referred=True), "out", 0, 0, 0),
    ],
)
def test_tricare_in_2026(
    catalogue: Catalogue, who: Beneficiary, network: Network, first: int, second: int, third: int
) -> None:
    paid = course(sheet(catalogue, who, network), 135_608, 3)
    assert paid == [exactly(first), exactly(second), exactly(third)]


def test_a_copay_that_was_not_found_is_anything(catalogue: Catalogue) -> None:
    first, *_ = course(sheet(catalogue, FAMILY_A), 100_000, 1)
    assert first == Range(low_cents=15_000, high_cents=100_000)


@pytest.mark.parametrize(
    ("who", "network", "cap"),
    [
        (FAMILY_A, "out", 100_000),
        (FAMILY_B, "in", 132_400),
        (RETIREE_B, "in", 463_500),
        (PRIME_RETIREE, "in", 300_000),
        (Beneficiary("select", "a", "retiree", junior_enlisted=False, referred=True), "in", 438_100),
        # the point-of-service terms stand outside the cap
        (PRIME_FAMILY._replace(referred=False), "out", UNLIMITED_CENTS),
    ],
)
def test_the_catastrophic_cap(catalogue: Catalogue, who: Beneficiary, network: Network, cap: int) -> None:
    opening = sheet(catalogue, who, network).opening(2026, False)
    assert [ledger.remaining_cents("out-of-pocket-maximum") for ledger in opening] == [cap, cap]


def test_each_session_takes_the_copay_of_its_year(catalogue: Catalogue) -> None:
    design = sheet(catalogue, RETIREE_B)
    for year, copay_cents in ((2025, 5_100), (2026, 5_200)):
        (terms,) = design.terms_for("default", [Turn(date(year, 12, 30), 1, running=True)])
        assert terms.copay_cents == copay_cents


@pytest.mark.parametrize("opted_out", [False, True])
def test_tricare_for_life_pays_a_fifth_where_medicare_is_out(*, opted_out: bool) -> None:
    # opted out: Medicare is taken to have paid 80%, which the patient owes
    assert course(tricare.for_life(opted_out), 100_000, 1) == [exactly(80_000 if opted_out else 0)]


def test_every_amount_of_the_cost_sheet_is_cited(catalogue: Catalogue) -> None:
    names = [amount.parameters[0].name for amount in sheet(catalogue, FAMILY_B).amounts(2026)]
    assert names == ["select-deductible", "select-deductible", "network-copay", "catastrophic-cap"]


def test_next_year_s_tricare_amounts_are_not_final(catalogue: Catalogue) -> None:
    amounts = sheet(catalogue, FAMILY_B).amounts(2027)
    assert amounts
    assert not any(amount.settled for amount in amounts)


@pytest.mark.parametrize(
    ("known", "count"),
    [
        ((None, None, "active-duty", None, None), 1),
        (("select", "b", "active-duty-family", None, None), 2),
        (("select", "b", "retiree", None, None), 1),
        (("prime", "a", "active-duty-family", None, True), 1),
        (("prime", "a", "active-duty-family", None, None), 2),
        (("select", "b", "active-duty-family", False, None), 1),
    ],
)
def test_beneficiaries_with_the_same_terms_stand_once(
    known: tuple[tricare.Plan | None, tricare.Group | None, tricare.Category | None, bool | None, bool | None],
    count: int,
) -> None:
    assert len(list(tricare.beneficiaries(*known))) == count


def test_a_limit_nobody_told_is_bounded_by_the_law_s(catalogue: Catalogue) -> None:
    design = from_benefits(None, lambda year: year_amount(catalogue, "aca", "oop-max-self", year))
    opening = design.opening(2026, False)
    anything = Range(low_cents=0, high_cents=1_060_000)
    assert opening.remaining("deductible") == opening.remaining("out-of-pocket-maximum") == anything
    assert design.terms_for("default") == (
        Terms(deductible_applies=False),
        Terms(patient_share_bp=10_000, deductible_applies=False),
        Terms(patient_share_bp=10_000),
    )


@pytest.mark.parametrize(
    ("limit", "met", "least", "most"),
    [
        (Limit(individual_cents=150_000, individual_met_cents=40_000), True, 110_000, 110_000),
        (Limit(individual_cents=150_000, individual_met_cents=40_000), False, 150_000, 150_000),
        (Limit(individual_cents=150_000), True, 0, 150_000),
        (Limit(individual_met_cents=40_000), True, 0, 1_020_000),
        # a limit of which 400 are met is at least 400
        (Limit(individual_met_cents=40_000), False, 40_000, 1_060_000),
        (
            Limit(individual_cents=150_000, individual_met_cents=0, family_cents=300_000, family_met_cents=290_000),
            True,
            10_000,
            10_000,
        ),
        (Limit(individual_cents=150_000, individual_met_cents=0, family_cents=300_000), True, 0, 150_000),
        (Limit(family_cents=300_000, family_met_cents=100_000, family_rule="aggregate"), True, 200_000, 200_000),
    ],
)
def test_what_is_left_of_a_plan_s_deductible(
    catalogue: Catalogue, limit: Limit, least: int, most: int, *, met: bool
) -> None:
    design = from_benefits(Benefits(deductible=limit), lambda year: year_amount(catalogue, "aca", "oop-max-self", year))
    opening = design.opening(2026, met)
    assert [ledger.remaining_cents("deductible") for ledger in opening] == [least, most]


@pytest.mark.parametrize(
    ("limit", "least", "most"),
    [
        # the family's limit rules an aggregate plan, and no member's maximum may pass the federal one
        (Limit(family_cents=800_000, family_met_cents=0, family_rule="aggregate"), 800_000, 800_000),
    ],
)
def test_an_aggregate_maximum(catalogue: Catalogue, limit: Limit, least: int, most: int) -> None:
    design = from_benefits(
        Benefits(out_of_pocket_max=limit), lambda year: year_amount(catalogue, "aca", "oop-max-self", year)
    )
    opening = design.opening(2026, True)
    assert [ledger.remaining_cents("out-of-pocket-maximum") for ledger in opening] == [least, most]


def test_a_tricare_amount_that_is_not_on_file_is_anything_and_not_nothing() -> None:
    release = load_release()
    without = [each for each in release.parameters if each.name not in ("select-deductible", "catastrophic-cap")]
    catalogue = Catalogue(msgspec.structs.replace(release, parameters=tuple(without)))
    retiree = tricare.Beneficiary("select", "a", "retiree", junior_enlisted=False, referred=True)
    least, most = tricare.design(catalogue, retiree, "in", None, 2026).opening(2026, False)
    assert (least.remaining_cents("deductible"), most.remaining_cents("deductible")) == (0, UNLIMITED_CENTS)
    assert (least.remaining_cents("out-of-pocket-maximum"), most.remaining_cents("out-of-pocket-maximum")) == (
        0,
        UNLIMITED_CENTS,
    )
