"""FHIR R4 data types, as far as they are read or written here. Whatever else a sender puts into them is not an error.

Dates stay text, because FHIR allows a year or a month alone; `payers.fhir.dates` takes a day out of them.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from payers.catalogue.model import Frozen

_USES = {"official": 0, "usual": 1}
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Element(Frozen, forbid_unknown_fields=False, rename="camel", omit_defaults=True):
    """A part of a resource. What is not said is left out, because FHIR knows neither null nor empty lists."""


class Coding(Element):
    """A code and the system it belongs to."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Element):
    """One meaning, in the codes of one or several systems, and in words."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None


class Period(Element):
    """From `start` to `end`, both included; absent means open."""

    start: str | None = None
    end: str | None = None


class Money(Element):
    """An amount in a currency."""

    value: Decimal | None = None
    currency: str | None = None


class Quantity(Element):
    """So many of something."""

    value: Decimal | None = None
    system: str | None = None
    code: str | None = None


class Identifier(Element):
    """A number by which somebody or something is known, and who gives such numbers."""

    type: CodeableConcept | None = None
    system: str | None = None
    value: str | None = None


class Reference(Element):
    """Another resource, by its address, by a number, or by name alone."""

    reference: str | None = None
    type: str | None = None
    identifier: Identifier | None = None
    display: str | None = None


class HumanName(Element):
    """A person's name. A given name may be null where the sender has put an extension in its place."""

    use: str | None = None
    family: str | None = None
    given: tuple[str | None, ...] = ()
    suffix: tuple[str | None, ...] = ()


def name_on_a_card(names: Sequence[HumanName]) -> HumanName:
    """The official name, else the usual one, else whichever there is."""
    ranked = sorted(names, key=lambda name: _USES.get(name.use or "", len(_USES)))
    return ranked[0] if ranked else HumanName()


class Extension(Element):
    """What FHIR has no element for, at an address that says what it means (`payers.fhir.definitions`)."""

    url: str
    extension: tuple["Extension", ...] = ()
    value_code: str | None = None
    value_string: str | None = None
    value_date: str | None = None
    value_period: Period | None = None
    value_money: Money | None = None
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_reference: Reference | None = None


class Extensible(Element):
    """A part that extensions are read of or written to."""

    extension: tuple[Extension, ...] = ()

    def extended(self, url: str) -> tuple[Extension, ...]:
        """Its extensions with this address."""
        return tuple(each for each in self.extension if each.url == url)


def encode(resource: Element) -> bytes:
    """The resource as FHIR's JSON, where a decimal is a number with all its digits: 1240.00."""
    return _ENCODER.encode(resource)
