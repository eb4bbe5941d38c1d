"""CAQH CORE's two envelopes, vC2.2.0, from the payer's side: what came in one is answered in the same.

HTTP with MIME is a `multipart/form-data` with a part for each field. SOAP is version 1.2; a batch's message travels in
base64, or apart from the XML in an MTOM package, in which it is always sent back.
"""

import base64
import binascii
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Literal, cast
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from payers.catalogue.model import Frozen

SOAP = "http://www.w3.org/2003/05/soap-envelope"
CORE = "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
XOP = "http://www.w3.org/2004/08/xop/include"

Kind = Literal["mime", "soap"]
Fields = dict[str, str]


class Envelope(Frozen):
    """The fields of a request, who signed in with which password, and in SOAP the element that held them."""

    kind: Kind
    fields: Fields
    user_name: str = ""
    password: str = ""
    element: str | None = None


def read(content_type: str, body: bytes) -> Envelope | None:
    """What a request says, whichever of the two envelopes it is in; absent where it is in neither."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        return _form(content_type, body)
    if media_type == "multipart/related":
        root, *others = _parts(content_type, body) or [Message()]
        return _soap(_bytes(root), {str(part["content-id"]).strip("<> "): _bytes(part) for part in others})
    if media_type in ("application/soap+xml", "text/xml", "application/xml"):
        return _soap(body, {})
    return None


def write(kind: Kind, element: str, fields: Fields, *, attached: bool = False) -> tuple[str, bytes]:
    """Content type and body of an answer. With `attached` SOAP sends the message beside the XML."""
    if kind == "mime":
        boundary = uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        return f'multipart/form-data; boundary="{boundary}"', f"{''.join(parts)}--{boundary}--\r\n".encode()
    if not attached:
        return "application/soap+xml; charset=utf-8", _document(element, fields, None)
    boundary, content_id = uuid4().hex, f"{uuid4()}@sandbox.example"
    xop = 'application/xop+xml; charset=utf-8; type="application/soap+xml"'
    package = [
        f"--{boundary}\r\nContent-Type: {xop}\r\nContent-ID: <root@sandbox.example>\r\n\r\n".encode(),
        _document(element, fields, content_id),
        f"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n".encode(),
        f"Content-ID: <{content_id}>\r\n\r\n{fields['Payload']}\r\n--{boundary}--\r\n".encode(),
    ]
    related = 'multipart/related; type="application/xop+xml"; start-info="application/soap+xml"'
    return f'{related}; start="<root@sandbox.example>"; boundary="{boundary}"', b"".join(package)


def _form(content_type: str, body: bytes) -> Envelope | None:
    parts = _parts(content_type, body)
    if not parts:
        return None
    fields = {
        str(part.get_param("name", "", header="content-disposition")): _bytes(part).decode(errors="replace").strip()
        for part in parts
    }
    user_name, password = fields.pop("UserName", ""), fields.pop("Password", "")
    return Envelope(kind="mime", fields=fields, user_name=user_name, password=password)


def _soap(document: bytes, attached: dict[str, bytes]) -> Envelope | None:
    try:
        root = fromstring(document, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        return None
    core = next((each for each in root.iter() if each.tag.startswith(f"{{{CORE}}}COREEnvelope")), None)
    if root.tag != f"{{{SOAP}}}Envelope" or core is None:
        return None
    token = f".//{{{WSSE}}}UsernameToken/{{{WSSE}}}"
    return Envelope(
        kind="soap",
        fields={each.tag: _field(each, attached) for each in core},
        user_name=root.findtext(f"{token}Username", ""),
        password=root.findtext(f"{token}Password", ""),
        element=core.tag.removeprefix(f"{{{CORE}}}"),
    )


def _field(field: Element, attached: dict[str, bytes]) -> str:
    """Its text; a message that is attached, or in base64 as the schema has it for batches, as what it stands for."""
    include = field.find(f"{{{XOP}}}Include")
    if include is not None:
        return attached.get(include.get("href", "").removeprefix("cid:"), b"").decode(errors="replace")
    text = (field.text or "").strip()
    if field.tag != "Payload" or text.startswith("ISA"):
        return text
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except binascii.Error:
        return text


def _document(element: str, fields: Fields, content_id: str | None) -> bytes:
    envelope = Element(f"{{{SOAP}}}Envelope")
    core = SubElement(SubElement(envelope, f"{{{SOAP}}}Body"), f"{{{CORE}}}{element}")
    for name, value in fields.items():
        field = SubElement(core, name)
        if name == "Payload" and content_id:
            SubElement(field, f"{{{XOP}}}Include", {"href": f"cid:{content_id}"})
        else:
            field.text = value
    return tostring(envelope, encoding="utf-8", xml_declaration=True)


def _parts(content_type: str, body: bytes) -> list[Message]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    whole = BytesParser(policy=HTTP).parsebytes(head + body)
    return cast("list[Message]", whole.get_payload()) if whole.is_multipart() else []


def _bytes(part: Message) -> bytes:
    return cast("bytes | None", part.get_payload(decode=True)) or b""
