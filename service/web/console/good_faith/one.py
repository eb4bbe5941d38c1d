"""One good-faith estimate: what was given out, how it stands against its bills, and what comes next."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from payers.catalogue.vocabulary import ServiceKind
from payers.good_faith.account import Item
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.guard import WarningKind
from payers.good_faith.superbill import superbill
from service.api.good_faith import DocumentLang
from service.api.good_faith_accounts import account
from service.api.good_faith_forms import in_form, named, superbill_in_form
from service.api.good_faith_issues import newer, seen, stored_issue
from service.api.good_faith_views import GoodFaithAccount, whole
from service.documents.issuing import document
from service.documents.sheet import good_faith_sheet
from service.store.good_faith import SealedIssue
from service.uuid7 import uuid7
from service.web.console.access import may, takes
from service.web.console.desk import Desk
from service.web.console.good_faith.form import Form, form_of

HERE = "/console/good-faith"
SHOWN = "console"
"""The form in which the page shows it, on the audit trail."""
ITEMS: tuple[Item, ...] = ("session", *get_args(ServiceKind), "membership", "co-provider", "other")
URGENT: tuple[WarningKind, ...] = ("over-state-cap", "dispute-possible", "period-ended", "beyond-period")
"""The warnings of what has happened; the others are of what will."""


class Standing(NamedTuple):
    """A provider's bills against its total, in cents.

    `most_cents` is what the state lets it bill, absent without a cap; from `disputable_cents` the patient may dispute.
    """

    name: str
    estimated_cents: int
    billed_cents: int
    expected_cents: int
    most_cents: int | None
    disputable_cents: int

    @property
    def tone(self) -> Literal["good", "wait", "bad"]:
        """Whether a limit is passed, will be, or neither."""
        limit = self.disputable_cents - 1 if self.most_cents is None else self.most_cents
        return "bad" if self.billed_cents > limit else "wait" if self.expected_cents > limit else "good"


@get(f"{HERE}/{{name:str}}", guards=[takes("estimates:read")])
async def read(name: FromPath[str], desk: NamedDependency[Desk], lang: DocumentLang = None) -> Response[Any]:
    """The estimate's page, or with `.html`, `.pdf` or `.fhir.json` the document itself, as over the API."""
    issue_id, form = named(name)
    found = await stored_issue(desk.wiring, issue_id)
    if form:
        return await in_form(desk.wiring, desk.key, found, form, lang)
    return await page(desk, found)


@get(f"{HERE}/{{issue_id:uuid}}/superbill.html", guards=[takes("estimates:read")])
async def superbill_page(
    issue_id: FromPath[UUID], desk: NamedDependency[Desk], lang: DocumentLang = None
) -> Response[Any]:
    """What was given and billed, for the patient's plan."""
    return await superbill_in_form(desk.wiring, desk.key, await stored_issue(desk.wiring, issue_id), "html", lang)


@get(f"{HERE}/{{issue_id:uuid}}/superbill.pdf", guards=[takes("estimates:read")])
async def superbill_pdf(
    issue_id: FromPath[UUID], desk: NamedDependency[Desk], lang: DocumentLang = None
) -> Response[Any]:
    """The same as a PDF."""
    return await superbill_in_form(desk.wiring, desk.key, await stored_issue(desk.wiring, issue_id), "pdf", lang)


PAGES = (read, superbill_page, superbill_pdf)


async def page(desk: Desk, found: SealedIssue, bill: Form | None = None, *, once: str = "") -> Response[str]:
    """The whole page, with a bill as it was typed where that is wrong. That it was seen goes on record."""
    documents = await seen(desk.wiring, desk.key, found, SHOWN)
    estimate = document(documents[desk.visit.lang])
    stands = await account(desk.wiring, found, desk.visit.lang)
    return desk.visit.show(
        "good_faith_one.html",
        status=422 if bill and bill.wrong else 200,
        issued=whole(found, await newer(desk.wiring, found.id), documents[found.lang]),
        estimate=estimate,
        sheet=good_faith_sheet(estimate),
        stands=stands,
        standings=tuple(_standings(estimate, stands)),
        names=names(estimate, stands),
        item_options=items(desk),
        urgent=URGENT,
        with_superbill=superbill(estimate, stands.billed, desk.today) is not None,
        form=bill or _next_bill(estimate, stands, desk.today),
        once=once or str(uuid7()),
        may_write=may(desk.key, "estimates:write"),
        today=desk.today,
    )


def items(desk: Desk) -> list[tuple[Item, str]]:
    """What a service may be, with its name."""
    return [(each, desk.visit.speak(f"good_faith.item_{each}")) for each in ITEMS]


def names(estimate: GoodFaithEstimate, stands: GoodFaithAccount) -> dict[str, str]:
    """Everyone who bills or may, by NPI; whoever is not in the estimate goes by the number."""
    parties = [each.provider for each in (*estimate.providers, *estimate.not_included)]
    listed = {each.npi: each.full_name for each in parties}
    return listed | {each.npi: each.npi for each in (*stands.billed, *stands.planned) if each.npi not in listed}


def _standings(estimate: GoodFaithEstimate, stands: GoodFaithAccount) -> Iterator[Standing]:
    billed = {each.npi: each.billed_cents for each in stands.so_far}
    expected = {each.npi: each.billed_cents for each in stands.in_the_end}
    for charges in estimate.providers:
        npi = charges.provider.npi
        yield Standing(
            name=charges.provider.full_name,
            estimated_cents=charges.total_cents,
            billed_cents=billed.get(npi, 0),
            expected_cents=expected.get(npi, 0),
            most_cents=charges.most_billable_cents,
            disputable_cents=charges.disputable_from_cents,
        )


def _next_bill(estimate: GoodFaithEstimate, stands: GoodFaithAccount, today: date) -> Form:
    """The bill that most likely comes next: for what is planned first, and no day ahead."""
    clinic = estimate.providers[0].provider.npi
    if not stands.planned:
        return form_of({"billed": [{"npi": clinic, "on": today.isoformat(), "quantity": 1}]})
    following = stands.planned[0]
    on = min(following.on or today, today)
    return form_of({"billed": [msgspec.to_builtins(msgspec.structs.replace(following, on=on, quantity=1))]})
