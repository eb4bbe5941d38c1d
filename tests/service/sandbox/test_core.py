"""CAQH CORE connectivity as it travels: both envelopes, real time and batches, and every way to be refused."""

import base64
import hashlib
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, cast
from uuid import uuid4
from xml.sax.saxutils import escape

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from payers.eligibility.inquiry import Inquiry
from payers.eligibility.read_271 import read_271
from payers.eligibility.response import NotX12, Response
from payers.eligibility.write_270 import write_270, write_270_batch
from tests.service.sandbox.serving import ENVELOPE, about

Fields = dict[str, str]
SCHEMA = "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
SOAP = """<?xml version="1.0" encoding="utf-8"?>
<soapenv:Envelope xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope">
<soapenv:Header>
<wsse:Security soapenv:mustUnderstand="true"
  xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">
<wsse:UsernameToken><wsse:Username>{user}</wsse:Username><wsse:Password>{password}</wsse:Password></wsse:UsernameToken>
</wsse:Security>
</soapenv:Header>
<soapenv:Body><cor:{element} xmlns:cor="http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd">{fields}</cor:{element}>
</soapenv:Body>
</soapenv:Envelope>"""
ENVELOPES = ["mime", "soap"]
SIGN_IN = ("clinic", "sandbox")


def real_time(inquiry: Inquiry, **change: str) -> Fields:
    """What a request in real time says."""
    fields = {
        "PayloadType": "X12_270_Request_005010X279A1",
        "ProcessingMode": "RealTime",
        "PayloadID": str(uuid4()),
        "TimeStamp": "2026-11-23T15:00:00Z",
        "SenderID": "CLINIC01",
        "ReceiverID": "SANDBOX",
        "CORERuleVersion": "2.2.0",
        "Payload": write_270(inquiry, ENVELOPE),
    }
    return fields | change


def batch(*inquiries: Inquiry, **change: str) -> Fields:
    """What a batch says."""
    payload = write_270_batch(inquiries, ENVELOPE)
    checksum = hashlib.sha1(payload.encode(), usedforsecurity=False).hexdigest()
    fields = real_time(inquiries[0]) | {
        "ProcessingMode": "Batch",
        "PayloadLength": str(len(payload)),
        "CheckSum": checksum,
        "Payload": payload,
    }
    return fields | change


def pickup(payload_id: str) -> Fields:
    """What somebody says who comes for a batch's answers."""
    asked = real_time(about("SBX0001"), PayloadType="X12_005010_Request_Batch_Results_271", ProcessingMode="Batch")
    del asked["Payload"]
    return asked | {"PayloadID": payload_id}


async def send(
    network: httpx.AsyncClient,
    kind: str,
    path: str,
    element: str,
    fields: Fields,
    sign_in: tuple[str, str] = SIGN_IN,
) -> httpx.Response:
    user, password = sign_in
    if kind == "mime":
        parts = {"UserName": user, "Password": password} | fields
        return await network.post(path, files=[(name, (None, value)) for name, value in parts.items()])
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    document = SOAP.format(element=element, fields=inside, user=user, password=password)
    headers = {"Content-Type": 'application/soap+xml; charset=utf-8; action="whatever"'}
    return await network.post(path, content=document.encode(), headers=headers)


def told(response: httpx.Response) -> Fields:
    """The fields of an answer, in whichever envelope it is."""
    media_type = response.headers["content-type"].partition(";")[0]
    if media_type == "multipart/form-data":
        return {name(part): text(part) for part in parts_of(response)}
    if media_type == "multipart/related":
        root, message = parts_of(response)
        fields = elements(text(root))
        assert fields.pop("Payload") == ""
        return fields | {"Payload": text(message)}
    return elements(response.text)


def parts_of(response: httpx.Response) -> list[EmailMessage]:
    head = f"Content-Type: {response.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + response.content)
    assert not message.defects
    return cast("list[EmailMessage]", message.get_payload())


def name(part: EmailMessage) -> str:
    return str(part.get_param("name", header="content-disposition"))


def text(part: EmailMessage) -> str:
    return cast("bytes", part.get_payload(decode=True)).decode()


def elements(document: str) -> Fields:
    [core] = fromstring(document).iterfind("./{*}Body/*")
    assert core.tag.startswith(f"{{{SCHEMA}}}COREEnvelope")
    assert core.tag.endswith("Response")
    return {each.tag: each.text or "" for each in core}


async def ask(
    network: httpx.AsyncClient, kind: str, fields: Fields, sign_in: tuple[str, str] = SIGN_IN
) -> httpx.Response:
    return await send(network, kind, "/core/realtime", "COREEnvelopeRealTimeRequest", fields, sign_in)


def answer(payload: str) -> Response:
    response = read_271(payload)
    assert not isinstance(response, NotX12)
    return response


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_an_answer_comes_in_the_envelope_of_the_question(network: httpx.AsyncClient, kind: str) -> None:
    asked = real_time(about("SBX0001"))
    response = await ask(network, kind, asked)
    assert response.status_code == 200
    fields = told(response)
    assert list(fields) == [
        *("PayloadType", "ProcessingMode", "PayloadID", "TimeStamp", "SenderID", "ReceiverID", "CORERuleVersion"),
        *("Payload", "ErrorCode", "ErrorMessage"),
    ]
    assert fields["PayloadType"] == "X12_271_Response_005010X279A1"
    assert (fields["PayloadID"], fields["ErrorCode"]) == (asked["PayloadID"], "Success")
    assert (fields["SenderID"], fields["ReceiverID"]) == ("SANDBOX", "CLINIC01")
    [transaction] = answer(fields["Payload"]).transactions
    assert (transaction.status, transaction.reference) == ("active", "T-SBX0001")


@pytest.mark.parametrize("kind", ENVELOPES)
@pytest.mark.parametrize("sign_in", [("nobody", "sandbox"), ("clinic", "wrong"), ("", "")], ids=str)
async def test_a_wrong_sign_in_is_told_in_the_envelope(
    network: httpx.AsyncClient, kind: str, sign_in: tuple[str, str]
) -> None:
    response = await ask(network, kind, real_time(about("SBX0001")), sign_in)
    fields = told(response)
    assert (response.status_code, fields["PayloadType"]) == (200, "CoreEnvelopeError")
    assert (fields["ErrorCode"], "Payload" in fields) == ("UnAuthorized", False)


@pytest.mark.parametrize("kind", ENVELOPES)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SenderID": ""}, "SenderIDRequired"),
        ({"Payload": ""}, "PayloadRequired"),
        ({"CORERuleVersion": "4.0.0"}, "VersionMismatch"),
        ({"PayloadType": "X12_276_Request_005010X212"}, "PayloadTypeIllegal"),
        ({"ProcessingMode": "Batch"}, "ProcessingModeIllegal"),
    ],
    ids=str,
)
async def test_a_wrong_field_is_named(network: httpx.AsyncClient, kind: str, change: Fields, code: str) -> None:
    response = await ask(network, kind, real_time(about("SBX0001"), **change))
    assert told(response)["ErrorCode"] == code


async def test_another_element_than_the_address_is_for_is_refused(network: httpx.AsyncClient) -> None:
    fields = real_time(about("SBX0001"))
    response = await send(network, "soap", "/core/realtime", "COREEnvelopeBatchSubmission", fields)
    assert told(response)["ErrorCode"] == "Sender"


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"no boundary"),
        ("application/soap+xml", b"<not xml"),
        ("application/soap+xml", b"<html/>"),
        ("application/soap+xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    ],
)
async def test_what_is_in_no_envelope_is_a_bad_request(
    network: httpx.AsyncClient, content_type: str, content: bytes
) -> None:
    response = await network.post("/core/realtime", content=content, headers={"Content-Type": content_type})
    assert response.status_code == 400


async def test_a_form_with_bare_line_feeds_is_read(network: httpx.AsyncClient) -> None:
    fields = {"UserName": "clinic", "Password": "sandbox"} | real_time(about("SBX0001"))
    parts = [f'--b\nContent-Disposition: form-data; name="{name}"\n\n{value}\n' for name, value in fields.items()]
    response = await network.post(
        "/core/realtime",
        content=f"{''.join(parts)}--b--\n".encode(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert told(response)["ErrorCode"] == "Success"


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_a_message_that_is_no_270_is_acknowledged_as_rejected(network: httpx.AsyncClient, kind: str) -> None:
    broken = write_270(about("SBX0001"), ENVELOPE).replace("~EQ*30", "")
    fields = told(await ask(network, kind, real_time(about("SBX0001"), Payload=broken)))
    assert (fields["PayloadType"], fields["ErrorCode"]) == ("X12_999_Response_005010X231A1", "Success")
    assert "~AK1*HS*7*005010X279A1~AK9*R*1*1*0*5~" in fields["Payload"]


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_a_batch_is_handed_in_and_picked_up(network: httpx.AsyncClient, kind: str) -> None:
    handed = batch(about("SBX0001"), about("SBX0016"), about("SBX0102"))
    if kind == "soap":  # as the schema has it
        handed |= {"Payload": base64.b64encode(handed["Payload"].encode()).decode()}
    response = await send(network, kind, "/core/batch/submit", "COREEnvelopeBatchSubmission", handed)
    assert response.status_code == 202
    receipt = told(response)
    assert (receipt["PayloadType"], receipt["ErrorCode"]) == ("X12_BatchReceiptConfirmation", "Success")
    picked = await pick_up(network, kind, handed["PayloadID"])
    assert picked["PayloadType"] == "X12_271_Response_005010X279A1"
    assert picked["PayloadLength"] == str(len(picked["Payload"]))
    assert picked["CheckSum"] == hashlib.sha1(picked["Payload"].encode(), usedforsecurity=False).hexdigest()
    statuses = {each.reference: each.status for each in answer(picked["Payload"]).transactions}
    assert statuses == {"T-SBX0001": "active", "T-SBX0016": "inactive", "T-SBX0102": "rejected"}


async def pick_up(network: httpx.AsyncClient, kind: str, payload_id: str) -> Fields:
    element = "COREEnvelopeBatchResultsRetrievalRequest"
    return told(await send(network, kind, "/core/batch/pickup", element, pickup(payload_id)))


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_a_batch_that_is_not_there_or_not_ready_has_nothing_to_pick_up(
    network: httpx.AsyncClient, kind: str
) -> None:
    handed = batch(about("SBX0101"))
    await send(network, kind, "/core/batch/submit", "COREEnvelopeBatchSubmission", handed)
    for payload_id in (handed["PayloadID"], str(uuid4())):
        picked = await pick_up(network, kind, payload_id)
        assert (picked["PayloadType"], picked["ErrorCode"]) == ("X12_005010_Response_NoBatchResultsFile", "Success")


async def test_a_batch_in_an_mtom_package_is_read(network: httpx.AsyncClient) -> None:
    handed = batch(about("SBX0001"))
    include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:message"/>'
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in handed.items() if name != "Payload")
    document = SOAP.format(
        element="COREEnvelopeBatchSubmission",
        fields=f"{inside}<Payload>{include}</Payload>",
        user=SIGN_IN[0],
        password=SIGN_IN[1],
    )
    package = (
        f"--b\r\nContent-Type: application/xop+xml\r\nContent-ID: <root>\r\n\r\n{document}\r\n"
        f"--b\r\nContent-Type: text/plain\r\nContent-ID: <message>\r\n\r\n{handed['Payload']}\r\n--b--\r\n"
    )
    headers = {"Content-Type": 'multipart/related; type="application/xop+xml"; start="<root>"; boundary=b'}
    response = await network.post("/core/batch/submit", content=package.encode(), headers=headers)
    assert told(response)["ErrorCode"] == "Success"
    assert (await pick_up(network, "soap", handed["PayloadID"]))["ErrorCode"] == "Success"


@pytest.mark.parametrize("kind", ENVELOPES)
@pytest.mark.parametrize(
    ("change", "code"),
    [({"CheckSum": "0" * 40}, "CheckSumMismatched"), ({"PayloadLength": "7"}, "PayloadLengthIllegal")],
    ids=str,
)
async def test_a_batch_that_was_damaged_on_the_way_is_refused(
    network: httpx.AsyncClient, kind: str, change: Fields, code: str
) -> None:
    handed = batch(about("SBX0001"), **change)
    response = await send(network, kind, "/core/batch/submit", "COREEnvelopeBatchSubmission", handed)
    assert told(response)["ErrorCode"] == code


@pytest.mark.parametrize("kind", ENVELOPES)
@pytest.mark.parametrize(("id", "status"), [("SBX0114", 429), ("SBX0111", 500)])
async def test_a_network_in_trouble_says_so_with_its_status(
    network: httpx.AsyncClient, kind: str, id: str, status: int
) -> None:
    assert (await ask(network, kind, real_time(about(id)))).status_code == status


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_an_error_may_stand_inside_a_200(network: httpx.AsyncClient, kind: str) -> None:
    response = await ask(network, kind, real_time(about("SBX0110")))
    assert (response.status_code, told(response)["ErrorCode"]) == (200, "Receiver")


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_half_an_answer_ends_without_its_end(network: httpx.AsyncClient, kind: str) -> None:
    payload = told(await ask(network, kind, real_time(about("SBX0109"))))["Payload"]
    assert payload.startswith("ISA*")
    assert "~SE*" not in payload


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_a_page_for_people_is_no_answer(network: httpx.AsyncClient, kind: str) -> None:
    response = await ask(network, kind, real_time(about("SBX0108")))
    assert (response.status_code, response.headers["content-type"][:9]) == (200, "text/html")


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_a_network_may_hang_up(network: httpx.AsyncClient, kind: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await ask(network, kind, real_time(about("SBX0112")))


@pytest.mark.parametrize("kind", ENVELOPES)
async def test_a_slow_payer_answers_when_nobody_waits_any_more(network: httpx.AsyncClient, kind: str) -> None:
    network.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        await ask(network, kind, real_time(about("SBX0101")))
    network.timeout = httpx.Timeout(30)
    [transaction] = answer(told(await ask(network, kind, real_time(about("SBX0101"))))["Payload"]).transactions
    assert transaction.status == "active"


async def test_the_second_try_may_succeed(network: httpx.AsyncClient) -> None:
    statuses = {
        answer(told(await ask(network, "mime", real_time(about("SBX0113"))))["Payload"]).transactions[0].status
        for _ in range(2)
    }
    assert statuses == {"active", "rejected"}


async def test_there_is_nothing_else(network: httpx.AsyncClient) -> None:
    answers: list[Any] = [await network.get("/core/realtime"), await network.get("/schema")]
    assert [each.status_code for each in answers] == [405, 404]
