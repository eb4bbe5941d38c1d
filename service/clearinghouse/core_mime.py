"""CORE's envelope as HTTP with MIME: every field is a part of a form."""

from email.message import Message
from email.parser import BytesParser
from typing import cast

import httpx

from payers.eligibility.read_271 import decoded
from service.clearinghouse.core_envelope import Fields, Operation, SignIn
from service.clearinghouse.web import Reply

_PARSER = BytesParser()
"""With the old policy on purpose: it takes lone line feeds and transfer encodings, and no header makes it fail."""


def request(
    client: httpx.AsyncClient, url: str, operation: Operation, fields: Fields, sign_in: SignIn | None
) -> httpx.Request:
    """The fields as `multipart/form-data`, the sign-in among them. The operation is told by its payload type."""
    parts = fields if sign_in is None else _signed(fields, sign_in)
    return client.build_request("POST", url, files=[(name, (None, value)) for name, value in parts.items()])


def read(reply: Reply) -> Fields | None:
    """The fields of an answer; absent where it is no whole form."""
    if not reply.media_type.startswith("multipart/"):
        return None
    head = f"Content-Type: {reply.headers['content-type']}\r\n\r\n".encode()
    form = _PARSER.parsebytes(head + reply.body)
    if form.defects or not form.is_multipart():
        return None
    return {_name(part): _text(part) for part in cast("list[Message]", form.get_payload())}


def _signed(fields: Fields, sign_in: SignIn) -> Fields:
    signed: Fields = {}
    for name, value in fields.items():
        if name == "SenderID":
            signed |= {"UserName": sign_in.user_name, "Password": sign_in.password}
        signed[name] = value
    return signed


def _name(part: Message) -> str:
    return str(part.get_param("name", "", header="content-disposition"))


def _text(part: Message) -> str:
    return decoded(cast("bytes", part.get_payload(decode=True) or b""))[0].strip()
