"""TRICARE: Prime and Select, group A and B, active-duty families and retirees, network or not.

Select: deductible, then the network copay or a percentage of the allowable. Prime: a network copay without a
deductible; out of network without a referral the point-of-service terms, which the catastrophic cap does not count.
Active-duty members pay nothing. Outpatient mental-health visits take the specialty copay. Source: 10 U.S.C. 1075 and
1075a; the amounts are the catalogue's `tricare` parameters.
"""

from collections.abc import Iterator
from itertools import product
from typing import Literal, NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.vocabulary import Network
from payers.cost_share.adjudicate import Terms
from payers.cost_share.design import (
    Design,
    YearAmount,
    after_met,
    coinsurance,
    no_cost_share,
    year_amount,
    yearly_limits,
)
from payers.cost_share.ledger import Opening, opens, together
from payers.cost_share.plan import Benefits

Plan = Literal["prime", "select"]
Group = Literal["a", "b"]
Category = Literal["active-duty", "active-duty-family", "retiree"]


class Beneficiary(NamedTuple):
    """Whose terms apply. `junior_enlisted` is pay grade E-4 and below."""

    plan: Plan
    group: Group
    category: Category
    junior_enlisted: bool


def beneficiaries(
    plan: Plan | None, group: Group | None, category: Category | None, junior_enlisted: bool | None
) -> Iterator[Beneficiary]:
    """Every beneficiary that the known facts leave possible, those with the same terms once."""
    seen: set[tuple[object, ...]] = set()
    for each in product(
        (plan,) if plan else ("prime", "select"),
        (group,) if group else ("a", "b"),
        (category,) if category else ("active-duty", "active-duty-family", "retiree"),
        (False, True) if junior_enlisted is None else (junior_enlisted,),
    ):
        beneficiary = Beneficiary(*each)
        active, junior = beneficiary.category == "active-duty", beneficiary.junior_enlisted
        grade_matters = beneficiary.plan == "select" and beneficiary.category == "active-duty-family"
        same_terms = ("active-duty",) if active else (*each[:3], junior and grade_matters)
        if same_terms not in seen:
            seen.add(same_terms)
            yield beneficiary


def design(
    catalogue: Catalogue, who: Beneficiary, network: Network, benefits: Benefits | None, service_year: int
) -> Design:
    """The terms of one beneficiary. Percentages and copays are those of `service_year`."""
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
        return self.who.plan == "prime" and self.network == "out"

    @property
    def has_deductible(self) -> bool:
        """Prime asks for none in network."""
        return self.who.plan == "select" or self.point_of_service

    def design(self, service_year: int) -> Design:
        return Design(
            terms={"default": self.terms(service_year)},
            opening=self.opening,
            amounts=self.amounts,
        )

    def amounts(self, year: int) -> tuple[YearAmount, ...]:
        return tuple(each for each in (*self.deductible(year), self.cap(year)) if each is not None)

    def terms(self, year: int) -> tuple[Terms, ...]:
        if self.point_of_service:
            share = self.amount("point-of-service", year, "coinsurance_bp", "prime.no-referral")
        elif self.network == "out":
            family = self.who.category == "active-duty-family"
            share = self.amount("non-network-coinsurance-select", year, "amount", "adfm" if family else "retirees")
        else:
            copay = self.amount("network-copay", year, "specialty", self.copay_scope)
            if copay is None:
                return coinsurance(None)
            return tuple(
                Terms(copay_cents=cents, copay_timing="after-deductible", deductible_applies=self.who.plan == "select")
                for cents in sorted({copay.amount.low_cents, copay.amount.high_cents})
            )
        return coinsurance(share)

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
