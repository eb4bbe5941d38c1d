"""Public programmes: their own terms, limits and years, from the catalogue's yearly parameters."""

from payers.catalogue.catalogue import Catalogue
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms
from payers.cost_share.design import Design, YearAmount, no_limits, year_amount
from payers.cost_share.ledger import Balance, Ledger, Opening
from payers.cost_share.plan import Limit


def medicare_part_b(catalogue: Catalogue, deductible: Limit | None) -> Design:
    """Original Medicare: the yearly Part B deductible, then 20% of the approved amount, without a maximum.

    Source: 42 U.S.C. 1395l(a)(1) and (b); the amounts are the catalogue's `medicare-part-b` parameters.
    """
    coinsurance = year_amount(catalogue, "medicare-part-b", "coinsurance", 2026)
    share_bp = 2_000 if coinsurance is None else coinsurance.amount.high_cents
    met_cents = None if deductible is None else deductible.individual_met_cents

    def amounts(year: int) -> tuple[YearAmount, ...]:
        amount = year_amount(catalogue, "medicare-part-b", "deductible", year)
        return () if amount is None else (amount,)

    def opening(year: int, met: bool) -> Opening:
        known = amounts(year)
        least, most = (known[0].amount.low_cents, known[0].amount.high_cents) if known else (0, UNLIMITED_CENTS)
        if met:
            least = 0 if met_cents is None else max(0, least - met_cents)
            most = max(0, most - (met_cents or 0))
        return Opening(Ledger(Balance(least)), Ledger(Balance(most)))

    return Design(terms={"default": (Terms(patient_share_bp=share_bp),)}, opening=opening, amounts=amounts)


def champva(catalogue: Catalogue) -> Design:
    """CHAMPVA: a small deductible, 25% of the allowable amount, a family catastrophic cap (38 CFR 17.274)."""

    def amount(name: str, year: int, key: str = "amount") -> YearAmount | None:
        return year_amount(catalogue, "champva", name, year, key)

    def amounts(year: int) -> tuple[YearAmount, ...]:
        several = (
            amount("deductible", year, "individual"),
            amount("deductible", year, "family"),
            amount("catastrophic-cap", year),
        )
        return tuple(each for each in several if each is not None)

    def opening(year: int, met: bool) -> Opening:
        own, family, cap = (each.amount.high_cents for each in amounts(year))
        fresh = Ledger(Balance(own, family), Balance(cap, cap))
        return Opening(Ledger(Balance(0, 0), Balance(0, 0)), fresh) if met else Opening(fresh, fresh)

    coinsurance = amount("coinsurance", 2026)
    share_bp = 2_500 if coinsurance is None else coinsurance.amount.high_cents
    return Design(terms={"default": (Terms(patient_share_bp=share_bp),)}, opening=opening, amounts=amounts)


def va_authorized(catalogue: Catalogue, year: int) -> Design:
    """Care that the VA authorized: nothing or the specialty copay, depending on the veteran's priority group.

    Source: 38 CFR 17.108; the exemptions (service connection, first mental-health visits of a year) are not asked.
    """
    copay = year_amount(catalogue, "va", "copay-specialty", year)
    known = () if copay is None else (copay,)
    highest = () if copay is None else (Terms(copay_cents=copay.amount.high_cents, deductible_applies=False),)

    def amounts(year: int) -> tuple[YearAmount, ...]:
        return known

    return Design(
        terms={"default": (Terms(deductible_applies=False), *highest)},
        opening=no_limits,
        amounts=amounts,
    )
