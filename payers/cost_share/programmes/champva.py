"""CHAMPVA: a small deductible, a share of the allowable amount, a family's catastrophic cap.

Source: 38 CFR 17.274; the amounts are the catalogue's `champva` parameters.
"""

from payers.catalogue.catalogue import Catalogue
from payers.cost_share.design import Design, YearAmount, after_met, coinsurance, found, year_amount, yearly_limits
from payers.cost_share.ledger import Opening, opens, together
from payers.cost_share.plan import Benefits


def design(catalogue: Catalogue, benefits: Benefits | None, service_year: int) -> Design:
    """The terms; what `benefits` tells is met is taken off the limits of the year that runs."""

    def amount(name: str, year: int, key: str = "amount") -> YearAmount | None:
        return year_amount(catalogue, "champva", name, year, key)

    def amounts(year: int) -> tuple[YearAmount, ...]:
        return found(
            amount("deductible", year, "individual"),
            amount("deductible", year, "family"),
            amount("coinsurance", year),
            amount("catastrophic-cap", year),
        )

    def opening(year: int, met: bool) -> Opening:
        deductible = yearly_limits(amount("deductible", year, "individual"), amount("deductible", year, "family"))
        cap = amount("catastrophic-cap", year)
        fresh = together([opens("deductible", *deductible), opens("out-of-pocket-maximum", *yearly_limits(cap, cap))])
        return after_met(fresh, benefits) if met else fresh

    share = coinsurance(amount("coinsurance", service_year))
    return Design(terms={"default": share}, opening=opening, amounts=amounts)
