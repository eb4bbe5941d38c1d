"""What a patient takes home: the page, the PDF and the FHIR bundle say the same, and no name in them is markup."""

import io
import re
import sys
from typing import Any

import pytest
from litestar import Litestar
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from payers.good_faith.words import sentences
from service.documents.page import POLICY
from tests.payers.good_faith.issued import COMPOUNDING, REQUEST, THERAPIST
from tests.service.good_faith.asking import Office, session
from tests.service.good_faith.conftest import Today, calling
from tests.service.good_faith.test_issue import problem

PATIENT = REQUEST["patient"] | {
    "first_name": "María <b>",
    "last_name": "#Muster *1*",
    "address": {"line": "7 $Long$ Street", "city": "Denver", "state": "CO", "postal_code": "80203"},
}
RICH: dict[str, Any] = {
    "patient": PATIENT,
    "co_providers": [THERAPIST, COMPOUNDING],
    "separate_services": ["Group therapy"],
    "scheduled_on": "2026-11-20",
}
REQUIRED = (
    "1234567893",
    "84-1234567",
    "96365",
    "J3490",
    "F33.2",
    "$3,000.00",
    "$3,470.00",
    "Ana Ruiz",
    "Front Range Compounding",
    "Group therapy",
    "1-800-985-3059",
    "C.R.S. 25-49-106",
)
"""Some of what the law asks for, which must stand in every form."""


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def text_of(reader: PdfReader) -> str:
    return squeezed("".join(page.extract_text() for page in reader.pages))


def root(reader: PdfReader) -> Any:
    return reader.root_object


def tags(reader: PdfReader) -> set[str]:
    """Every kind of structure in the document's tree."""
    found: set[str] = set()
    pending: list[Any] = [root(reader)["/StructTreeRoot"]]
    while pending:
        node: Any = pending.pop().get_object()
        if isinstance(node, ArrayObject):
            pending += node
        elif isinstance(node, DictionaryObject):
            found.add(str(node.get("/S")))
            pending += [node["/K"]] if "/K" in node else []
    return found


@pytest.mark.parametrize("lang", ["en", "es"])
async def test_the_page(lang: str, office: Office) -> None:
    issued = await office.issue(**RICH)
    page = await office.read(issued["id"], ".html", lang=lang)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["cache-control"] == "no-store"
    assert f'<html lang="{lang}">' in page.text
    assert [each for each in REQUIRED if each not in page.text] == []
    for heading in ("title", "charges", "separate-services", "not-included", "rights"):
        assert sentences("es" if lang == "es" else "en")["heading"][heading] in page.text
    assert "María &lt;b&gt; #Muster *1*" in page.text
    assert "<b>" not in page.text
    assert re.findall(r"<script|<link rel=\"(?!icon)|src=|url\(|style=", page.text) == []


@pytest.mark.parametrize("lang", ["en", "es"])
async def test_the_pdf(lang: str, office: Office, today: Today) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    issued = await office.issue(**RICH)
    answer = await office.read(issued["id"], ".pdf", lang=lang)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'inline; filename="good-faith-estimate-{issued["id"]}.pdf"'
    reader = PdfReader(io.BytesIO(answer.content))
    text, wanted = text_of(reader), (*REQUIRED, "María <b> #Muster *1*", "7 $Long$ Street")
    assert [each for each in wanted if squeezed(each) not in text] == []
    assert str(root(reader)["/Lang"]).startswith(lang)
    assert root(reader)["/MarkInfo"]["/Marked"]
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/L", "/P"} <= tags(reader)
    assert reader.metadata is not None
    title = sentences("es" if lang == "es" else "en")["heading"]["title"]
    assert reader.metadata.title == f"{title}: Mile High Ketamine"
    assert reader.metadata.creation_date_raw is not None
    assert reader.metadata.creation_date_raw.startswith("D:20261123")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root(reader)["/Metadata"].get_data()
    today.now = today.now.replace(year=2031)
    assert (await office.read(issued["id"], ".pdf", lang=lang)).content == answer.content


async def test_a_new_version_tells_what_changed_in_every_form(office: Office) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    before = await office.issue()
    estimate = await office.estimate(course={"kind": "dates", "dates": ["2026-12-01", "2026-12-09"]})
    after = (await office.replace(before["id"], {"estimate": estimate, "reason": "schedule"})).json()
    page = (await office.read(after["id"], ".html")).text
    pdf = text_of(PdfReader(io.BytesIO((await office.read(after["id"], ".pdf")).content)))
    for told in (before["id"], "$3,000.00", "$1,000.00", "December 1 and 9, 2026"):
        assert told in page
        assert squeezed(told) in pdf


async def test_the_bundle(office: Office) -> None:
    issued = await office.issue(**RICH)
    answer = await office.read(issued["id"], ".fhir.json")
    assert answer.headers["content-type"] == "application/fhir+json"
    bundle = answer.json()
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    assert bundle["timestamp"] == "2026-11-23T15:00:00+00:00"
    assert {entry["resource"]["resourceType"] for entry in bundle["entry"]} >= {"Claim", "Patient", "Coverage"}


async def test_without_the_extra_the_pdf_says_what_to_install(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    issued = await office.issue()
    answer = await office.read(issued["id"], ".pdf")
    assert (answer.status_code, problem(answer)) == (501, ("no-pdf", []))
    assert "outlay[pdf]" in answer.json()["detail"]
    assert (await office.read(issued["id"], ".html")).status_code == 200


async def test_a_name_in_a_script_that_no_font_has_is_still_a_page(office: Office) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    issued = await office.issue(patient=REQUEST["patient"] | {"last_name": "김"})
    answer = await office.read(issued["id"], ".pdf")
    assert problem(answer) == ("no-pdf", [])
    assert "김" not in answer.text
    assert "김" in (await office.read(issued["id"], ".html")).text


@pytest.mark.parametrize(("lang", "title"), [("en", "Superbill"), ("es", "Recibo detallado")])
async def test_the_superbill_has_what_was_given_and_billed(lang: str, title: str, office: Office, today: Today) -> None:
    issued = await office.issue(patient=PATIENT)
    today.now = today.now.replace(month=12, day=8)
    later = session("2026-12-11")
    await office.record(issued["id"], billed=[session("2026-12-01"), session("2026-12-04"), later])
    page = (await office.read(issued["id"], "/superbill.html", lang=lang)).text
    assert f"<h1>{title}" in page
    for told in ("12/01/2026", "12/04/2026", "96365", "J3490", "F33.2", "1234567893", "84-1234567", "$1,000.00"):
        assert told in page
    assert "12/11/2026" not in page
    assert "María &lt;b&gt; #Muster *1*" in page


async def test_the_superbill_as_a_pdf_is_the_same_on_another_day(office: Office, today: Today) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    issued = await office.issue()
    today.now = today.now.replace(month=12, day=8)
    await office.record(issued["id"], billed=[session("2026-12-01"), session("2026-12-04")])
    first = await office.read(issued["id"], "/superbill.pdf")
    today.now = today.now.replace(year=2027)
    assert (await office.read(issued["id"], "/superbill.pdf")).content == first.content
    reader = PdfReader(io.BytesIO(first.content))
    text = text_of(reader)
    assert [each for each in ("12/01/2026", "96365", "$1,000.00") if each not in text] == []
    assert {"/H1", "/Table", "/TH"} <= tags(reader)


async def test_there_is_no_superbill_before_anything_was_billed(office: Office) -> None:
    issued = await office.issue()
    for ending in ("/superbill.html", "/superbill.pdf"):
        assert problem(await office.read(issued["id"], ending)) == ("nothing-billed", [])


async def test_a_superbill_is_for_who_may_read_estimates(
    office: Office, clinic_app: Litestar, secrets: dict[str, str]
) -> None:
    issued = await office.issue()
    async with calling(clinic_app, secrets["checker"]) as client:
        for ending in ("html", "pdf"):
            answer = await client.get(f"/v1/good-faith-estimates/{issued['id']}/superbill.{ending}")
            assert answer.status_code == 403
