"""The lines of one session: what is billed, under which terms."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.memory import remembered
from payers.catalogue.model import Billing, Rule, TreatmentInfo
from payers.catalogue.vocabulary import Lane, Network, Treatment
from payers.cost_share.adjudicate import Terms
from payers.cost_share.design import Design, Turn
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, PHARMACY, Line
from payers.cost_share.money import Range


@lru_cache(maxsize=256)
def self_pay_lines(cash: Range) -> tuple[Line, ...]:
    """A session that no plan shares: the whole price is the patient's and counts toward nothing.

    Kept, since sessions whose lines are the same object are seen to be alike at once.
    """
    return (Line("session", None, None, cash, (Terms(covered=False),)),)


class PlanSession(NamedTuple):
    """One session that a plan shares.

    `allowed` is for drug and visit together, `visit` the visit's part of it. Out of network `charge` is what the
    clinic asks; the plan then allows part of it. `contracted` is what the plan allows under contract: whether the
    clinic is in the network says nothing of the pharmacy, and the clinic's price nothing of the pharmacy's drug.
    """

    catalogue: Catalogue
    treatment: TreatmentInfo
    rule: Rule | None
    dose_mg: int | None
    on: date
    lane: Lane
    network: Network
    contracted: Range
    allowed: Range
    visit: Range
    charge: Range | None
    turns: tuple[Turn, ...]
    """Where the session may stand in its plan year."""

    @property
    def most_cents(self) -> int:
        """What drug and visit are at most, bounded apart or together."""
        several = (self.allowed, self.charge, self.contracted if self.lane == "pharmacy" else None)
        return max(each.high_cents for each in several if each)

    def lines(self, design: Design, *, split: bool) -> tuple[Line, ...]:
        """One line, or drug and visit apart where they have terms of their own or the pharmacy fills the drug.

        Splitting where both follow the same terms would only add rounding. Out of network the visit is charged at
        its price, of which the plan allows part, and the clinic's own drug at the rest of the charge.
        """
        pool = OUT_OF_NETWORK if self.network == "out" else MEDICAL
        if self.lane == "medical" and not split:
            accepted = self.rule.codes if self.rule else ()
            code, units = _main_code(self.catalogue, self.treatment.slug, accepted, self.dose_mg, self.on)
            terms = design.terms_for(self.treatment.cost_share_kind, self.turns)
            return (Line("session", code, units, self.allowed, terms, self.charge, pool, on=self.on),)
        drug = self._component("drug")
        service = next(each for each in self._components() if each.component != "drug")
        drug_code, drug_units = self._code(drug) if drug else (None, None)
        visit_code, visit_units = self._code(service)
        pharmacy = self.lane == "pharmacy"
        return (
            Line(
                "drug",
                drug_code,
                drug_units,
                _without(self.contracted if pharmacy else self.allowed, self.visit),
                design.terms_for("pharmacy_drug" if pharmacy else "drug", self.turns),
                None if pharmacy or self.charge is None else _without(self.charge, self.visit),
                PHARMACY if pharmacy else pool,
                on=self.on,
            ),
            Line(
                service.component,
                visit_code,
                visit_units,
                _within(self.allowed, self.visit),
                design.terms_for("visit", self.turns),
                None if self.charge is None else _within(self.charge, self.visit),
                pool,
                on=self.on,
            ),
        )

    def _code(self, billing: Billing) -> tuple[str | None, int | None]:
        return _code(self.catalogue, billing, self.dose_mg, self.on)

    def _components(self) -> list[Billing]:
        return _components(self.treatment)

    def _component(self, component: str) -> Billing | None:
        return _component(self.treatment, component)


@remembered
def _main_code(
    catalogue: Catalogue, treatment: Treatment, accepted: tuple[str, ...], dose_mg: int | None, on: date
) -> tuple[str | None, int | None]:
    """The code a whole session stands under: the payer's bundle, else the drug."""
    info = catalogue.treatments[treatment]
    drug = _component(info, "drug")
    bundle = next((each for each in info.billing if each.style == "bundle"), None)
    takes_drug_code = drug is not None and any(code in accepted for code in drug.codes_by_dose.values())
    if bundle and not takes_drug_code and any(code in accepted for code in bundle.codes_by_dose.values()):
        return _code(catalogue, bundle, dose_mg, on)
    return _code(catalogue, drug, dose_mg, on) if drug else (None, None)


def _code(catalogue: Catalogue, billing: Billing, dose_mg: int | None, on: date) -> tuple[str | None, int | None]:
    """The code and units for the dose on the day; a retired code's predecessor where the day is older."""
    codes = billing.codes_by_dose
    if len(set(codes.values())) == 1:
        code = next(iter(codes.values()))
    elif dose_mg is None:
        return None, None
    else:
        code = codes[dose_mg]
    units = billing.units_by_dose.get(dose_mg or 0, billing.units_by_dose.get(0))
    return catalogue.code_in_force(code, on), units


def _components(treatment: TreatmentInfo) -> list[Billing]:
    return [billing for billing in treatment.billing if billing.style == "components"]


def _component(treatment: TreatmentInfo, component: str) -> Billing | None:
    return next((billing for billing in _components(treatment) if billing.component == component), None)


def _within(whole: Range, visit: Range) -> Range:
    """The visit's part of a session, never more than the session."""
    return Range(low_cents=min(visit.low_cents, whole.low_cents), high_cents=min(visit.high_cents, whole.high_cents))


def _without(whole: Range, visit: Range) -> Range:
    """The drug's part of a session."""
    return Range(
        low_cents=max(0, whole.low_cents - visit.high_cents), high_cents=max(0, whole.high_cents - visit.low_cents)
    )
