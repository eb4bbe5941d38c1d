"""A raw answer is read and nothing of it is stored; only what is no X12 at all is refused."""

import re
from pathlib import Path

import httpx
import msgspec
import pytest
from litestar import Litestar

from payers.eligibility.read_271 import read_271
from service.store.database import acquire
from tests.service.clearinghouse.network import ANSWER

MESSAGES = Path(__file__).parents[4] / "shared/reference/x12"
PARSE = "/v1/eligibility/parse"
EDI = {"Content-Type": "application/edi-x12"}


async def test_an_answer_is_read_however_it_is_sent(app: Litestar, office: httpx.AsyncClient) -> None:
    raw = await office.post(PARSE, content=ANSWER.encode(), headers=EDI)
    wrapped = await office.post(PARSE, json={"x12": ANSWER})
    assert raw.status_code == wrapped.status_code == 200
    assert raw.json() == wrapped.json()
    assert {"transactions", "warnings", "plan", "questions"} <= set(raw.json())
    (transaction,) = raw.json()["transactions"]
    (member,) = transaction["members"]
    assert (member["level"], member["is_patient"], member["status"]) == ("subscriber", True, "active")
    assert [(row["eb01"], row["kind"]) for row in member["benefits"]] == [("1", "active"), ("C", "deductible")]
    async with acquire(app.state.wiring.pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM eligibility_checks") == 0


@pytest.mark.skipif(not MESSAGES.exists(), reason="the reference messages are not beside this checkout")
async def test_every_published_answer_comes_out_as_the_domain_reads_it(office: httpx.AsyncClient) -> None:
    """What the domain reads is held to the expected readings; the endpoint adds to it and changes nothing."""
    paths = sorted(MESSAGES.rglob("*.edi"))
    assert len(paths) > 80
    for path in paths:
        parsed = await office.post(PARSE, content=path.read_bytes(), headers=EDI)
        assert parsed.status_code == 200, path.name
        reading = msgspec.json.decode(msgspec.json.encode(read_271(path.read_bytes())))
        assert {key: parsed.json()[key] for key in reading} == reading, path.name


@pytest.mark.parametrize("body", [b"", b"Dear clinic, your patient is covered.", b"{}", b"\xff\xfe\x00"])
async def test_what_is_no_x12_is_refused(body: bytes, office: httpx.AsyncClient) -> None:
    refused = await office.post(PARSE, content=body, headers=EDI)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/not-x12")


async def test_a_strange_answer_is_read_with_warnings(office: httpx.AsyncClient) -> None:
    answer = await office.post(PARSE, content=re.sub(r"SE\*\d+", "SE*99", ANSWER).encode(), headers=EDI)
    assert answer.status_code == 200
    assert answer.json()["transactions"][0]["se01"] == "99"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_another_content_type_is_refused(content_type: str, office: httpx.AsyncClient) -> None:
    refused = await office.post(PARSE, content=ANSWER.encode(), headers={"Content-Type": content_type})
    assert refused.json()["type"] == "/problems/unsupported-media-type"
    assert "application/edi-x12" in refused.json()["detail"]
