"""Following references while a request is read, with what is wrong noted on the way."""

from typing import TypeVar

from payers.fhir.elements import Reference
from payers.fhir.outcome import Fault, IssueCode
from payers.fhir.references import Located, Sent, decoded, follow

T = TypeVar("T")


class Reading:
    """One request, what came with it, and the faults found so far, in the order of reading."""

    def __init__(self, request: Located, sent: Sent) -> None:
        self.request = request
        self.sent = sent
        self.faults: list[Fault] = []

    def fault(self, code: IssueCode, expression: str, diagnostics: str) -> None:
        """Something is wrong; the reading goes on."""
        self.faults.append(Fault(code=code, expression=expression, diagnostics=diagnostics))

    def missing(self, expression: str, what: str) -> None:
        """A resource that is needed did not come along."""
        self.fault("not-found", expression, f"Send {what} along: contained, or in the same Bundle.")

    def followed(self, reference: Reference | None, within: Located) -> Located | None:
        """What the reference leads to, if that came along."""
        return follow(reference, within, self.sent) if reference else None

    def needed(self, reference: Reference, expression: str, what: str) -> Located | None:
        """What a reference of the request leads to; else a fault."""
        found = self.followed(reference, self.request)
        if found is None:
            self.missing(expression, what)
        return found

    def resource(self, found: Located, type_: type[T]) -> T | None:
        """The resource as its type; else a fault."""
        read = decoded(found.raw, found.expression, type_)
        if isinstance(read, Fault):
            self.faults.append(read)
            return None
        return read
