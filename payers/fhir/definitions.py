"""What FHIR has no word for, in words of our own: one code system, and the extensions of a response.

Their addresses are URNs, because they mean the same wherever the service runs; `GET /fhir/CodeSystem/{id}` and
`GET /fhir/StructureDefinition/{id}` serve what is defined here.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from payers.catalogue.model import Frozen
from payers.fhir.elements import Element

_OURS = "urn:outlay:fhir:"
BENEFIT_TYPE = f"{_OURS}CodeSystem:benefit-type"
OUT_OF_POCKET_MAXIMUM = "out-of-pocket-maximum"

QUALIFIER, DATE, PERIOD = "qualifier", "date", "period"
"""Parts of `dated`."""
PART, WHO = "part", "who"
"""Parts of `party`."""
UNSAID = "unknown"
"""In place of a code that the payer leaves out."""

_ITEM = "CoverageEligibilityResponse.insurance.item"
_BENEFIT = f"{_ITEM}.benefit"


class _Meaning(Frozen):
    """An extension: where it stands, the types of its value, or the types of its parts."""

    title: str
    text: str
    context: str
    types: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = {}


_EXTENSIONS: Mapping[str, _Meaning] = {
    "remaining": _Meaning(
        title="What is left of a limit",
        text="As the payer says it, where the limit itself or what is used of it is not known.",
        context=_BENEFIT,
        types=("Money", "Quantity"),
    ),
    "exceeded": _Meaning(
        title="By how much a limit is exceeded", text="As the payer says it.", context=_BENEFIT, types=("Money",)
    ),
    "quantity": _Meaning(
        title="How many of something the benefit is for",
        text="Days, months, services, in the code that X12 has for them; visits have a benefit type of their own.",
        context=_BENEFIT,
        types=("Quantity",),
    ),
    "not-trusted": _Meaning(
        title="Why the payer's figures for this benefit are left out",
        text="What is wrong with them, so that somebody can read the payer's own message.",
        context=_BENEFIT,
        types=("string",),
    ),
    "place-of-service": _Meaning(
        title="Where the service must be given for the benefit to hold",
        text="One of the places of service that claims carry. Several mean any of them; none means wherever.",
        context=_ITEM,
        types=("CodeableConcept",),
    ),
    "dated": _Meaning(
        title="A date of this benefit",
        text="What it is the date of, in X12's code, and the day or the days.",
        context=_ITEM,
        parts={QUALIFIER: ("code",), DATE: ("date",), PERIOD: ("Period",)},
    ),
    "party": _Meaning(
        title="Somebody named beside the benefit",
        text="Another payer, a provider, a contact: who, and in what part, in X12's code.",
        context=_ITEM,
        parts={PART: ("code",), WHO: ("Reference",)},
    ),
    "plan-name": _Meaning(
        title="The plan's name as the payer gives it",
        text="The name on the card may be another.",
        context="CoverageEligibilityResponse.insurance",
        types=("string",),
    ),
    "follow-up": _Meaning(
        title="What the payer wants done after its rejection",
        text="X12's follow-up action code.",
        context="CoverageEligibilityResponse.error",
        types=("code",),
    ),
    "loop": _Meaning(
        title="What the rejection is about",
        text="X12's loop: 2100A the payer, 2100B the provider, 2100C the subscriber, 2100D the dependent.",
        context="CoverageEligibilityResponse.error",
        types=("string",),
    ),
}


def _address(name: str) -> str:
    return f"{_OURS}StructureDefinition:{name}"


REMAINING = _address("remaining")
EXCEEDED = _address("exceeded")
QUANTITY = _address("quantity")
NOT_TRUSTED = _address("not-trusted")
PLACE_OF_SERVICE = _address("place-of-service")
DATED = _address("dated")
PARTY = _address("party")
PLAN_NAME = _address("plan-name")
FOLLOW_UP = _address("follow-up")
LOOP = _address("loop")


class Concept(Element):
    """A code and its meaning."""

    code: str
    display: str
    definition: str


class CodeSystem(Element, tag_field="resourceType", tag="CodeSystem"):
    """A list of codes."""

    id: str
    url: str
    name: str
    title: str
    status: Literal["active"]
    description: str
    content: Literal["complete"]
    concept: tuple[Concept, ...]


class Context(Element):
    """Where an extension may stand."""

    type: Literal["element"]
    expression: str


class ElementType(Element):
    """A type that a value may have."""

    code: str


class ElementDefinition(Element):
    """One rule about an element."""

    id: str
    path: str
    slice_name: str | None = None
    short: str | None = None
    definition: str | None = None
    min: int | None = None
    max: str | None = None
    fixed_uri: str | None = None
    type: tuple[ElementType, ...] = ()


class Differential(Element):
    """All rules that the base does not have."""

    element: tuple[ElementDefinition, ...]


class StructureDefinition(Element, tag_field="resourceType", tag="StructureDefinition"):
    """The definition of an extension."""

    id: str
    url: str
    name: str
    title: str
    status: Literal["active"]
    description: str
    fhir_version: Literal["4.0.1"]
    kind: Literal["complex-type"]
    abstract: bool
    context: tuple[Context, ...]
    type: Literal["Extension"]
    base_definition: str
    derivation: Literal["constraint"]
    differential: Differential


CODE_SYSTEMS: Mapping[str, CodeSystem] = {
    "benefit-type": CodeSystem(
        id="benefit-type",
        url=BENEFIT_TYPE,
        name="OutlayBenefitType",
        title="Benefit types that HL7's list lacks",
        status="active",
        description="HL7's benefit types of R4 (http://terminology.hl7.org/CodeSystem/benefit-type) have a deductible "
        "and copays, and no out-of-pocket maximum, which every plan has and every estimate needs. Each code here "
        "stands beside the code of X12's EB01.",
        content="complete",
        concept=(
            Concept(
                code=OUT_OF_POCKET_MAXIMUM,
                display="Out-of-pocket maximum",
                definition="The most that the patient or the family pays in the term of the item; the plan pays the "
                "rest of what it covers.",
            ),
        ),
    )
}
"""By id."""


def _definition(name: str, meaning: _Meaning) -> StructureDefinition:
    return StructureDefinition(
        id=name,
        url=_address(name),
        name=name.title().replace("-", ""),
        title=meaning.title,
        status="active",
        description=f"{meaning.title}. {meaning.text}",
        fhir_version="4.0.1",
        kind="complex-type",
        abstract=False,
        context=(Context(type="element", expression=meaning.context),),
        type="Extension",
        base_definition="http://hl7.org/fhir/StructureDefinition/Extension",
        derivation="constraint",
        differential=Differential(element=tuple(_rules(name, meaning))),
    )


def _rules(name: str, meaning: _Meaning) -> Iterator[ElementDefinition]:
    yield ElementDefinition(id="Extension", path="Extension", short=meaning.title, definition=meaning.text)
    if meaning.types:
        yield ElementDefinition(id="Extension.extension", path="Extension.extension", max="0")
    for part, types in meaning.parts.items():
        here, path = f"Extension.extension:{part}", "Extension.extension"
        yield ElementDefinition(id=here, path=path, slice_name=part, max="1")
        yield ElementDefinition(id=f"{here}.url", path=f"{path}.url", fixed_uri=part)
        yield _value(here, path, types)
    yield ElementDefinition(id="Extension.url", path="Extension.url", fixed_uri=_address(name))
    yield _value("Extension", "Extension", meaning.types)


def _value(id: str, path: str, types: tuple[str, ...]) -> ElementDefinition:
    """One value of these types, or none at all."""
    return ElementDefinition(
        id=f"{id}.value[x]",
        path=f"{path}.value[x]",
        min=1 if types else None,
        max=None if types else "0",
        type=tuple(ElementType(code=each) for each in types),
    )


STRUCTURE_DEFINITIONS: Mapping[str, StructureDefinition] = {
    name: _definition(name, meaning) for name, meaning in _EXTENSIONS.items()
}
"""By id."""
