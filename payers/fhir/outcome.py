"""What is wrong with a resource, as FHIR tells it: an OperationOutcome with an issue for each fault."""

from collections.abc import Iterable
from typing import Literal

from payers.catalogue.model import Frozen
from payers.fhir.elements import CodeableConcept, Element

IssueCode = Literal[
    "business-rule",
    "code-invalid",
    "exception",
    "forbidden",
    "invalid",
    "login",
    "multiple-matches",
    "not-found",
    "not-supported",
    "processing",
    "required",
    "structure",
    "throttled",
    "too-long",
    "transient",
    "value",
]
"""HL7's issue types (`http://hl7.org/fhir/issue-type`), those that occur here."""


class Fault(Frozen):
    """One thing that is wrong. `expression` is the place in FHIRPath; `diagnostics` repeats nothing of a person's."""

    code: IssueCode
    diagnostics: str
    expression: str | None = None


class Issue(Element):
    """A fault as it is sent."""

    severity: Literal["fatal", "error", "warning", "information"]
    code: IssueCode
    details: CodeableConcept | None = None
    diagnostics: str
    expression: tuple[str, ...] = ()


class OperationOutcome(Element, tag_field="resourceType", tag="OperationOutcome"):
    """Why an operation did not do what it was asked."""

    issue: tuple[Issue, ...]


def outcome(faults: Iterable[Fault]) -> OperationOutcome:
    """The faults, of which there is at least one, as a resource."""
    return OperationOutcome(
        issue=tuple(
            Issue(
                severity="error",
                code=fault.code,
                diagnostics=fault.diagnostics,
                expression=(fault.expression,) if fault.expression else (),
            )
            for fault in faults
        )
    )
