"""The readings of a case: one, unless its own terms or, where it is ambiguous, its notes leave a choice."""

from collections.abc import Callable, Iterator
from functools import partial
from re import search
from typing import NamedTuple

from msgspec import structs

from tests.conformance.adapter import compute
from tests.conformance.case_format import Case, Service
from tests.conformance.plan_cases import TIMING
from tests.conformance.words import Results, need


class Reading(NamedTuple):
    """One way to read a case, and the words of its notes that allow it."""

    name: str
    words: str
    change: Callable[[Case], Case]
    credits_own_money: bool = True


def readings(case: Case) -> Iterator[tuple[str, Results]]:
    """What the product computes on each reading of the case: one, unless the case itself leaves a choice."""
    if any(_timing_open(service) for service in case.services):
        for name in TIMING:
            yield f"copay {name}", compute(_each_service(case, partial(_timed, timing=name)))
        return
    yield "as stated", compute(case)
    if case.assistance is not None and sum(service.plan_year_start for service in case.services[1:]) == 1:
        # the format does not tell whether the programme's year starts again with the plan's
        yield "the card's year goes on", compute(case, one_card_year=True)
    if case.status == "ambiguous":
        for reading in READINGS:
            if search(reading.words, case.notes):
                yield reading.name, compute(reading.change(case), credits_own_money=reading.credits_own_money)


def _each_service(case: Case, change: Callable[[Service], Service]) -> Case:
    return structs.replace(case, services=tuple(change(service) for service in case.services))


def _timing_open(service: Service) -> bool:
    share = service.cost_share
    return share.copay is not None and share.copay_timing is None and share.deductible_applies


def _timed(service: Service, timing: str) -> Service:
    if not _timing_open(service):
        return service
    return structs.replace(service, cost_share=structs.replace(service.cost_share, copay_timing=timing))


def _other_base(service: Service) -> Service:
    other = {"net_of_copay": "gross_of_copay", "gross_of_copay": "net_of_copay"}[service.cost_share.coinsurance_base]
    return structs.replace(service, cost_share=structs.replace(service.cost_share, coinsurance_base=other))


def _other_credit(case: Case) -> Case:
    plan = need(case.plan, "plan")
    return structs.replace(
        case, plan=structs.replace(plan, copay_counts_to_deductible=not plan.copay_counts_to_deductible)
    )


def _other_visit(service: Service) -> Service:
    return structs.replace(service, office_visit=not service.office_visit)


def _unchanged(case: Case) -> Case:
    return case


READINGS = (
    Reading("the other coinsurance base", r"\bbase\b", partial(_each_service, change=_other_base)),
    Reading("copay and deductible the other way", r"copay .*deductible", _other_credit),
    Reading("a card's fill credits nothing", r"credit none", _unchanged, credits_own_money=False),
    Reading("the visit code the other way", r"office-visit code", partial(_each_service, change=_other_visit)),
)
