"""What a session costs before anybody shares it, and which source said so."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple, get_args

from payers.catalogue.catalogue import NATIONAL, Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.memory import remembered
from payers.catalogue.model import Cited, Fee, PriceRange
from payers.catalogue.vocabulary import (
    FACILITY_PLACES,
    NOT_SETTLED,
    Indication,
    LineOfBusiness,
    PlaceOfService,
    Treatment,
)
from payers.clinic_prices.expected_charge import Patient, session_charges, session_listed
from payers.clinic_prices.in_force import in_force, sites
from payers.cost_share.money import Range, exactly, hull, share_of
from payers.estimate.question import Prices
from payers.estimate.real_rates import RealPrice, Way
from payers.rates.choose import Choice, weakest

Basis = Literal[
    "request",
    "contracted-rate",
    "own-remittances",
    "payer-file",
    "hospital-file",
    "site-price",
    "medicare-fee",
    "medicare-multiple",
    "published-range",
]

STRONGEST_FIRST: tuple[Basis, ...] = get_args(Basis)

FEE_LINES: frozenset[LineOfBusiness] = frozenset({"medicare", "medicare-advantage", "military", "va"})
"""Lines whose allowed amount follows Medicare's: Medicare Advantage and VA community care pay by the Medicare fee
schedule, and TRICARE's maximum allowable charge is bound to it (10 U.S.C. 1079(h))."""


class Share(NamedTuple):
    """The share of Medicare's fee that a payer is taken to allow, and that fee."""

    percent_bp: int
    fee: Range


class Price(NamedTuple):
    """One session's price. `settled` is false when a forecast or a gap stands behind an end of the range."""

    amount: Range
    basis: Basis
    behind: tuple[Cited, ...] = ()
    settled: bool = True
    parts: tuple[tuple[Basis, Range], ...] = ()
    """The range of each basis, strongest first, where several stand behind the price."""
    choices: tuple[Choice, ...] = ()
    """The real rates in it, and how each was chosen."""
    missing: tuple[str, ...] = ()
    """The codes that have no real rate, while others have: published prices stand in."""
    share: Share | None = None
    """What is assumed, where the basis is `medicare-multiple`."""

    @property
    def localities(self) -> str:
        """The localities that Medicare's amounts in it are of; empty where they are the nation's."""
        fees = (each for each in self.behind if isinstance(each, Fee))
        return ", ".join(sorted({fee.locality for fee in fees} - {NATIONAL}))

    @property
    def typical_cents(self) -> int | None:
        """What the published range calls typical, or a hospital's median, where the price is one of them."""
        if self.basis == "hospital-file" and len(self.choices) == 1:
            return self.choices[0].median_cents
        return next((each.typical_cents for each in self.behind if isinstance(each, PriceRange)), None)


class Service(NamedTuple):
    """What is priced: one session on one day."""

    treatment: Treatment
    indication: Indication | None
    doses_mg: tuple[int, ...]
    """The doses it may be; one when known."""
    on: date
    place_of_service: PlaceOfService
    patient: Patient = Patient()
    """What the clinic's own price list looks at."""


def cash(catalogue: Catalogue, prices: Prices | None, service: Service) -> Price | None:
    """What a patient who pays is charged: told, the clinic's own price after what lowers it, or the published range."""
    if prices and prices.cash_per_session:
        return Price(prices.cash_per_session.range, "request")
    clinic, treatment, patient, on = catalogue.clinic, service.treatment, service.patient, service.on
    doses = service.doses_mg or (None,)
    listed = [
        exactly(charge.cents) for dose in doses for charge in session_charges(clinic, treatment, dose, patient, on)
    ]
    if listed and all(session_listed(clinic, treatment, dose, patient, on) for dose in doses):
        return Price(hull(listed), "site-price")
    published = catalogue.price_range(treatment, "self-pay", "session", service.indication, on)
    if published is None:
        return None
    # of two doses, sites or lengths the list may have one
    amount = hull((_range(published.low_cents, published.high_cents), *listed))
    return Price(amount, "published-range", (published,))


def allowed(
    catalogue: Catalogue,
    prices: Prices | None,
    service: Service,
    payer: str,
    line: LineOfBusiness,
    plan: str | None,
    real: RealPrice | None = None,
) -> Price | None:
    """What the plan allows for drug and visit together: told, contracted, a real rate, Medicare's fee, or published.

    Before the published range comes the share of Medicare's fee that the clinic assumes of the payer, where it does.
    Else a commercial plan's unknown amount lies between Medicare's fee and the published range of commercial amounts,
    both of which are weaker evidence than a contract.
    """
    if prices and prices.allowed_per_session:
        return Price(prices.allowed_per_session.range, "request")
    doses = service.doses_mg or (None,)
    rates = [catalogue.contracted_rate(payer, line, plan, service.treatment, dose, service.on) for dose in doses]
    if all(rates):
        return Price(hull(exactly(rate.allowed_cents) for rate in rates if rate), "contracted-rate")
    price = _without_contract(catalogue, service, payer, line, real)
    if price and any(rates):
        price = price._replace(amount=hull((price.amount, *(exactly(rate.allowed_cents) for rate in rates if rate))))
    return price


def _without_contract(
    catalogue: Catalogue, service: Service, payer: str, line: LineOfBusiness | None, real: RealPrice | None
) -> Price | None:
    """What the plan allows where no contract with it is on file, for one of the doses at least."""
    if real and not real.missing:
        return rated(real.choices, hull(way.amount for ways in real.by_dose for way in ways))
    fee = medicare_fee(catalogue, service)
    if line in FEE_LINES and fee:
        return fee
    multiple_bp = catalogue.rates.multiple_bp(payer, service.on)
    if multiple_bp and fee:
        price = multiple_of(fee, multiple_bp)
        return _beside(real, price) if real else price
    setting = catalogue.treatments[service.treatment].price_setting
    published = catalogue.price_range(service.treatment, setting, "session", service.indication, service.on)
    price = fee
    if published:
        listed = _range(published.low_cents, published.high_cents)
        price = Price(listed, "published-range", (published,))
        if fee:
            price = Price(hull((fee.amount, listed)), "published-range", (published, *fee.behind), fee.settled)
    return _beside(real, price) if real and price else price


def multiple_of(fee: Price, percent_bp: int) -> Price:
    """What a payer is taken to allow that goes by Medicare's fee; rounded half up."""
    low_cents, high_cents = (share_of(cents, percent_bp) for cents in (fee.amount.low_cents, fee.amount.high_cents))
    share = Share(percent_bp, fee.amount)
    return fee._replace(amount=_range(low_cents, high_cents), basis="medicare-multiple", share=share)


def rated(choices: tuple[Choice, ...], amount: Range) -> Price:
    """A price that real rates make up; its basis is the weakest evidence among them."""
    return Price(amount, weakest(choices), tuple(each for choice in choices for each in choice.behind), choices=choices)


def _beside(real: RealPrice, price: Price) -> Price:
    """Published prices where some lines have real rates and others none: no less than what is known of the lines."""

    def widened(way: Way) -> Range:
        known, listed = way.amount, price.amount
        low_cents = max(listed.low_cents, known.low_cents) if way.missing else known.low_cents
        open_above = way.missing or way.open_above
        high_cents = max(listed.high_cents, known.high_cents) if open_above else known.high_cents
        return Range(low_cents=low_cents, high_cents=high_cents)

    amount = hull(widened(way) for ways in real.by_dose for way in ways)
    behind = (*price.behind, *real.behind)
    return price._replace(amount=amount, behind=behind, choices=real.choices, missing=real.missing)


def observation(
    catalogue: Catalogue, prices: Prices | None, service: Service, real: RealPrice | None = None
) -> Price | None:
    """The visit's part of a session whose drug has its own terms: told, a real rate, or the published range."""
    if prices and prices.visit_allowed_per_session:
        return Price(prices.visit_allowed_per_session.range, "request")
    if real and real.visit:
        return rated(real.visits, real.visit)
    published = catalogue.price_range(service.treatment, "commercial", "observation", service.indication, service.on)
    return published and Price(_range(published.low_cents, published.high_cents), "published-range", (published,))


def medicare_fee(catalogue: Catalogue, service: Service) -> Price | None:
    """Medicare's amount for the session where the site is, by dose and place; a year not published yet widens it."""
    info = catalogue.treatments[service.treatment]
    bundle = next((billing for billing in info.billing if billing.style == "bundle"), None)
    if bundle is None:
        return None
    codes = sorted({code for dose, code in bundle.codes_by_dose.items() if int(dose) in service.doses_mg})
    return fee_of(catalogue, tuple(codes), service.on, service.place_of_service, service.patient.site)


@remembered
def fee_of(
    catalogue: Catalogue, codes: tuple[str, ...], on: date, place: PlaceOfService, site: str | None = None
) -> Price | None:
    """Medicare's amount of whichever of the codes is billed on a day, at a place, wherever the site may be."""
    localities = _localities(catalogue.clinic, site, on)
    several = [fee for code in codes for where in localities if (fee := _fee(catalogue, code, on, place, where))]
    if not several:
        return None
    return Price(
        hull(fee.amount for fee in several),
        "medicare-fee",
        tuple(each for fee in several for each in fee.behind),
        all(fee.settled for fee in several),
    )


def join(prices: Iterable[Price]) -> Price:
    """One price that holds several: of sessions on different days, or on a day that is not known.

    The basis is the weakest of theirs, and `parts` tells the range of each.
    """
    several = tuple(prices)
    if len(several) == 1 and not several[0].parts:
        only = several[0]
        missing = tuple(dict.fromkeys(only.missing))
        return only._replace(parts=((only.basis, only.amount),), missing=missing)
    behind = {id(each): each for price in several for each in price.behind}
    bases: list[Basis] = [basis for basis in STRONGEST_FIRST if any(price.basis == basis for price in several)]
    return Price(
        hull(price.amount for price in several),
        bases[-1],
        tuple(behind.values()),
        all(price.settled for price in several),
        tuple((basis, hull(price.amount for price in several if price.basis == basis)) for basis in bases),
        tuple({id(choice): choice for price in several for choice in price.choices}.values()),
        tuple(dict.fromkeys(code for price in several for code in price.missing)),
        next((price.share for price in several if price.share), None),
    )


def _localities(clinic: ClinicLayer, site: str | None, on: date) -> tuple[str, ...]:
    """Where Medicare's amounts are looked up: the locality of the site, else the nation, which stands in for one."""
    if not clinic.localities:
        return (NATIONAL,)
    found = (in_force(clinic.localities, place, on, lambda _: None) for place in sites(clinic, site))
    return tuple(dict.fromkeys(f"{rows[0].carrier}-{rows[0].locality}" if rows else NATIONAL for rows in found))


def _fee(catalogue: Catalogue, code: str, on: date, place: PlaceOfService, locality: str) -> Price | None:
    in_facility = place in FACILITY_PLACES
    here = catalogue.last_settled_fee(code, on, locality) if locality != NATIONAL else None
    if here and in_facility and here.facility_cents is None:
        here = None
    fees = [here] if here and here.holds_on(on) else catalogue.fees(code, on)
    if fees and fees[0].status not in NOT_SETTLED:
        fees = fees[:1]
    else:
        last, forecast = catalogue.last_settled_fee(code, on), catalogue.last_forecast_fee(code, on)
        fees = [fee for fee in (here, last, forecast) if fee]
    amounts = [
        exactly(cents)
        for fee in fees
        if (cents := fee.facility_cents if in_facility else fee.nonfacility_cents) is not None
    ]
    if not amounts:
        return None
    return Price(hull(amounts), "medicare-fee", tuple(fees), fees[0].status not in NOT_SETTLED and fees[0].holds_on(on))


def _range(low_cents: int, high_cents: int) -> Range:
    return Range(low_cents=low_cents, high_cents=high_cents)
