"""CORE's envelope as SOAP 1.2, signed in with a WS-Security user name token."""

import base64
import binascii
from collections.abc import Iterable
from email.message import Message
from email.parser import BytesParser
from typing import cast
from urllib.parse import unquote
from xml.etree.ElementTree import Element, SubElement, tostring

import httpx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from payers.eligibility.read_271 import decoded
from service.clearinghouse.core_envelope import Fields, Operation, SignIn
from service.clearinghouse.web import Reply

SOAP = "http://www.w3.org/2003/05/soap-envelope"
CORE = "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
WSSE = f"{_WSS}-wssecurity-secext-1.0.xsd"
PLAIN = f"{_WSS}-username-token-profile-1.0#PasswordText"
XOP = "http://www.w3.org/2004/08/xop/include"

_PARSER = BytesParser()
_FAULT_CODES = {"Client": "Sender", "Server": "Receiver"} | dict.fromkeys(
    ("FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken", "FailedCheck"), "UnAuthorized"
)
"""SOAP 1.1's and WS-Security's words for what CORE calls otherwise."""


def request(
    client: httpx.AsyncClient, url: str, operation: Operation, fields: Fields, sign_in: SignIn | None
) -> httpx.Request:
    """The fields as elements without a namespace, as the schema has them; a batch's message in base64."""
    envelope = Element(f"{{{SOAP}}}Envelope")
    header = SubElement(envelope, f"{{{SOAP}}}Header")
    if sign_in is not None:
        security = SubElement(header, f"{{{WSSE}}}Security", {f"{{{SOAP}}}mustUnderstand": "true"})
        token = SubElement(security, f"{{{WSSE}}}UsernameToken")
        SubElement(token, f"{{{WSSE}}}Username").text = sign_in.user_name
        SubElement(token, f"{{{WSSE}}}Password", {"Type": PLAIN}).text = sign_in.password
    core = SubElement(SubElement(envelope, f"{{{SOAP}}}Body"), f"{{{CORE}}}{operation.element}")
    for name, value in fields.items():
        packed = name == "Payload" and operation.mode == "Batch"
        SubElement(core, name).text = base64.b64encode(value.encode()).decode() if packed else value
    return client.build_request(
        "POST",
        url,
        content=tostring(envelope, encoding="utf-8", xml_declaration=True),
        headers={"Content-Type": f'application/soap+xml; charset=utf-8; action="{operation.action}"'},
    )


def read(reply: Reply) -> Fields | None:
    """The fields of an answer, or of a SOAP fault its code as `ErrorCode`; absent where it is neither."""
    document, attached = _parts(reply)
    try:
        root = fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    for element in root.iter():
        name = _local(element)
        if name.startswith("COREEnvelope"):
            return {_local(field): _text(field, attached) for field in element}
        if name == "Fault":
            return {"ErrorCode": _fault_code(element)}
    return None


def _parts(reply: Reply) -> tuple[bytes, dict[str, bytes]]:
    """The XML, and beside it what a network that packs with MTOM sends apart: by content id."""
    if reply.media_type != "multipart/related":
        return reply.body, {}
    head = f"Content-Type: {reply.headers['content-type']}\r\n\r\n".encode()
    package = _PARSER.parsebytes(head + reply.body)
    if package.defects or not package.is_multipart():
        return b"", {}
    root, *others = cast("list[Message]", package.get_payload())
    return _content(root), {str(part["content-id"]).strip("<> "): _content(part) for part in others}


def _content(part: Message) -> bytes:
    return cast("bytes", part.get_payload(decode=True) or b"")


def _text(field: Element, attached: dict[str, bytes]) -> str:
    include = field.find(f"{{{XOP}}}Include")
    if include is not None:
        # The content id stands in an address here, and is escaped as one (RFC 2392).
        content_id = unquote(include.get("href", "").removeprefix("cid:"))
        return decoded(attached.get(content_id, b""))[0].strip()
    text = (field.text or "").strip()
    if _local(field) != "Payload" or text.startswith("ISA"):
        return text
    try:
        return decoded(base64.b64decode(text, validate=False))[0].strip()
    except binascii.Error:
        return text


def _fault_code(fault: Element) -> str:
    """The most telling of a fault's codes: the one of WS-Security, where there is one, else SOAP's own."""
    codes = [_FAULT_CODES.get(code, code) for code in _codes(fault.iter())]
    return next((code for code in codes if code == "UnAuthorized"), codes[0] if codes else "Fault")


def _codes(elements: Iterable[Element]) -> list[str]:
    return [
        (element.text or "").rpartition(":")[2].strip()
        for element in elements
        if _local(element) in ("Value", "faultcode")
    ]


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
