"""Medicare's own limits: Part B, the ceilings of Medicare Advantage, and the drug benefit of Part D.

Source: 42 U.S.C. 1395l(a)(1) and (b); 42 CFR 422.100(f)(4) and 422.101(d); 42 U.S.C. 1395w-102(b). The amounts are the
catalogue's parameters.
"""

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.vocabulary import Network
from payers.cost_share.adjudicate import UNLIMITED_CENTS, settled
from payers.cost_share.design import Design, YearAmount, after_met, coinsurance, found, year_amount
from payers.cost_share.ledger import Balance, Ledger, Opening, opens, together
from payers.cost_share.line import MEDICAL, OUT_OF_NETWORK, PHARMACY
from payers.cost_share.plan import Benefits, CostShare, CostShares, PharmacyLimits

PART_D_SHARE_BP = 2_500
"""The standard drug benefit's share after the deductible; an actual plan may ask otherwise."""


def part_b(catalogue: Catalogue, benefits: Benefits | None, service_year: int) -> Design:
    """Original Medicare: the yearly Part B deductible, then a share of the approved amount, without a maximum."""

    def deductible(year: int) -> YearAmount | None:
        return year_amount(catalogue, "medicare-part-b", "deductible", year)

    def opening(year: int, met: bool) -> Opening:
        fresh = opens("deductible", *_ends(deductible(year)))
        return after_met(fresh, benefits) if met else fresh

    def share(year: int) -> YearAmount | None:
        return year_amount(catalogue, "medicare-part-b", "coinsurance", year)

    def amounts(year: int) -> tuple[YearAmount, ...]:
        return found(deductible(year), share(year))

    return Design(terms={"default": coinsurance(share(service_year))}, opening=opening, amounts=amounts)


def advantage_ceiling(catalogue: Catalogue, network: Network, year: int) -> YearAmount | None:
    """The most that a Medicare Advantage plan's out-of-pocket limit may be: in its network, or with what is outside."""
    name = "moop-in-network" if network == "in" else "moop-combined"
    return year_amount(catalogue, "medicare-advantage", name, year)


def part_d_deductible(catalogue: Catalogue, year: int) -> YearAmount | None:
    """The most that a drug plan's deductible may be."""
    return year_amount(catalogue, "medicare-part-d", "standard-deductible", year)


def with_part_d(medical: Design, catalogue: Catalogue, benefits: Benefits | None) -> Design:
    """The same coverage with a Medicare drug plan: a drug from the pharmacy follows Part D's limits and no others.

    A plan's deductible is at most the standard one, and its share is its own; the cap is the law's for every plan.
    """
    benefits = benefits or Benefits()
    limits, shares = benefits.pharmacy or PharmacyLimits(), benefits.cost_shares or CostShares()
    own = frozenset({PHARMACY})

    def cap(year: int) -> YearAmount | None:
        return year_amount(catalogue, "medicare-part-d", "out-of-pocket-cap", year)

    def drug_opening(year: int, met: bool) -> Opening:
        told = limits.deductible and limits.deductible.individual_cents
        _, most = _ends(part_d_deductible(catalogue, year))
        fresh = together(
            [
                opens(
                    "deductible",
                    Balance(0 if told is None else told),
                    most if told is None else Balance(told),
                    governs=own,
                    credited_by=own,
                ),
                opens("out-of-pocket-maximum", *_ends(cap(year)), governs=own, credited_by=own),
            ]
        )
        met_of = Benefits(deductible=limits.deductible, out_of_pocket_max=limits.out_of_pocket_max)
        return after_met(fresh, met_of) if met else fresh

    def opening(year: int, met: bool) -> Opening:
        return together([_without_pharmacy(medical.opening(year, met)), drug_opening(year, met)])

    def amounts(year: int) -> tuple[YearAmount, ...]:
        return *medical.amounts(year), *found(part_d_deductible(catalogue, year), cap(year))

    drug = tuple(settled(shares.pharmacy_drug or CostShare()))
    return medical._replace(terms={**medical.terms, "pharmacy_drug": drug}, opening=opening, amounts=amounts)


def _ends(amount: YearAmount | None) -> tuple[Balance, Balance]:
    """One person's limit from least to most; Medicare knows no families."""
    if amount is None:
        return Balance(0), Balance(UNLIMITED_CENTS)
    return Balance(amount.amount.low_cents), Balance(amount.amount.high_cents)


def _without_pharmacy(opening: Opening) -> Opening:
    """Limits of the medical benefit alone."""
    rest = frozenset({MEDICAL, OUT_OF_NETWORK})
    rows = [
        (
            account._replace(
                governs=(account.governs or rest) & rest, credited_by=(account.credited_by or rest) & rest
            ),
            *left,
        )
        for account, *left in zip(opening.least.accounts, opening.least.left, opening.most.left, strict=True)
        if account.governs is None or account.governs & rest
    ]
    accounts = tuple(account for account, *_ in rows)
    return Opening(
        Ledger(accounts, tuple(least for _, least, _ in rows)), Ledger(accounts, tuple(most for *_, most in rows))
    )
