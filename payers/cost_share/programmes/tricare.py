"""TRICARE: Prime and Select, group A and B, active-duty families and retirees, network or not.

Select: deductible, then the network copay or a percentage of the allowable. Prime: the network copay without a
deductible wherever the patient was referred; without a referral the point-of-service terms, which the catastrophic cap
does not count. Active-duty members pay nothing. Outpatient mental-health visits take the specialty copay. Source:
10 U.S.C. 1075 and 1075a; TRICARE, "Point-of-Service Option"; the amounts are the catalogue's `tricare` parameters.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Literal, NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.vocabulary import Network
from payers.cost_share.adjudicate import Terms
from payers.cost_share.design import (
    Design,
    Kind,
    Turn,
    YearAmount,
    after_met,
    coinsurance,
    found,
    no_cost_share,
    no_limits,
    year_amount,
    yearly_limits,
)
from payers.cost_share.ledger import Opening, opens, together
from payers.cost_share.plan import Benefits
from payers.cost_share.tricare_secondary import MEDICARE_SHARE_BP

Plan = Literal["prime", "select"]
Group = Literal["a", "b"]
Category = Literal["active-duty", "active-duty-family", "retiree"]


class Beneficiary(NamedTuple):
    """Whose terms apply. `junior_enlisted` is pay grade E-4 and below; `referred` matters to Prime alone."""

    plan: Plan
    group: Group
    category: Category
    junior_enlisted: bool
    referred: bool


def beneficiaries(
    plan: Plan | None,
    group: Group | None,
    category: Category | None,
    junior_enlisted: bool | None,
    referred: bool | None,
) -> Iterator[Beneficiary]:
    """Every beneficiary that the known facts leave possible, those with the same terms once."""
    seen: set[tuple[object, ...]] = set()
    for each in product(
        (plan,) if plan else ("prime", "select"),
        (group,) if group else ("a", "b"),
        (category,) if category else ("active-duty", "active-duty-family", "retiree"),
        (False, True) if junior_enlisted is None else (junior_enlisted,),
        (True, False) if referred is None else (referred,),
    ):
        who = Beneficiary(*each)
        same_terms = (
            ("active-duty",)
            if who.category == "active-duty"
            else (
                *each[:3],
                who.junior_enlisted and grade_matters(who.plan, who.category),
                who.referred and referral_matters(who.plan, who.category),
            )
        )
        if same_terms not in seen:
            seen.add(same_terms)
            yield who


def grade_matters(plan: Plan | None, category: Category | None) -> bool:
    """Whether the pay grade may change the terms: it sets the deductible of Select families."""
    return plan != "prime" and category in (None, "active-duty-family")


def referral_matters(plan: Plan | None, category: Category | None) -> bool:
    """Whether a referral may change the terms: without one Prime has point-of-service terms."""
    return plan != "select" and category != "active-duty"


def has_deductible(plan: Plan | None, referred: bool | None) -> bool:
    """Whether there may be a deductible: Prime asks for none of a patient who was referred."""
    return not (plan == "prime" and referred)


def copay_on_file(catalogue: Catalogue, who: Beneficiary, network: Network, year: int) -> bool:
    """Whether the copay of a beneficiary who has one is known; outside the network there is a percentage instead."""
    sheet = _Sheet(catalogue, who, network, None)
    return who.category == "active-duty" or not sheet.pays_copay or sheet.share(year) is not None


def for_life(opted_out: bool) -> Design:
    """TRICARE For Life: nothing is left where Medicare pays (10 U.S.C. 1086(d)(3)).

    Beside a clinician who opted out of Medicare it pays as if Medicare had.
    """
    if not opted_out:
        return no_cost_share()
    return Design(
        terms={"default": (Terms(patient_share_bp=MEDICARE_SHARE_BP, deductible_applies=False),)}, opening=no_limits
    )


def design(
    catalogue: Catalogue, who: Beneficiary, network: Network, benefits: Benefits | None, service_year: int
) -> Design:
    """The terms of one beneficiary, for each session those of its year; `service_year` stands where no day is told."""
    if who.category == "active-duty":
        return no_cost_share()
    return _Sheet(catalogue, who, network, benefits).design(service_year)


class _Sheet(NamedTuple):
    """The rows of the cost sheet that apply to one beneficiary."""

    catalogue: Catalogue
    who: Beneficiary
    network: Network
    benefits: Benefits | None

    @property
    def point_of_service(self) -> bool:
        return self.who.plan == "prime" and not self.who.referred

    @property
    def has_deductible(self) -> bool:
        """Prime asks for none of a patient who was referred."""
        return self.who.plan == "select" or self.point_of_service

    def design(self, service_year: int) -> Design:
        def of_session(turn: Turn) -> Mapping[Kind, tuple[Terms, ...]]:
            return {"default": self.terms(turn.on.year)}

        return Design(
            terms={"default": self.terms(service_year)},
            opening=self.opening,
            amounts=self.amounts,
            of_session=of_session,
        )

    def amounts(self, year: int) -> tuple[YearAmount, ...]:
        cap = None if self.point_of_service else self.cap(year)
        return found(*self.deductible(year), self.share(year), cap)

    @property
    def pays_copay(self) -> bool:
        return not self.point_of_service and (self.who.plan == "prime" or self.network == "in")

    def share(self, year: int) -> YearAmount | None:
        """The copay or the percentage of a visit; absent where it was not found."""
        if self.point_of_service:
            return self.amount("point-of-service", year, "coinsurance_bp", "prime.no-referral")
        if self.pays_copay:
            return self.amount("network-copay", year, "specialty", self.copay_scope)
        family = self.who.category == "active-duty-family"
        return self.amount("non-network-coinsurance-select", year, "amount", "adfm" if family else "retirees")

    def terms(self, year: int) -> tuple[Terms, ...]:
        share = self.share(year)
        if share is None or not self.pays_copay:
            return coinsurance(share)
        return tuple(
            Terms(copay_cents=cents, copay_timing="after-deductible", deductible_applies=self.who.plan == "select")
            for cents in sorted({share.amount.low_cents, share.amount.high_cents})
        )

    def opening(self, year: int, met: bool) -> Opening:
        limits: list[Opening] = []
        if self.has_deductible:
            limits.append(opens("deductible", *yearly_limits(*self.deductible(year))))
        if not self.point_of_service:
            cap = self.cap(year)
            limits.append(opens("out-of-pocket-maximum", *yearly_limits(cap, cap)))
        opening = together(limits)
        return after_met(opening, self.benefits) if met else opening

    def deductible(self, year: int) -> tuple[YearAmount | None, YearAmount | None]:
        """The deductible of the person and of the family, absent where it was not found or there is none."""
        if not self.has_deductible:
            return None, None
        if self.point_of_service:
            name, scope, keys = "point-of-service", "prime.no-referral", ("deductible_individual", "deductible_family")
        else:
            name, scope, keys = "select-deductible", self.deductible_scope, ("individual", "family")
            if self.who.group == "b" and self.who.category == "retiree":
                prefix = "network" if self.network == "in" else "non_network"
                keys = (f"{prefix}_individual", f"{prefix}_family")
        return self.amount(name, year, keys[0], scope), self.amount(name, year, keys[1], scope)

    def cap(self, year: int) -> YearAmount | None:
        """The family's catastrophic cap, which stands for the person too."""
        if self.who.category == "active-duty-family":
            scope = f"group-{self.who.group}.adfm"
        elif self.who.group == "b":
            scope = "group-b.retirees"
        else:
            scope = f"{self.who.plan}.group-a.retirees"
        return self.amount("catastrophic-cap", year, "amount", scope)

    @property
    def copay_scope(self) -> str:
        if self.who.plan == "prime":
            return "prime.adfm" if self.who.category == "active-duty-family" else "prime.retirees.group-a-and-b"
        category = "adfm" if self.who.category == "active-duty-family" else "retirees"
        return f"select.group-{self.who.group}.{category}"

    @property
    def deductible_scope(self) -> str:
        if self.who.group == "a":
            junior = self.who.category == "active-duty-family" and self.who.junior_enlisted
            return "group-a.adfm.e4-and-below" if junior else "group-a.adfm.e5-up-and-retirees"
        if self.who.category == "retiree":
            return "group-b.retirees"
        return "group-b.adfm.e4-and-below" if self.who.junior_enlisted else "group-b.adfm.e5-up"

    def amount(self, name: str, year: int, key: str, scope: str) -> YearAmount | None:
        return year_amount(self.catalogue, "tricare", name, year, key, scope)
