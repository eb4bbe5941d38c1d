"""CORE's envelope as it goes over the wire, and the answers that a sandbox would never give."""

import base64
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from defusedxml.ElementTree import fromstring

from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Response
from service.clearinghouse.configuration import CoreSettings
from service.clearinghouse.connector import Answered, Failed, Pending
from service.clearinghouse.core import CoreConnector
from tests.service.clearinghouse.certificates import Authority
from tests.service.clearinghouse.network import (
    ACKNOWLEDGEMENT,
    ANSWER,
    CHILD,
    NOW,
    TERMS,
    TRACE,
    Network,
    http,
    inquiry,
    running,
)

CORE = "{http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd}"
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
TICKET = "0b6c6b5e-8a57-4c19-9f5a-3c1d5a0e7a11"


@asynccontextmanager
async def connector(url: str, **more: Any) -> AsyncGenerator[CoreConnector]:
    terms: dict[str, Any] = {"user_name": "clinic", **TERMS, **more}
    settings = CoreSettings(name="core", url=url, sender_id="CLINIC", receiver_id="PAYER", **terms)
    connector = CoreConnector(settings, "top <secret>", lambda: NOW, seconds=2)
    try:
        yield connector
    finally:
        await connector.close()


def soap(fields: dict[str, str], element: str = "COREEnvelopeRealTimeResponse") -> bytes:
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return http(
        200,
        "application/soap+xml; charset=utf-8",
        f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f'<c:{element} xmlns:c="{CORE[1:-1]}">{inside}</c:{element}></s:Body></s:Envelope>',
    )


def mime(fields: dict[str, str], closed: bool = True) -> bytes:
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    return http(200, 'multipart/form-data; boundary="b"', parts + ("--b--\r\n" if closed else ""))


def well(payload: str = ANSWER, **more: str) -> dict[str, str]:
    return {"PayloadType": "X12_271_Response_005010X279A1", "Payload": payload, "ErrorCode": "Success", **more}


async def test_soap_carries_the_question_its_metadata_and_the_sign_in(network: Network) -> None:
    network.answers = [soap(well())]

    async with connector(network.url) as core:
        outcome = await core.submit(inquiry())

    assert isinstance(outcome, Answered)
    asked = network.asked[0]
    assert asked.headers["content-type"] == 'application/soap+xml; charset=utf-8; action="RealTimeTransaction"'
    root = fromstring(asked.body)
    assert root.findtext(f".//{WSSE}Username") == "clinic"
    assert root.findtext(f".//{WSSE}Password") == "top <secret>"
    fields = {field.tag: field.text for field in root.iterfind(f".//{CORE}COREEnvelopeRealTimeRequest/*")}
    assert list(fields) == [
        "PayloadType",
        "ProcessingMode",
        "PayloadID",
        "TimeStamp",
        "SenderID",
        "ReceiverID",
        "CORERuleVersion",
        "Payload",
    ]
    assert UUID(fields["PayloadID"] or "")
    assert fields["PayloadType"] == "X12_270_Request_005010X279A1"
    assert fields["ProcessingMode"] == "RealTime"
    assert fields["TimeStamp"] == "2026-11-23T15:00:00Z"
    assert (fields["SenderID"], fields["ReceiverID"], fields["CORERuleVersion"]) == ("CLINIC", "PAYER", "2.2.0")
    assert fields["Payload"] == outcome.sent
    assert f"TRN*1*{TRACE}*" in outcome.sent
    assert "secret" not in outcome.sent


async def test_mime_carries_each_field_as_a_part(network: Network) -> None:
    network.answers = [mime(well())]

    async with connector(network.url, envelope="mime") as core:
        outcome = await core.submit(inquiry())

    assert isinstance(outcome, Answered)
    assert (outcome.format, outcome.raw) == ("x12", ANSWER)
    asked = network.asked[0]
    assert asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    for name, value in {"UserName": "clinic", "Password": "top <secret>", "ProcessingMode": "RealTime"}.items():
        assert f'name="{name}"\r\n\r\n{value}\r\n'.encode() in asked.body
    assert b"filename" not in asked.body


@pytest.mark.parametrize("envelope", ["soap", "mime"])
async def test_a_batch_is_handed_in_and_fetched_by_its_id(network: Network, envelope: str) -> None:
    answer = {"soap": soap, "mime": mime}[envelope]
    packed = base64.b64encode(ANSWER.encode()).decode() if envelope == "soap" else ANSWER
    network.answers = [
        answer({"PayloadType": "X12_BatchReceiptConfirmation", "ErrorCode": "Success"}),
        answer({"PayloadType": "X12_005010_Response_NoBatchResultsFile", "ErrorCode": "Success"}),
        answer({"PayloadType": "CoreEnvelopeError", "ErrorCode": "Receiver"}),
        answer(well(packed)),
    ]

    async with connector(network.url, envelope=envelope, mode="batch") as core:
        handed = await core.submit_batch((inquiry("first"), inquiry("second", dependent=CHILD)))
        assert isinstance(handed, Pending)
        polled = [await core.poll(handed.ticket) for _ in range(3)]

    assert [type(each) for each in polled] == [Pending, Pending, Answered]
    assert isinstance(polled[2], Answered)
    assert polled[2].raw == ANSWER
    assert handed.sent.count("ST*270*") == 2
    for asked in network.asked:
        assert handed.ticket.encode() in asked.body
    assert b"X12_005010_Request_Batch_Results_271" in network.asked[1].body
    assert (base64.b64encode(handed.sent.encode()) if envelope == "soap" else handed.sent.encode()) in network.asked[
        0
    ].body


async def test_a_batch_names_its_length_and_checksum(network: Network) -> None:
    network.answers = [soap({"PayloadType": "X12_BatchReceiptConfirmation", "ErrorCode": "Success"})]

    async with connector(network.url, mode="batch") as core:
        handed = await core.submit(inquiry())

    root = fromstring(network.asked[0].body)
    fields = {field.tag: field.text or "" for field in root.iterfind(f".//{CORE}COREEnvelopeBatchSubmission/*")}
    assert isinstance(handed, Pending)
    assert fields["PayloadLength"] == str(len(handed.sent))
    assert len(fields["CheckSum"]) == 40


async def test_an_answer_packed_with_mtom_is_read(network: Network) -> None:
    xml = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f'<c:COREEnvelopeBatchResults xmlns:c="{CORE[1:-1]}">'
        '<PayloadType>X12_271_Response_005010X279A1</PayloadType><Payload><x:Include href="cid:1%40payer" '
        'xmlns:x="http://www.w3.org/2004/08/xop/include"/></Payload><ErrorCode>Success</ErrorCode>'
        "</c:COREEnvelopeBatchResults></s:Body></s:Envelope>"
    )
    body = (
        f"--b\r\nContent-Type: application/xop+xml\r\nContent-ID: <root@payer>\r\n\r\n{xml}\r\n"
        f"--b\r\nContent-Type: application/octet-stream\r\nContent-ID: <1@payer>\r\n\r\n{ANSWER}\r\n--b--\r\n"
    )
    network.answers = [http(200, 'multipart/related; type="application/xop+xml"; boundary="b"', body)]

    async with connector(network.url, mode="batch") as core:
        outcome = await core.poll(TICKET)

    assert isinstance(outcome, Answered)
    assert outcome.raw == ANSWER


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("UnAuthorized", "refused"),
        ("Receiver", "payer-down"),
        ("Sender", "invalid"),
        ("VersionMismatch", "invalid"),
        ("PayloadTypeIllegal", "invalid"),
    ],
)
@pytest.mark.parametrize("answer", [soap, mime])
async def test_an_error_inside_http_200_is_an_error(network: Network, answer: Any, code: str, fault: str) -> None:
    network.answers = [
        answer({"PayloadType": "CoreEnvelopeError", "ErrorCode": code, "ErrorMessage": "W123456789 Ada"})
    ]

    async with connector(network.url, envelope=answer.__name__) as core:
        outcome = await core.submit(inquiry())

    assert isinstance(outcome, Failed)
    assert (outcome.fault, outcome.code) == (fault, code)
    assert "Ada" not in outcome.detail


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        (
            "<Code><Value>env:Sender</Value><Subcode><Value>wsse:FailedAuthentication</Value></Subcode></Code>",
            "refused",
        ),
        ("<Code><Value>env:Receiver</Value></Code>", "payer-down"),
        ("<faultcode>soap:Server</faultcode>", "payer-down"),
        ("<faultcode>soap:Client</faultcode>", "invalid"),
        ("", "invalid"),
    ],
)
async def test_a_soap_fault_tells_whose_it_is_whatever_the_status(network: Network, inside: str, fault: str) -> None:
    network.answers = [http(500, "application/soap+xml", f"<Envelope><Body><Fault>{inside}</Fault></Body></Envelope>")]

    async with connector(network.url) as core:
        outcome = await core.submit(inquiry())

    assert isinstance(outcome, Failed)
    assert outcome.fault == fault


async def test_an_acknowledgement_is_no_answer(network: Network) -> None:
    said = {"PayloadType": "X12_999_Response_005010X231A1", "Payload": ACKNOWLEDGEMENT, "ErrorCode": "Success"}
    network.answers = [soap(said), soap(said | {"PayloadType": "X12_271_Response_005010X279A1"})]

    async with connector(network.url) as core:
        told, mislabelled = [await core.submit(inquiry()) for _ in range(2)]

    assert told == Failed(fault="invalid", detail="The payer cannot read the question.", code="X12_999")
    assert isinstance(mislabelled, Failed)
    assert mislabelled.fault == "garbled"


@pytest.mark.parametrize(
    ("envelope", "answer"),
    [
        ("soap", http(200, "text/html", "<html><body>Down for maintenance</body></html>")),
        ("soap", http(200, "application/soap+xml", "<s:Envelope")),
        ("soap", http(200, "application/soap+xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')),
        ("soap", http(200, "application/soap+xml", b"\xff\xfe\x00")),
        ("soap", http(200, "multipart/related; boundary=b", "no boundary")),
        ("soap", soap(well("ISA*00*"))),
        ("soap", soap({"PayloadType": "X12_271_Response_005010X279A1"})),
        ("mime", http(200, "text/plain", ANSWER)),
        ("mime", http(200, "multipart/form-data", "no boundary is named")),
        ("mime", mime(well(), closed=False)),
    ],
)
async def test_what_is_no_envelope_is_no_answer(network: Network, envelope: str, answer: bytes) -> None:
    network.answers = [answer]

    async with connector(network.url, envelope=envelope) as core:
        outcome = await core.submit(inquiry())

    assert isinstance(outcome, Failed)
    assert outcome.fault == "garbled"


async def test_a_status_decides_where_there_is_no_envelope(network: Network) -> None:
    network.answers = [http(401, "text/html", "<h1>Who are you?</h1>"), http(503, "text/plain", "")]

    async with connector(network.url) as core:
        outcomes = [await core.submit(inquiry()) for _ in range(2)]

    assert [each.fault for each in outcomes if isinstance(each, Failed)] == ["refused", "payer-down"]


async def test_line_feeds_and_transfer_encodings_are_taken(network: Network) -> None:
    encoded = base64.encodebytes(ANSWER.encode()).decode()
    body = (
        '--b\nContent-Disposition: form-data; name="ErrorCode"\n\nSuccess\n--b\nContent-Disposition: form-data; '
        f'name="Payload"\nContent-Transfer-Encoding: base64\n\n{encoded}\n--b--\n'
    )
    network.answers = [http(200, "multipart/form-data; boundary=b", body)]

    async with connector(network.url, envelope="mime") as core:
        outcome = await core.submit(inquiry())

    assert isinstance(outcome, Answered)
    assert isinstance(read_271(outcome.raw), Response)


async def test_a_client_certificate_signs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.certificate)
    tls.load_cert_chain(authority.issue("network"))
    tls.verify_mode = ssl.CERT_REQUIRED

    async with running(tls) as network:
        network.answers = [soap(well())]
        certificate = authority.issue("clinic")
        async with connector(network.url, certificate=certificate, user_name=None) as core:
            known = await core.submit(inquiry())
        async with connector(network.url) as core:
            unknown = await core.submit(inquiry())

    assert isinstance(known, Answered)
    assert b"UsernameToken" not in network.asked[0].body
    assert isinstance(unknown, Failed)
    assert unknown.fault == "unreachable"
