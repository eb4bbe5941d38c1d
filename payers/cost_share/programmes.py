"""Public programmes: their own terms, limits and years, from the catalogue's yearly parameters."""

from payers.catalogue.catalogue import Catalogue
from payers.cost_share.adjudicate import UNLIMITED_CENTS, Terms
from payers.cost_share.design import Design, YearAmount, after_met, coinsurance, no_limits, year_amount, yearly_limits
from payers.cost_share.ledger import Balance, Opening, opens, together
from payers.cost_share.money import WHOLE_BP
from payers.cost_share.plan import Benefits


def medicare_part_b(catalogue: Catalogue, benefits: Benefits | None, service_year: int) -> Design:
    """Original Medicare: the yearly Part B deductible, then a share of the approved amount, without a maximum.

    Source: 42 U.S.C. 1395l(a)(1) and (b); the amounts are the catalogue's `medicare-part-b` parameters.
    """

    def amounts(year: int) -> tuple[YearAmount, ...]:
        return _found(year_amount(catalogue, "medicare-part-b", "deductible", year))

    def opening(year: int, met: bool) -> Opening:
        known = amounts(year)
        least, most = (known[0].amount.low_cents, known[0].amount.high_cents) if known else (0, UNLIMITED_CENTS)
        fresh = opens("deductible", Balance(least), Balance(most))
        return after_met(fresh, benefits) if met else fresh

    share = year_amount(catalogue, "medicare-part-b", "coinsurance", service_year)
    return Design(terms={"default": coinsurance(share)}, opening=opening, amounts=amounts)


def champva(catalogue: Catalogue, benefits: Benefits | None, service_year: int) -> Design:
    """CHAMPVA: a small deductible, a share of the allowable amount, a family catastrophic cap (38 CFR 17.274)."""

    def amount(name: str, year: int, key: str = "amount") -> YearAmount | None:
        return year_amount(catalogue, "champva", name, year, key)

    def amounts(year: int) -> tuple[YearAmount, ...]:
        return _found(
            amount("deductible", year, "individual"),
            amount("deductible", year, "family"),
            amount("catastrophic-cap", year),
        )

    def opening(year: int, met: bool) -> Opening:
        deductible = yearly_limits(amount("deductible", year, "individual"), amount("deductible", year, "family"))
        cap = amount("catastrophic-cap", year)
        maximum = yearly_limits(cap, cap)
        fresh = together([opens("deductible", *deductible), opens("out-of-pocket-maximum", *maximum)])
        return after_met(fresh, benefits) if met else fresh

    share = amount("coinsurance", service_year)
    return Design(terms={"default": coinsurance(share)}, opening=opening, amounts=amounts)


def va_authorized(catalogue: Catalogue, service_year: int) -> Design:
    """Care that the VA authorized: nothing or the specialty copay, depending on the veteran's priority group.

    Source: 38 CFR 17.108; the exemptions (service connection, first mental-health visits of a year) are not asked.
    """
    copay = year_amount(catalogue, "va", "copay-specialty", service_year)
    dearest = (
        Terms(patient_share_bp=WHOLE_BP, deductible_applies=False)
        if copay is None
        else Terms(copay_cents=copay.amount.high_cents, deductible_applies=False)
    )

    def amounts(year: int) -> tuple[YearAmount, ...]:
        return _found(year_amount(catalogue, "va", "copay-specialty", year))

    return Design(terms={"default": (Terms(deductible_applies=False), dearest)}, opening=no_limits, amounts=amounts)


def _found(*several: YearAmount | None) -> tuple[YearAmount, ...]:
    return tuple(each for each in several if each is not None)
