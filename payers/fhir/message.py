"""The payer's own message beside the resource that was made of it."""

from base64 import b64encode
from typing import Literal
from uuid import UUID, uuid5

from msgspec import Raw

from payers.fhir.elements import CodeableConcept, Element, Reference, encode
from payers.fhir.resources import Bundle, BundleEntry
from payers.fhir.response import CoverageEligibilityResponse


class Attachment(Element):
    """A document itself."""

    content_type: str
    data: str
    title: str


class Content(Element):
    """A document."""

    attachment: Attachment


class Related(Element):
    """What the document belongs to."""

    related: tuple[Reference, ...]


class DocumentReference(Element, tag_field="resourceType", tag="DocumentReference"):
    """A document, and what it belongs to."""

    status: Literal["current"]
    type: CodeableConcept
    date: str
    content: tuple[Content, ...]
    context: Related


def with_message(response: CoverageEligibilityResponse, check_id: UUID, raw: str, content_type: str) -> Bundle:
    """The response, and the message as a document, in a bundle of the two."""
    address = f"urn:uuid:{check_id}"
    document = DocumentReference(
        status="current",
        type=CodeableConcept(text="The payer's answer as it came"),
        date=response.created,
        content=(
            Content(
                attachment=Attachment(
                    content_type=content_type,
                    data=b64encode(raw.encode()).decode(),
                    title="The payer's answer as it came",
                )
            ),
        ),
        context=Related(related=(Reference(reference=address),)),
    )
    return Bundle(
        type="collection",
        entry=(
            BundleEntry(full_url=address, resource=Raw(encode(response))),
            BundleEntry(full_url=f"urn:uuid:{uuid5(check_id, 'message')}", resource=Raw(encode(document))),
        ),
    )
