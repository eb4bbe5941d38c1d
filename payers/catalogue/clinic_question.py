"""What a row of the clinic is about: which rows cannot hold on one day, what a row is called, what follows it.

The database refuses two rows for one question on one day; here are the same questions, so that people can be told.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, TypeVar

import msgspec

from payers.catalogue.clinic import (
    ClinicFee,
    ClinicLayer,
    ClinicRow,
    ContractedRate,
    Discount,
    Package,
    PaymentPlan,
    PaymentPolicy,
    ServicePrice,
    SiteLocality,
    SitePrice,
    SiteRow,
    SlidingBand,
)
from payers.catalogue.finding import overlap

Row = TypeVar("Row", bound=ClinicRow)
Question = tuple[str | int | None, ...]

_LONGEST_ID = 80


def question(row: ClinicRow) -> Question:
    """What the row answers, with its kind before it; of two rows for one question only one holds on a day."""
    match row:
        case SitePrice():
            asked = (row.treatment, row.dose_mg, row.minutes)
        case ServicePrice():
            asked = (row.service,)
        case Package():
            asked = (row.treatment, row.name)
        case Discount():
            asked = (row.kind,)
        case SlidingBand():
            asked = (row.tier,)
        case ClinicFee():
            asked = (row.kind,)
        case PaymentPlan():
            asked = (row.name,)
        case ContractedRate():
            asked = (row.payer, row.line_of_business, row.plan, row.treatment, row.dose_mg)
        case _:  # cards and superbills, and where a site is: one answer for each site
            asked = ()
    return (type(row).__name__, *asked, row.site if isinstance(row, SiteRow) else None)


def rivals(row: Row, others: Iterable[Row]) -> list[Row]:
    """The rows that answer the same question, or a tier for the same income, on a day on which this one does."""
    return [
        other
        for other in others
        if overlap(row, other) and (question(row) == question(other) or _same_income(row, other))
    ]


def _same_income(row: ClinicRow, other: ClinicRow) -> bool:
    return (
        isinstance(row, SlidingBand)
        and isinstance(other, SlidingBand)
        and row.poverty_percent_max is not None
        and (row.poverty_percent_max, row.site) == (other.poverty_percent_max, other.site)
    )


_FIRST_WORD: dict[type[ClinicRow], str] = {
    Package: "package",
    Discount: "discount",
    SlidingBand: "tier",
    PaymentPlan: "plan",
    PaymentPolicy: "payment",
    SiteLocality: "locality",
}


def named(row: Row, taken: Collection[str]) -> Row:
    """The row with an id that says what it answers and from when, and that no row has had."""
    parts: list[str | None] = [_FIRST_WORD.get(type(row))]
    match row:
        case SitePrice():
            parts += [row.treatment, _count(row.dose_mg, "mg"), _count(row.minutes, "min")]
        case ContractedRate():
            parts += [row.payer, row.line_of_business, row.plan, row.treatment, _count(row.dose_mg, "mg")]
        case _:
            parts += [str(part) for part in question(row)[1:-1]]
    site = row.site if isinstance(row, SiteRow) else None
    words = [_slug(part) for part in (*parts, site) if part]
    slug = "-".join(filter(None, words))[:_LONGEST_ID].strip("-")
    from_day = f"-{row.valid_from}" if row.valid_from else ""
    number, id = 1, f"{slug}{from_day}"
    while id in taken:
        number += 1
        id = f"{slug}{from_day}-{number}"
    return msgspec.structs.replace(row, id=id)


def successor(row: Row, first_day: date, taken: Collection[str], **terms: Any) -> Row:
    """The row that goes on from `first_day` with other `terms` and everything else as it was."""
    return named(msgspec.structs.replace(row, valid_from=first_day, **terms), taken)


def taken_ids(layer: ClinicLayer) -> frozenset[str]:
    """Every id that a row has."""
    return frozenset(row.id for _, row in layer.rows())


def _count(number: int | None, unit: str) -> str | None:
    return None if number is None else f"{number}-{unit}"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
