"""What this server can do in FHIR: its CapabilityStatement (R4)."""

from typing import Literal

from payers.fhir.elements import Element

_DATE = "2026-11-29"
"""When what is stated here last changed."""
_SECURITY = (
    "Every call but this one needs a key of this service, sent as `Authorization: Bearer <key>`; whoever runs the "
    "service makes keys, with the scope `eligibility:write` for asking payers. There is no SMART on FHIR and no OAuth "
    "here, and pages of other websites cannot call."
)
_SUBMIT = (
    "Takes one CoverageEligibilityRequest that holds what it refers to, or one in a Bundle with it, or either as the "
    "parameter `resource` of Parameters. Waits for the payer as long as a person would, at most 20 seconds; then the "
    "outcome is `queued`, and the same request, sent again, gets the answer without asking the payer twice. With "
    "`?raw=true` the answer is a Bundle, in which the payer's own message stands beside the response."
)


class Interaction(Element):
    """What can be done with resources of a type."""

    code: Literal["read"]


class CapableOperation(Element):
    """A named operation."""

    name: str
    definition: str
    documentation: str


class CapableResource(Element):
    """What is offered of one type of resource."""

    type: str
    interaction: tuple[Interaction, ...] = ()
    operation: tuple[CapableOperation, ...] = ()


class Security(Element):
    """How to sign in."""

    description: str


class Rest(Element):
    """What is offered over HTTP."""

    mode: Literal["server"]
    security: Security
    resource: tuple[CapableResource, ...]


class Software(Element):
    """What runs."""

    name: str
    version: str


class Implementation(Element):
    """What it runs for."""

    description: str


class CapabilityStatement(Element, tag_field="resourceType", tag="CapabilityStatement"):
    """The statement."""

    status: Literal["active"]
    date: str
    kind: Literal["instance"]
    software: Software
    implementation: Implementation
    fhir_version: Literal["4.0.1"]
    format: tuple[str, ...]
    rest: tuple[Rest, ...]


def capability_statement(version: str) -> CapabilityStatement:
    """The statement of a service of this version."""
    read = (Interaction(code="read"),)
    submit = CapableOperation(
        name="submit",
        definition="http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit",
        documentation=_SUBMIT,
    )
    return CapabilityStatement(
        status="active",
        date=_DATE,
        kind="instance",
        software=Software(name="Outlay", version=version),
        implementation=Implementation(description="Eligibility of a clinic's patients, asked of their payers over X12"),
        fhir_version="4.0.1",
        format=("json", "application/fhir+json"),
        rest=(
            Rest(
                mode="server",
                security=Security(description=_SECURITY),
                resource=(
                    CapableResource(type="CoverageEligibilityRequest", operation=(submit,)),
                    CapableResource(type="CodeSystem", interaction=read),
                    CapableResource(type="StructureDefinition", interaction=read),
                ),
            ),
        ),
    )
