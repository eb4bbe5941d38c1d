"""What is stale, as a page: the facts grouped by the file that somebody opens to change them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Literal, NamedTuple, get_args

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.model import Cited
from payers.catalogue.staleness import CLINIC, IMPORTED, SOON_DAYS, Due, FactKind, Gap, due, gaps
from payers.estimate.answer import Citation
from payers.estimate.citing import citations
from service.store.database import acquire
from service.store.estimates import estimates_by_payer
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.stale.telling import Told, told
from service.web.console.visit import Visit
from service.web.console.words import words

Kind = Annotated[FactKind | Literal[""], QueryParameter()]
OPEN_AT_MOST = 40
"""Facts that are read at once; of more than these the groups stay folded until one is opened."""


USED_WITHIN = timedelta(days=90)


class Fact(NamedTuple):
    """A fact that is due, told."""

    due: Due
    told: Told
    citations: tuple[Citation, ...]


class Group(NamedTuple):
    """The facts and the gaps of one file. `payer` is the slug where the file is a payer's.

    `estimates` is how many of the last 90 days the payer answers for.
    """

    name: str
    payer: str | None
    file: str
    estimates: int
    facts: tuple[Fact, ...]
    gaps: tuple[Gap, ...]

    @property
    def days_left(self) -> int:
        """Of its most urgent fact; what is only missed stands behind all that is due."""
        return min((fact.due.days_left for fact in self.facts), default=SOON_DAYS)

    @property
    def order(self) -> tuple[bool, int, int, int, str]:
        """What is overdue first, within that what most estimates rest on, then what is most urgent."""
        return self.days_left >= 0, -self.estimates, self.days_left, -len(self.facts), self.name


class Counts(NamedTuple):
    """How many facts are overdue, due soon, and yearly amounts not settled."""

    overdue: int
    soon: int
    open: int


@get("/console/stale", guards=[takes("estimates:read")])
async def stale(desk: NamedDependency[Desk], kind: Kind = "") -> Response[str]:
    """Every fact that should have been read again, or soon should be."""
    listed, missing = due(desk.catalogue, desk.today), gaps(desk.catalogue.release, desk.today)
    there = {each.kind for each in (*listed, *missing)}
    async with acquire(desk.wiring.pool) as database:
        used = await estimates_by_payer(database, desk.wiring.clock() - USED_WITHIN)
    groups = _groups(
        used,
        desk.catalogue,
        desk.visit,
        [each for each in listed if kind in ("", each.kind)],
        [each for each in missing if kind in ("", each.kind)],
    )
    return desk.visit.show(
        "stale.html",
        groups=groups,
        counts=_counts(listed, missing, desk.today),
        kinds=[each for each in get_args(FactKind) if each in there or each == kind],
        kind=kind,
        unfolded=sum(len(each.facts) + len(each.gaps) for each in groups) <= OPEN_AT_MOST,
        soon_days=SOON_DAYS,
        used_days=USED_WITHIN.days,
        clinic=CLINIC,
        imported=IMPORTED,
        today=desk.today,
    )


PAGES = (stale,)


def _groups(
    used: Mapping[str, int], catalogue: Catalogue, visit: Visit, listed: list[Due], missing: list[Gap]
) -> list[Group]:
    groups = [
        Group(
            name=_name(catalogue, visit, file),
            payer=_payer(catalogue, file),
            file=file,
            estimates=used.get(_payer(catalogue, file) or "", 0),
            facts=tuple(
                Fact(each, told(catalogue, visit, each), citations(catalogue, _cited(each)))
                for each in listed
                if each.file == file
            ),
            gaps=tuple(each for each in missing if each.file == file),
        )
        for file in dict.fromkeys(each.file for each in (*listed, *missing))
    ]
    return sorted(groups, key=lambda each: each.order)


def _cited(due: Due) -> tuple[Cited, ...]:
    """An imported file is its own source, and is named already."""
    return () if due.file == IMPORTED else (due.value,)


def _counts(listed: list[Due], missing: list[Gap], today: date) -> Counts:
    overdue = sum(each.value.stale_on(today) for each in listed)
    return Counts(
        overdue=overdue,
        soon=sum(0 <= each.days_left <= SOON_DAYS for each in listed),
        open=sum(each.unsettled for each in listed) + sum(len(each.names) for each in missing),
    )


def _payer(catalogue: Catalogue, file: str) -> str | None:
    slug = file.removeprefix("payers/").removesuffix(".toml")
    return slug if slug in catalogue.payers and file.startswith("payers/") else None


def _name(catalogue: Catalogue, visit: Visit, file: str) -> str:
    """A payer's name, or what else the file holds; its own name where nobody has put that into words."""
    slug = _payer(catalogue, file)
    return catalogue.payers[slug].name if slug else words(visit.lang).get(f"stale.in_{file}", file)
