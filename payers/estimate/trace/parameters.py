"""The catalogue's yearly amounts as reasons, by the part of the cost share that each of them decides."""

from collections.abc import Iterator, Mapping
from typing import Literal

from payers.cost_share.design import YearAmount
from payers.cost_share.line import PHARMACY, Line
from payers.estimate.trace.reason import Percent, Reason, on_file, unknown
from payers.estimate.trace.session import Session

Role = Literal["deductible", "copay", "coinsurance", "maximum", "ceiling", "free"]
"""What an amount decides. A `ceiling` is the most that the law lets a plan's maximum be; `free` frees some visits."""

PART_D = "medicare-part-d"

ROLES: Mapping[tuple[str, str], tuple[Role, ...]] = {
    ("aca", "oop-max-self"): ("ceiling",),
    ("champva", "catastrophic-cap"): ("maximum",),
    ("champva", "coinsurance"): ("coinsurance",),
    ("champva", "deductible"): ("deductible",),
    ("medicaid", "copay"): ("copay",),
    ("medicare-advantage", "moop-combined"): ("ceiling",),
    ("medicare-advantage", "moop-in-network"): ("ceiling",),
    ("medicare-part-b", "coinsurance"): ("coinsurance",),
    ("medicare-part-b", "deductible"): ("deductible",),
    (PART_D, "out-of-pocket-cap"): ("maximum",),
    (PART_D, "standard-deductible"): ("deductible",),
    ("tricare", "catastrophic-cap"): ("maximum",),
    ("tricare", "network-copay"): ("copay",),
    ("tricare", "non-network-coinsurance-select"): ("coinsurance",),
    ("tricare", "point-of-service"): ("deductible", "coinsurance"),
    ("tricare", "select-deductible"): ("deductible",),
    ("va", "copay-specialty"): ("copay",),
    ("va", "mental-health-first-3-visits-per-year"): ("free",),
}
"""Every parameter that a design may be made of; a state's Medicaid program stands under `medicaid`."""


def parameters(at: Session, line: Line, role: Role) -> Iterator[Reason]:
    """The yearly amounts that decide one part of a line.

    Of the rows of one parameter a person's deductible comes first, and stands for the family's; a share comes last.
    """
    of_drug = line.pool == PHARMACY and any(_name(amount)[0] == PART_D for amount in at.amounts)
    rows: dict[tuple[str, str, int, str | None], list[YearAmount]] = {}
    for amount in at.amounts:
        name = _name(amount)
        if role in ROLES.get(name, ()) and of_drug == (name[0] == PART_D):
            rows.setdefault((*name, amount.year, amount.parameters[0].scope), []).append(amount)
    for (program, name, _, _), amounts in rows.items():
        key = f"{program}-{name}"
        if role == "coinsurance":
            *_, share = amounts
            percent = Percent(share.amount.low_cents, share.amount.high_cents)
            yield on_file(f"{key}-share" if len(ROLES[program, name]) > 1 else key, share.parameters, percent=percent)
        else:
            yield _of_year(key, amounts[0])
        yield from (not_final(each.year) for each in amounts[:1] if not each.settled)


def not_final(year: int) -> Reason:
    """Nobody has published a year's amounts as final."""
    return unknown("not-final", year=year)


def _of_year(key: str, amount: YearAmount) -> Reason:
    """A year without any figure of its own is told as the year whose figure stands in."""
    last, *forecasts = amount.parameters
    return on_file(key, amount.parameters, amount=amount.amount, year=amount.year if forecasts else last.year)


def _name(amount: YearAmount) -> tuple[str, str]:
    """Program and name."""
    first = amount.parameters[0]
    return "medicaid" if first.program.endswith("-medicaid") else first.program, first.name
