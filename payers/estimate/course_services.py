"""What a course has beside its sessions: the evaluation before them, integration after, each with its own coverage."""

from typing import NamedTuple, get_args

from payers.catalogue.coverage import Decision
from payers.catalogue.model import Code, PriceRange
from payers.catalogue.vocabulary import CoverageStatus, ServiceKind
from payers.clinic_prices.expected_charge import Charge, service_charges, service_listed
from payers.cost_share.money import Range, exactly, hull
from payers.estimate.case import Case
from payers.estimate.session_price import priced_days

USUAL_CODES: dict[ServiceKind, tuple[str, ...]] = {
    "evaluation": ("90792", "90791"),
    "preparation": ("90837",),
    "monitoring": ("99415", "99416"),
    "follow-up": ("99213", "99214"),
    "integration": ("90837",),
}
"""What each is usually billed with, as the catalogue says of the codes; a clinic's own codes go before them."""

PUBLISHED: dict[ServiceKind, str] = {
    "evaluation": "evaluation",
    "preparation": "integration",
    "integration": "integration",
}
"""The component of the published range; the sources give one for preparation and integration."""


class CourseService(NamedTuple):
    """One kind of service. `times` is absent where the question does not say how many, `price` where nobody knows."""

    kind: ServiceKind
    times: int | None
    codes: tuple[Code, ...]
    charges: tuple[Charge, ...]
    published: PriceRange | None
    status: CoverageStatus
    listed: bool
    """Whether the clinic has a price of its own wherever and whenever the course may be."""

    @property
    def price(self) -> Range | None:
        """What the clinic asks for one: its own price, the published range, or both where some sites have none."""
        known = [exactly(charge.cents) for charge in self.charges]
        if self.published and not self.listed:
            known.append(Range(low_cents=self.published.low_cents, high_cents=self.published.high_cents))
        return hull(known) if known else None

    @property
    def alone(self) -> bool:
        """Whether the patient pays the clinic's price, and no plan any of it."""
        return self.status in ("self-pay", "not-covered")

    @property
    def for_one(self) -> Range | None:
        """What one may cost the patient; a plan that covers it leaves anything up to the price."""
        if self.price is None:
            return None
        return Range(low_cents=self.price.low_cents if self.alone else 0, high_cents=self.price.high_cents)


def course_services(case: Case, decision: Decision) -> list[CourseService]:
    """The services that the question names; without any named, those that the clinic has a price for."""
    told = case.question.services
    asked: dict[ServiceKind, int | None] = {**told.counts()} if told else dict.fromkeys(get_args(ServiceKind))
    clinic, days = case.catalogue.clinic, priced_days(case, case.start_on)
    found: list[CourseService] = []
    for kind, times in asked.items():
        charges = [charge for day in days for charge in service_charges(clinic, kind, case.patient, day)]
        if times == 0 or (times is None and not charges):
            continue
        codes, published = _codes(case, kind, charges), _published(case, kind)
        found.append(
            CourseService(
                kind,
                times,
                codes,
                tuple(charges),
                published,
                _status(decision, kind),
                all(service_listed(clinic, kind, case.patient, day) for day in days),
            )
        )
    return found


def _status(decision: Decision, kind: ServiceKind) -> CoverageStatus:
    """Plans cover evaluation and talk therapy apart from the drug; monitoring is part of the treatment itself.

    Source: the codes' own entries in the catalogue.
    """
    if decision.status == "self-pay" or kind == "monitoring":
        return decision.status
    return "covered"


def _codes(case: Case, kind: ServiceKind, charges: list[Charge]) -> tuple[Code, ...]:
    own = [code for charge in charges if charge.service for code in charge.service.codes]
    known = (case.catalogue.code(code, case.start_on) for code in dict.fromkeys(own or USUAL_CODES[kind]))
    return tuple(code for code in known if code)


def _published(case: Case, kind: ServiceKind) -> PriceRange | None:
    component = PUBLISHED.get(kind)
    if component is None:
        return None
    return case.catalogue.price_range(None, "self-pay", component, case.indications[0], case.start_on)
