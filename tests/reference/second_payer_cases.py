"""Random small cases of second payers. Amounts are cents; those of Part B are larger, as a Plan N copay is $20."""

from fractions import Fraction
from random import Random

from payers.catalogue.load import load_release
from payers.cost_share.adjudicate import UNLIMITED_CENTS
from payers.cost_share.part_b_year import Beneficiary, Service
from tests.reference.second_payers import Crossover, FeeLine, HospitalLine, MedicareFirst, OptedOut, OtherFirst, Shared

PLANS = load_release().medigap_plans
PERCENTS = (Fraction(0), Fraction(1, 2), Fraction(3, 4), Fraction(4, 5), Fraction(9, 10), Fraction(1))
METHODS = ("standard", "non-duplication", "carve-out", "maintenance-of-benefits")


def coordination_case(random: Random) -> tuple[tuple[str, bool], list[Shared]]:
    """The method and whether the secondary keeps a bank, and the claims of a year."""
    method = random.choice(METHODS)
    claims = [
        Shared(
            allowable=random.randint(0, 60),
            primary_paid=random.randint(0, 60),
            alone=random.randint(0, 60),
            balance_bill=random.choice((0, 0, 7)),
            secondary_allowed=random.randint(0, 60),
            deductible=random.choice((0, 5, 20)),
            plan_percent=random.choice(PERCENTS),
        )
        for _ in range(random.randint(1, 4))
    ]
    return (method, method == "standard" and random.random() < 0.5), claims


def part_b_case(random: Random) -> tuple[Beneficiary, list[Service]]:
    """What is open of the year, and its lines."""
    plan = random.choice((None, *PLANS))
    beneficiary = Beneficiary(
        random.randint(0, 283_00),
        plan,
        random.randint(0, 120_00) if plan and plan.limit_parameter else UNLIMITED_CENTS,
        random.choice((0, 200)),
    )
    return beneficiary, [some_service(random) for _ in range(random.randint(1, 4))]


def some_service(random: Random) -> Service:
    approved = random.randint(0, 400_00)
    return Service(
        approved,
        random.choice((None, approved + random.randint(0, 80_00))),
        accepts_assignment=random.random() < 0.6,
        opted_out=random.random() < 0.05,
        preventive=random.random() < 0.1,
        coinsurance_max_cents=random.choice((UNLIMITED_CENTS, UNLIMITED_CENTS, 30_00)),
        visit=random.choice((None, "office", "emergency")),
    )


def medicare_second_case(random: Random) -> tuple[int, list[FeeLine | HospitalLine]]:
    """What is open of the Part B deductible, and lines that another payer paid first."""
    lines: list[FeeLine | HospitalLine] = []
    for _ in range(random.randint(1, 3)):
        charge, paid = random.randint(0, 80), random.randint(0, 60)
        obligated = random.choice((None, random.randint(0, 80), paid))
        if random.random() < 0.6:
            lines.append(FeeLine(charge, random.randint(0, 60), random.randint(0, 60), paid, obligated))
        else:
            gross, deductible = random.randint(0, 60), random.choice((0, 15))
            lines.append(HospitalLine(charge, gross, deductible, random.randint(0, 15), paid, obligated))
    return random.choice((0, random.randint(0, 40))), lines


def tricare_case(random: Random) -> tuple[None, list[OtherFirst | MedicareFirst | OptedOut]]:
    """Lines that stand each for itself. What TRICARE allows is never more than was billed."""
    lines: list[OtherFirst | MedicareFirst | OptedOut] = []
    for _ in range(random.randint(1, 3)):
        billed = random.randint(0, 80)
        allowable, percent, paid = random.randint(0, billed), random.choice(PERCENTS), random.randint(0, 80)
        deductible = random.choice((0, 0, 12))
        match random.randrange(3):
            case 0:
                owes = random.choice((None, random.randint(0, 60)))
                lines.append(OtherFirst(billed, allowable, percent, paid, random.random() < 0.5, deductible, owes))
            case 1:
                lines.append(MedicareFirst(billed, allowable, percent, paid, deductible))
            case _:
                lines.append(OptedOut(billed, random.randint(0, 80)))
    return None, lines


def medicaid_case(random: Random) -> tuple[str, list[Crossover]]:
    """The state's way, and the lines of one claim."""
    lines: list[Crossover] = []
    for _ in range(random.randint(1, 3)):
        deductible = random.choice((0, random.randint(0, 20)))
        share = deductible + random.randint(0, 20)
        lines.append(Crossover(share, deductible, random.randint(0, 80), random.randint(0, 100)))
    return random.choice(("line", "claim", "deductible in full", "full")), lines
