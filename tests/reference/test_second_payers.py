"""The product and the reference agree on Medicare and on random second payers, line by line and to the cent."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from payers.catalogue.vocabulary import Component
from payers.cost_share import medicaid_secondary, medicare_secondary, tricare_secondary
from payers.cost_share.adjudicate import Terms
from payers.cost_share.bounds import through
from payers.cost_share.coordination import Method, coordinate, maintained_cents
from payers.cost_share.ledger import Balance, opens
from payers.cost_share.line import Line
from payers.cost_share.money import Range, exactly
from payers.cost_share.part_b import COINSURANCE_BP
from payers.cost_share.part_b_year import Beneficiary, Service, run
from payers.cost_share.second_payer import SecondPayer
from payers.second_payers.calendar_limit import CalendarLimit
from payers.second_payers.supplement import Supplement
from tests.reference import second_payers as reference
from tests.reference.agreement import agree
from tests.reference.second_payer_cases import (
    coordination_case,
    medicaid_case,
    medicare_second_case,
    part_b_case,
    tricare_case,
)
from tests.reference.second_payers import Crossover, FeeLine, HospitalLine, MedicareFirst, OptedOut, OtherFirst, Shared


def unlike(product: Any, reference: Any) -> list[str]:
    return [] if product == reference else [f"the product says {product}, the reference {reference}"]


def of_coordination(plan: tuple[str, bool], claims: Sequence[Shared]) -> list[str]:
    method, keeps_bank = plan
    product: list[reference.SharedRow] = []
    bank = 0 if keeps_bank else None
    for claim in claims:
        alone = claim.alone
        if method == "maintenance-of-benefits":
            share_bp = int(claim.plan_percent * 10_000)
            alone = maintained_cents(claim.secondary_allowed, claim.primary_paid, share_bp, claim.deductible)
        done = coordinate(
            cast("Method", method),
            claim.allowable,
            claim.primary_paid,
            alone,
            bank_cents=bank,
            balance_bill_cents=claim.balance_bill,
        )
        bank = done.bank_cents if keeps_bank else None
        product.append(
            reference.SharedRow(
                done.secondary_pays_cents, done.bank_draw_cents, done.bank_cents, done.patient_pays_cents
            )
        )
    return unlike(product, reference.shared_year(method, claims, bank=keeps_bank))


def test_two_commercial_plans() -> None:
    agree(coordination_case, of_coordination, percent=15)


def of_part_b(beneficiary: Beneficiary, services: Sequence[Service]) -> list[str]:
    lines, after = run(services, beneficiary)
    product = [
        reference.PartBRow(
            line.medicare.share.deductible_cents,
            line.medicare.share.coinsurance_cents,
            line.medicare.excess_cents,
            line.medicare.share.not_covered_cents,
            line.medicare.sequestration_cents,
            line.medicare.medicare_pays_cents,
            line.medigap_pays_cents,
        )
        for line in lines
    ]
    rows = reference.part_b_year(beneficiary, services)
    found = unlike(product, rows)
    found += unlike([line.patient_pays_cents for line in lines], [row.patient for row in rows])
    deductible = beneficiary.deductible_remaining_cents - sum(row.deductible for row in rows)
    found += unlike(after.deductible_remaining_cents, deductible)
    if beneficiary.medigap is not None:
        left = max(0, beneficiary.medigap_left_cents - reference.limit_used(beneficiary.medigap.letter, rows))
        found += unlike(after.medigap_left_cents, left)
    return found + of_the_core(beneficiary, services, rows)


def of_the_core(beneficiary: Beneficiary, services: Sequence[Service], rows: Sequence[reference.PartBRow]) -> list[str]:
    """The same lines through the core that estimates run through, with the supplement behind Medicare.

    It holds every copay that Plan N may leave of a visit, and knows of no emergencies.
    """
    if any(service.visit == "emergency" for service in services):
        return []
    day = date(2026, 3, 2)
    state = opens("deductible", Balance(beneficiary.deductible_remaining_cents))
    behind: tuple[SecondPayer, ...] = ()
    if beneficiary.medigap is not None:
        left = exactly(beneficiary.medigap_left_cents)

        def of_year(_: int) -> Range:
            return left

        behind = (Supplement(beneficiary.medigap, CalendarLimit(of_year, left, day.year)),)
    found: list[str] = []
    for service, row in zip(services, rows, strict=True):
        terms = Terms(
            patient_share_bp=COINSURANCE_BP,
            coinsurance_max_cents=service.coinsurance_max_cents,
            covered=not service.opted_out,
            preventive=service.preventive,
        )
        price = row.not_covered if service.opted_out else service.approved_cents
        component: Component = "visit" if service.visit == "office" else "drug"
        charge = exactly(price + row.excess)
        bounds, state, behind = through(
            Line(component, None, None, exactly(price), (terms,), charge, on=day), state, behind
        )
        parts = (bounds.deductible, bounds.coinsurance, bounds.balance_bill, bounds.not_covered)
        found += unlike(parts, tuple(map(exactly, (row.deductible, row.coinsurance, row.excess, row.not_covered))))
        for told, cents in ((bounds.patient_pays, row.patient), (bounds.other_payers_pay, row.supplement)):
            if not told.low_cents <= cents <= told.high_cents or (component == "drug" and not told.exact):
                found.append(f"the core says {told}, the reference {cents}")
    return found


def test_part_b_and_every_letter() -> None:
    agree(part_b_case, of_part_b, percent=15)


def of_medicare_second(deductible: int, lines: Sequence[FeeLine | HospitalLine]) -> list[str]:
    product: list[reference.SecondRow] = []
    left = deductible
    for line in lines:
        if isinstance(line, FeeLine):
            done = medicare_secondary.fee_schedule(
                charge_cents=line.charge,
                approved_cents=line.approved,
                primary_allowed_cents=line.primary_allowed,
                primary_paid_cents=line.primary_paid,
                deductible_remaining_cents=left,
                obligated_cents=line.obligated,
            )
            left -= done.deductible_credit_cents
        else:
            done = medicare_secondary.institutional(
                charge_cents=line.charge,
                gross_cents=line.gross,
                deductible_cents=line.deductible,
                coinsurance_cents=line.coinsurance,
                primary_paid_cents=line.primary_paid,
                obligated_cents=line.obligated,
            )
        row = reference.SecondRow(done.medicare_pays_cents, done.patient_pays_cents, done.deductible_credit_cents)
        product.append(row)
    return unlike(product, reference.medicare_second(lines, deductible))


def test_medicare_second() -> None:
    agree(medicare_second_case, of_medicare_second, percent=15)


def of_tricare(_: None, lines: Sequence[OtherFirst | MedicareFirst | OptedOut]) -> list[str]:
    product: list[tuple[int, int]] = []
    for line in lines:
        match line:
            case OtherFirst():
                done = tricare_secondary.behind_other(
                    billed_cents=line.billed,
                    allowable_cents=line.allowable,
                    tricare_share_bp=int(line.percent * 10_000),
                    other_paid_cents=line.other_paid,
                    participating=line.participating,
                    deductible_cents=line.deductible,
                    patient_owes_cents=line.patient_owes,
                )
            case MedicareFirst():
                done = tricare_secondary.for_life(
                    billed_cents=line.billed,
                    paid_before_cents=line.paid_before,
                    allowable_cents=line.allowable,
                    tricare_share_bp=int(line.percent * 10_000),
                    deductible_cents=line.deductible,
                )
            case OptedOut():
                done = tricare_secondary.for_life_opted_out(line.charge, line.allowable)
        product.append((done.tricare_pays_cents, done.patient_pays_cents))
    return unlike(product, [reference.tricare_second(line) for line in lines])


def test_tricare_second() -> None:
    agree(tricare_case, of_tricare, percent=15)


def of_medicaid(way: str, lines: Sequence[Crossover]) -> list[str]:
    if way == "claim":  # such a state compares sums
        lines = [Crossover(*map(sum, zip(*lines, strict=True)))] if lines else []
    pays = 0
    for line in lines:
        share, before = line.cost_share, line.medicare_paid
        if way == "full":
            done = medicaid_secondary.full_payment(cost_share_cents=share, medicare_paid_cents=before)
        else:
            done = medicaid_secondary.lesser_of(
                cost_share_cents=share,
                medicare_paid_cents=before,
                medicaid_rate_cents=line.rate,
                deductible_in_full_cents=line.deductible if way == "deductible in full" else 0,
            )
        pays += done.medicaid_pays_cents
        assert (done.patient_pays_cents, done.provider_total_cents) == (0, before + done.medicaid_pays_cents)
    return unlike(pays, reference.medicaid_second(way, lines))


def test_medicaid_second() -> None:
    agree(medicaid_case, of_medicaid, percent=15)
