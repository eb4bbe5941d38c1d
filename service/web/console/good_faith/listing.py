"""All good-faith estimates, and first those that somebody should look at."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency

from payers.catalogue.vocabulary import Treatment
from payers.estimate.tell_catalogue import treatment_name
from payers.good_faith.account import Account
from payers.good_faith.guard import PERIOD_NOTICE, Guard
from service.api.asking_payers import means_of
from service.api.good_faith import PAGE, After
from service.api.good_faith_accounts import stands
from service.computing import computed
from service.documents.issuing import document, open_documents
from service.store.database import acquire
from service.store.good_faith import SealedIssue, list_issues, list_watched
from service.web.console.access import takes
from service.web.console.desk import Desk
from service.web.console.good_faith.one import HERE, URGENT

BILLED_LATELY = timedelta(days=90)
"""How long after the last record an estimate is watched: a course goes on, and bills come late."""


class Watched(NamedTuple):
    """An estimate that somebody should look at, and why."""

    issue: SealedIssue
    treatment: Treatment
    guard: Guard

    @property
    def urgent(self) -> bool:
        """Whether it has happened already."""
        late = self.guard.new_version is not None and self.guard.new_version.late
        return late or any(each.kind in URGENT for each in self.guard.warnings)


@get(HERE, guards=[takes("estimates:read")])
async def everything(desk: NamedDependency[Desk], after: After = None) -> Response[str]:
    """The newest first. Nothing of a patient is shown."""
    now = desk.wiring.clock()
    async with acquire(desk.wiring.pool) as connection:
        found = await list_issues(connection, after=after, limit=PAGE + 1)
        ends = (desk.today - PERIOD_NOTICE, desk.today + PERIOD_NOTICE)
        watched = await list_watched(connection, ends=ends, recorded_since=now - BILLED_LATELY) if not after else ()
    told = await _told(desk, watched) if watched else ()
    return desk.visit.show(
        "good_faith_list.html",
        rows=found[:PAGE],
        more=f"{HERE}?after={found[PAGE - 1].id}" if len(found) > PAGE else None,
        watched=sorted(told, key=lambda each: not each.urgent),
        urgent=URGENT,
        treatments={slug: treatment_name(each, desk.visit.lang) for slug, each in desk.catalogue.treatments.items()},
    )


PAGES = (everything,)


async def _told(desk: Desk, watched: Sequence[tuple[SealedIssue, Treatment, Account]]) -> tuple[Watched, ...]:
    """Those of which the drift guard has something to say. They are opened for it, and nobody sees a patient."""
    vault, lang = means_of(desk.wiring).vault, desk.visit.lang

    def guarded() -> tuple[Watched, ...]:
        found: list[Watched] = []
        for issue, treatment, account in watched:
            estimate = document(open_documents(vault, issue)[lang])
            told = stands(estimate, account, desk.today, lang)
            if told.warnings or told.new_version:
                found.append(Watched(issue, treatment, told))
        return tuple(found)

    return await computed(guarded)
