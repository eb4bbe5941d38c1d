"""What became of a good-faith estimate: bills and plans put on record, how it stands, and the superbill."""

from datetime import date
from typing import Literal
from uuid import UUID

from litestar import Controller, MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody

from payers.estimate.question import Language
from payers.good_faith.account import Account, Recorded
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.guard import Guard, guard
from payers.good_faith.superbill import superbill
from service.api.asking_payers import means_of
from service.api.estimates import IdempotencyKey
from service.api.good_faith import PDF, DocumentLang, no_pdf
from service.api.good_faith_issues import newer, seen, stored_issue
from service.api.good_faith_views import GoodFaithAccount
from service.api.keys import PRIVATE, needs
from service.api.parameters import AcceptLanguage, Lang, language
from service.api.problems import Refused
from service.api.view import view
from service.api.wiring import Wiring
from service.computing import computed
from service.documents.federal_holidays import holidays_around
from service.documents.issuing import document, open_documents
from service.documents.page import POLICY, page
from service.documents.pdf import NoPdf, pdf
from service.documents.superbill_sheet import SuperbillSheet, superbill_sheet
from service.store.database import acquire
from service.store.good_faith import BillsKeyReused, SealedIssue, account_of, record_bills
from service.store.keys import Key

RECORDED = {
    200: ResponseSpec(GoodFaithAccount, generate_examples=False, description="Recorded before under this key"),
    201: ResponseSpec(GoodFaithAccount, generate_examples=False, description="Recorded now"),
}


class GoodFaithBillsController(Controller):
    """What was billed and planned after a good-faith estimate, for staff."""

    path = "/v1/good-faith-estimates/{issue_id:uuid}"
    tags = ("Good-faith estimates",)
    security = ({"key": []},)

    @post(
        "/bills",
        operation_id="recordGoodFaithBills",
        summary="What was billed for an estimate, and what is planned",
        guards=[needs("estimates:write")],
        responses=RECORDED,
    )
    async def record(
        self,
        issue_id: FromPath[UUID],
        data: JSONBody[Recorded],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        idempotency_key: IdempotencyKey = None,
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[GoodFaithAccount]:
        """How the estimate stands with it. A record is never changed: a credit takes back what was billed."""
        found = await stored_issue(wiring, issue_id)
        async with acquire(wiring.pool) as connection:
            made = await record_bills(
                connection,
                issue_id,
                data,
                at=wiring.clock().replace(microsecond=0),
                key_id=key.id,
                idempotency_key=idempotency_key,
            )
        if isinstance(made, BillsKeyReused):
            raise Refused("key-reused", "The key already stands for other bills.")
        told = await _account(wiring, found, lang, accept_language)
        return Response(told, status_code=201 if made else 200, headers=PRIVATE)

    @get(
        "/drift",
        operation_id="readGoodFaithDrift",
        summary="How an estimate stands against its bills",
        guards=[needs("estimates:read")],
    )
    async def drift(
        self,
        issue_id: FromPath[UUID],
        wiring: NamedDependency[Wiring],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[GoodFaithAccount]:
        """Warns before a bill goes further than the law lets it, and says when a new estimate is due."""
        found = await stored_issue(wiring, issue_id)
        return Response(await _account(wiring, found, lang, accept_language), headers=PRIVATE)

    @get(
        "/superbill.html",
        operation_id="readSuperbillPage",
        summary="What was given and billed, for the patient's plan: a page",
        guards=[needs("estimates:read")],
        media_type=MediaType.HTML,
    )
    async def superbill_page(
        self,
        issue_id: FromPath[UUID],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        lang: DocumentLang = None,
    ) -> Response[str]:
        """The services of the clinic, with the codes by which an insurer knows them."""
        sheet = await _superbill(wiring, key, issue_id, lang, "superbill.html")
        body = await computed(page, "superbill", sheet)
        headers = {**PRIVATE, "Content-Security-Policy": POLICY}
        return Response(body, media_type=MediaType.HTML, headers=headers)

    @get(
        "/superbill.pdf",
        operation_id="readSuperbillPdf",
        summary="What was given and billed, for the patient's plan: a PDF",
        guards=[needs("estimates:read")],
        media_type=PDF,
    )
    async def superbill_pdf(
        self,
        issue_id: FromPath[UUID],
        wiring: NamedDependency[Wiring],
        key: NamedDependency[Key],
        lang: DocumentLang = None,
    ) -> Response[bytes]:
        """The same as a PDF."""
        sheet = await _superbill(wiring, key, issue_id, lang, "superbill.pdf")
        try:
            body = await computed(pdf, "superbill", sheet)
        except NoPdf as error:
            raise no_pdf(error) from error
        headers = {**PRIVATE, "Content-Disposition": f'inline; filename="superbill-{issue_id}.pdf"'}
        return Response(body, media_type=PDF, headers=headers)


async def _account(
    wiring: Wiring, found: SealedIssue, lang: Language | None, accept_language: str | None
) -> GoodFaithAccount:
    async with acquire(wiring.pool) as connection:
        account, _ = await account_of(connection, found.id)
    estimate = document(open_documents(means_of(wiring).vault, found)[found.lang])
    today = wiring.clock().date()
    told = await computed(_stands, estimate, account, today, language(lang, accept_language))
    return view(
        GoodFaithAccount,
        told,
        id=found.id,
        as_of=today,
        valid_until=found.valid_until,
        replaced_by=await newer(wiring, found.id),
        billed=account.billed,
        planned=account.ahead(estimate),
    )


def _stands(estimate: GoodFaithEstimate, account: Account, today: date, lang: Language) -> Guard:
    days = (each.on for each in account.ahead(estimate))
    return guard(estimate, account, today, holidays_around(today, *days), lang)


async def _superbill(
    wiring: Wiring, key: Key, issue_id: UUID, lang: Language | None, form: Literal["superbill.html", "superbill.pdf"]
) -> SuperbillSheet:
    """Prepared on the day of the last record, so that it is the same whenever it is read."""
    found = await stored_issue(wiring, issue_id)
    async with acquire(wiring.pool) as connection:
        account, recorded_at = await account_of(connection, issue_id)
    estimate = document((await seen(wiring, key, found, form))[lang or found.lang])
    prepared_on = recorded_at.astimezone(wiring.clock().tzinfo).date() if recorded_at else found.issued_on
    made = superbill(estimate, account.billed, prepared_on)
    if made is None:
        raise Refused("nothing-billed", "No service of the clinic was recorded as given and billed.")
    return superbill_sheet(made)
