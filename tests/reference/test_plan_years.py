"""The product and the reference agree on random plan years, service by service and to the cent."""

from collections.abc import Mapping, Sequence
from math import inf

from msgspec.structs import replace

from payers.adjudication.adjudicate import adjudicate_services
from payers.adjudication.answer import AdjudicationAnswer
from payers.adjudication.question import AdjudicationQuestion, ServiceInput
from payers.cost_share.money import Range, exactly
from tests.reference.agreement import agree
from tests.reference.in_plain_terms import apart, events, opening
from tests.reference.plan_year_cases import plan_year_case, taken_back
from tests.reference.plan_years import Household, Row


def differences(
    plan: AdjudicationQuestion, services: Sequence[ServiceInput], household: type[Household] = Household
) -> list[str]:
    """What the product and the reference tell differently, empty where they agree."""
    # a case made smaller may have lost the service that is taken back
    labels = {None, *(service.label for service in services)}
    services = [service for service in services if service.reverses in labels]
    if not services:
        return []
    asked = replace(plan, services=tuple(services))
    answer = adjudicate_services(asked)
    if not isinstance(answer, AdjudicationAnswer):
        return [f"the product finds a contradiction: {answer.pointer}: {answer.detail}"]
    ours = household(opening(asked))
    line_of: dict[str, int] = {}
    found: list[str] = []
    for service, told, happening in zip(asked.services, answer.services, events(asked, line_of), strict=True):
        for event in happening:
            ours.happen(event)
        back = service.reverses is not None
        if not back:
            line_of[service.label] = len(ours.rows) - 1
        row = ours.rows[line_of[service.reverses or service.label]]
        left = ours.left(row.claim)
        expected = amounts([row], -1 if back else 1) | {
            "deductible_remaining": known(left[0]),
            "out_of_pocket_remaining": known(left[1]),
            "plan_year": row.year + 1,
            "reversed": not back and service.label in taken_back(services),
        }
        found += unlike(service.label, {name: getattr(told, name) for name in expected}, expected)
    expected = amounts([row for row in ours.rows if row.stands])
    found += unlike("together", {name: getattr(answer.totals, name) for name in expected}, expected)
    found += unlike("met", *met(asked, answer, ours))
    card = {"card": None if ours.card is None else exactly(ours.card_money())}
    return found + unlike("left", {"card": answer.card_remaining}, card)


def unlike(of: str, product: Mapping[str, object], reference: Mapping[str, object]) -> list[str]:
    return [
        f"{of}, {name}: the product says {product[name]}, the reference {value}"
        for name, value in reference.items()
        if product[name] != value
    ]


def amounts(rows: Sequence[Row], sign: int = 1) -> dict[str, object]:
    """The reference's lines together as the product tells them; one that is taken back is negative."""
    sums = {
        "charge": sum(row.claim.charge_cents for row in rows),
        "allowed": sum(row.allowed for row in rows),
        "deductible": sum(row.deductible for row in rows),
        "copay": sum(row.copay for row in rows),
        "coinsurance": sum(row.coinsurance for row in rows),
        "not_covered": sum(row.not_covered for row in rows),
        "balance_bill": sum(row.balance_bill for row in rows),
        "write_off": sum(row.write_off for row in rows),
        "plan_pays": sum(row.plan for row in rows),
        "other_payers_pay": 0,
        "assistance": sum(row.assistance for row in rows),
        "patient_pays": sum(row.patient for row in rows),
    }
    return {name: exactly(sign * cents) for name, cents in sums.items()}


def known(cents: float) -> Range | None:
    """No limit is told as none."""
    return None if cents == inf else exactly(int(cents))


def met(
    asked: AdjudicationQuestion, answer: AdjudicationAnswer, household: Household
) -> tuple[dict[str, object], dict[str, object]]:
    """What everybody has met of each limit that there is, as the product and as the reference tell it."""
    owners = {"": answer.met.patient, **answer.met.members, None: answer.met.family}
    product: dict[str, object] = {}
    reference: dict[str, object] = {}
    several = list(apart(asked))
    for limit in household.limits[-1]:
        part, kind = several[limit.number].place
        for owner, told in owners.items():
            name = f"{kind} of {owner}, {part}"
            product[name] = getattr(getattr(told, part) if part else told, kind)
            reference[name] = exactly(household.met(limit, owner, household.year))
    return product, reference


def test_plan_years() -> None:
    agree(plan_year_case, differences, percent=40)
