"""What a body holds: one resource of a kind, alone, in a Bundle with what it refers to, or wrapped as a parameter."""

from msgspec import Raw

from payers.fhir.outcome import Fault
from payers.fhir.references import Located, Sent, by_address, decoded, entries, located
from payers.fhir.resources import ABSENT, Bundle, Parameters


def the_one(body: bytes, type_: str) -> tuple[Located, Sent] | Fault:
    """The one resource of this type, and what came beside it. A body of another resource is given as it is."""
    try:
        top = located(Raw(body.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return Fault(code="structure", diagnostics="The body is not UTF-8.")
    if not isinstance(top, Fault) and top.type == "Parameters":
        top = _parameter(top)
    if isinstance(top, Fault):
        return top
    if top.type != "Bundle":
        return top, {}
    bundle = decoded(top.raw, top.expression, Bundle)
    found = bundle if isinstance(bundle, Fault) else entries(bundle.entry, top.expression)
    if isinstance(found, Fault):
        return found
    wanted = [each for each in found if each.type == type_]
    if len(wanted) != 1:
        told = f"Send one {type_} at a time, with what it refers to."
        return Fault(code="not-supported", diagnostics=told, expression=f"{top.expression}.entry")
    return wanted[0], by_address(found)


def _parameter(top: Located) -> Located | Fault:
    """The operation's one parameter, which FHIR lets a sender wrap or not."""
    wrapped = decoded(top.raw, top.expression, Parameters)
    if isinstance(wrapped, Fault):
        return wrapped
    for number, each in enumerate(wrapped.parameter):
        if each.name == "resource" and each.resource != ABSENT:
            return located(each.resource, f"{top.expression}.parameter[{number}].resource")
    return Fault(code="required", diagnostics="The parameter `resource` is needed.", expression=top.expression)
