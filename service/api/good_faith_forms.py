"""A good-faith estimate and its superbill in the forms in which they are given out, and on record who had them."""

from typing import Any, Literal
from uuid import UUID

from litestar import MediaType, Response

from payers.estimate.question import Language
from payers.good_faith import pct
from payers.good_faith.content import GoodFaithEstimate
from payers.good_faith.superbill import superbill
from service.api.fhir_outcomes import FHIR_JSON
from service.api.good_faith_issues import seen
from service.api.keys import PRIVATE
from service.api.problems import Refused
from service.api.wiring import Wiring
from service.computing import computed
from service.documents.issuing import document
from service.documents.page import POLICY, page
from service.documents.pdf import NoPdf, pdf
from service.documents.sheet import good_faith_sheet
from service.documents.superbill_sheet import superbill_sheet
from service.store.database import acquire
from service.store.good_faith import SealedIssue, account_of
from service.store.keys import Key

PDF = "application/pdf"
FORMS = {"": MediaType.JSON.value, "html": MediaType.HTML.value, "pdf": PDF, "fhir.json": FHIR_JSON}
"""What an estimate can be had as, by the ending of its address."""


def named(name: str) -> tuple[UUID, str]:
    """The id and the form that a name asks for. Raises `Refused` where it is no such name."""
    stem, _, form = name.partition(".")
    if form not in FORMS or name.endswith("."):
        raise Refused("not-found", f"An estimate can be had as {', '.join(f'.{each}' for each in FORMS if each)}.")
    try:
        return UUID(stem), form
    except ValueError:
        raise Refused("not-found", "No good-faith estimate has this id.") from None


async def in_form(
    wiring: Wiring, key: Key, found: SealedIssue, form: str, lang: Language | None
) -> Response[str | bytes]:
    """The estimate as a page, a PDF or FHIR, in a language or (absent) the patient's. Raises `Refused`."""
    given_out = document((await seen(wiring, key, found, form))[lang or found.lang])
    body = await computed(_shown, given_out, form, found.created_at.isoformat())
    headers = _headers(form, f"good-faith-estimate-{found.id}")
    return Response(body, media_type=FORMS[form], headers=headers)


async def superbill_in_form(
    wiring: Wiring, key: Key, found: SealedIssue, form: Literal["html", "pdf"], lang: Language | None
) -> Response[Any]:
    """The superbill, prepared on the day of the last record, so that it is the same whenever it is read.

    Raises:
        Refused: nothing was billed yet, or there can be no PDF.
    """
    async with acquire(wiring.pool) as connection:
        account, recorded_at = await account_of(connection, found.id)
    estimate = document((await seen(wiring, key, found, f"superbill.{form}"))[lang or found.lang])
    prepared_on = recorded_at.astimezone(wiring.clock().tzinfo).date() if recorded_at else found.issued_on
    made = superbill(estimate, account.billed, prepared_on)
    if made is None:
        raise Refused("nothing-billed", "No service of the clinic was recorded as given and billed.")
    sheet = superbill_sheet(made)
    try:
        body = await computed(page if form == "html" else pdf, "superbill", sheet)
    except NoPdf as error:
        raise _no_pdf(error) from error
    return Response(body, media_type=FORMS[form], headers=_headers(form, f"superbill-{found.id}"))


def _headers(form: str, name: str) -> dict[str, str]:
    """A page brings its own policy, a file its name."""
    if form == "html":
        return {**PRIVATE, "Content-Security-Policy": POLICY}
    return {**PRIVATE, "Content-Disposition": f'inline; filename="{name}.{form}"'}


def _no_pdf(error: NoPdf) -> Refused:
    return Refused("no-pdf", f"{error}. The page at the same address with `.html` can be printed.")


def _shown(estimate: GoodFaithEstimate, form: str, issued_at: str) -> str | bytes:
    if form == "fhir.json":
        return pct.encode(pct.bundle(estimate, issued_at))
    if form == "html":
        return page("good_faith", good_faith_sheet(estimate))
    try:
        return pdf("good_faith", good_faith_sheet(estimate))
    except NoPdf as error:
        raise _no_pdf(error) from error
