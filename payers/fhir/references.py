"""Resources that came together, and the references among them: `#id`, `urn:uuid:`, `Type/id`, or a full address."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import Raw

from payers.fhir.elements import Reference
from payers.fhir.outcome import Fault
from payers.fhir.resources import ABSENT, BundleEntry

T = TypeVar("T")

_HISTORY = re.compile(r"/_history/[^/]+$")
_ON_A_SERVER = re.compile(r"^https?://.+/(?P<relative>[A-Za-z]+/[A-Za-z0-9.-]+)$")
_INSIDE = re.compile(r'"(#[A-Za-z0-9.-]+)"')
_PLACE = re.compile(r"^(?P<fault>.*?) - at `\$(?P<path>.*)`$")


class _Known(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What names a resource, and the resources inside it."""

    resource_type: str
    id: str | None = None
    contained: tuple[Raw, ...] = ()


class Located(NamedTuple):
    """A resource and where it stands: `expression` in FHIRPath, `address` in a bundle.

    `contained` are the resources inside it by `#id`; those inside share it.
    """

    raw: Raw
    type: str
    id: str | None
    expression: str
    address: str | None
    contained: Mapping[str, "Located"]


Sent = Mapping[str, Located]
"""What came in one bundle, by every address that a reference may use for it."""


def located(raw: Raw, expression: str | None = None, address: str | None = None) -> Located | Fault:
    """A resource with those inside it; a fault where it is none. A resource alone is its own `expression`."""
    known = decoded(raw, expression, _Known)
    if isinstance(known, Fault):
        return known
    place = expression or known.resource_type
    inside: dict[str, Located] = {}
    for number, each in enumerate(known.contained):
        here = f"{place}.contained[{number}]"
        one = decoded(each, here, _Known)
        if isinstance(one, Fault):
            return one
        inside[f"#{one.id}"] = Located(each, one.resource_type, one.id, here, None, inside)
    return Located(raw, known.resource_type, known.id, place, address, inside)


def entries(bundle: Sequence[BundleEntry], expression: str) -> tuple[Located, ...] | Fault:
    """The resources of a bundle that stands at `expression`."""
    found: list[Located] = []
    for number, entry in enumerate(bundle):
        if entry.resource != ABSENT:
            one = located(entry.resource, f"{expression}.entry[{number}].resource", entry.full_url)
            if isinstance(one, Fault):
                return one
            found.append(one)
    return tuple(found)


def by_address(found: Iterable[Located]) -> Sent:
    """The resources by their full address, and by `Type/id`."""
    addressed: dict[str, Located] = {}
    for each in found:
        on_a_server = _ON_A_SERVER.match(each.address or "")
        addresses = (each.address, on_a_server and on_a_server["relative"], each.id and f"{each.type}/{each.id}")
        addressed.update({address: each for address in addresses if address})
    return addressed


def follow(reference: Reference, within: Located, sent: Sent) -> Located | None:
    """The resource that is meant; nothing where it did not come along."""
    address = _HISTORY.sub("", reference.reference or "")
    return within.contained.get(address) or sent.get(address)


def contained_by(within: Located, references: Iterable[Reference | None]) -> tuple[Raw, ...]:
    """The contained resources that the references lead to, and those that these lead to, as they were sent."""
    wanted = [each.reference for each in references if each and each.reference]
    found: dict[str, Raw] = {}
    while wanted:
        address = wanted.pop()
        if address in within.contained and address not in found:
            found[address] = within.contained[address].raw
            wanted += _INSIDE.findall(bytes(found[address]).decode())
    return tuple(found.values())


def decoded(raw: Raw, expression: str | None, type_: type[T]) -> T | Fault:
    """The resource as its type, or the first thing that does not fit, and where."""
    try:
        return msgspec.json.decode(raw, type=type_)
    except msgspec.ValidationError as error:
        found = _PLACE.match(str(error))
        fault, path = (found["fault"], found["path"]) if found else (str(error), "")
        if path == ".resourceType":
            # msgspec's own sentence repeats the type that was sent
            return Fault(code="invalid", diagnostics="Another type of resource is needed here.", expression=expression)
        return Fault(code="structure", diagnostics=f"{fault}.", expression=f"{expression or 'Resource'}{path}")
    except (msgspec.DecodeError, RecursionError) as error:
        return Fault(code="structure", diagnostics=f"{error}.", expression=expression)
