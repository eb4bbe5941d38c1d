"""What became of a good-faith estimate: bills and plans put on record, how it stands, and the superbill."""

from uuid import UUID

from litestar import Controller, MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody

from payers.good_faith.account import Recorded
from service.api.estimates import IdempotencyKey
from service.api.good_faith import DocumentLang
from service.api.good_faith_accounts import account, recorded
from service.api.good_faith_forms import PDF, superbill_in_form
from service.api.good_faith_issues import on_record, stored_issue
from service.api.good_faith_views import GoodFaithAccount
from service.api.keys import PRIVATE, needs
from service.api.parameters import AcceptLanguage, Lang, language
from service.api.wiring import Wiring
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
        made = await recorded(wiring, key, found, data, idempotency_key)
        told = await account(wiring, found, language(lang, accept_language))
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
        key: NamedDependency[Key],
        lang: Lang = None,
        accept_language: AcceptLanguage = None,
    ) -> Response[GoodFaithAccount]:
        """Warns before a bill goes further than the law lets it, and says when a new estimate is due.

        It names the services a patient had: that this key saw them goes on record.
        """
        found = await stored_issue(wiring, issue_id)
        await on_record(wiring, key, found, "account")
        return Response(await account(wiring, found, language(lang, accept_language)), headers=PRIVATE)

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
        return await superbill_in_form(wiring, key, await stored_issue(wiring, issue_id), "html", lang)

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
        return await superbill_in_form(wiring, key, await stored_issue(wiring, issue_id), "pdf", lang)
