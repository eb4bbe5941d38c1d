"""Medicaid as the first payer: the state's copay, which the catalogue knows program by program."""

from payers.catalogue.catalogue import Catalogue
from payers.cost_share.adjudicate import Terms
from payers.cost_share.design import Design, YearAmount, found, no_limits, year_amount


def program_of(state: str) -> str:
    """The name under which a state's amounts stand among the yearly parameters."""
    return f"{state.lower()}-medicaid"


def copay(catalogue: Catalogue, program: str, year: int) -> YearAmount | None:
    """The copay of an outpatient visit; absent where the state's is not on file."""
    return year_amount(catalogue, program, "copay", year)


def design(catalogue: Catalogue, program: str, amount: YearAmount) -> Design:
    """The state's copay for each session, without a deductible."""

    def amounts(year: int) -> tuple[YearAmount, ...]:
        return found(copay(catalogue, program, year))

    ends = sorted({amount.amount.low_cents, amount.amount.high_cents})
    return Design(
        terms={"default": tuple(Terms(copay_cents=cents, deductible_applies=False) for cents in ends)},
        opening=no_limits,
        amounts=amounts,
    )
