"""Which rows of the price list hold at a site on a day."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from payers.catalogue.clinic import ClinicLayer, SiteRow

Row = TypeVar("Row", bound=SiteRow)


def in_force(rows: Iterable[Row], site: str | None, day: date, thing: Callable[[Row], object]) -> list[Row]:
    """The rows that hold on `day` at `site`. Of two for the same `thing` the site's own answers.

    `None` is a site that no row names: the rows that hold at every site are its own.
    """
    at_site = [row for row in rows if row.holds_on(day) and row.site in (None, site)]
    return list({thing(row): row for row in sorted(at_site, key=lambda row: row.site is not None)}.values())


def sites(clinic: ClinicLayer, site: str | None) -> tuple[str | None, ...]:
    """The sites that a course may be at: the one told, else every one on file and those that no row names (`None`)."""
    return (*clinic.sites, None) if site is None else (site,)


def anywhere(
    clinic: ClinicLayer, rows: Iterable[Row], site: str | None, day: date, thing: Callable[[Row], object]
) -> list[Row]:
    """The rows that hold on `day` wherever the course may be, each once."""
    found = {row.id: row for place in sites(clinic, site) for row in in_force(rows, place, day, thing)}
    return list(found.values())
