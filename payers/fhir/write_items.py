"""The rows of a member as FHIR's items: one for each service, network and term that the payer speaks of."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from payers.eligibility.response import Benefit, DatedFact, Member, NetworkScope, Related
from payers.fhir import definitions
from payers.fhir.dates import days
from payers.fhir.elements import CodeableConcept, Coding, Extension, Identifier, Reference
from payers.fhir.response import Item, ItemBenefit
from payers.fhir.systems import (
    CPT,
    NETWORK,
    PLACE_OF_SERVICE,
    PROCEDURES,
    UNIT,
    UNITS,
    X12_LEVEL,
    X12_SERVICE_TYPE,
)
from payers.fhir.text import code, codes, concept, words
from payers.fhir.write_benefits import benefits, term

_EXCLUDED = frozenset({"exclusion", "non_covered"})
_AUTHORIZATION = {"Y": True, "N": False}
"""EB11. `U`, the payer cannot tell, has no place in FHIR and is left out."""
_CPT = re.compile(r"\d{5}|\d{4}[A-Z]", re.ASCII)
THE_PLAN = "the plan as a whole"


class _Scope(NamedTuple):
    """What rows have in common that may stand in one item."""

    service_type: str | None
    procedure: tuple[str, ...] | None
    network: NetworkScope | None
    level: str | None
    authorization: bool | None
    excluded: bool
    plan: str | None
    messages: tuple[str, ...]
    places: tuple[str, ...]
    dates: tuple[DatedFact, ...]
    entities: tuple[Related, ...]


def items(member: Member) -> tuple[Item, ...]:
    """Every row of the member, in the payer's order."""
    scoped: dict[_Scope, list[Benefit]] = {}
    for row in member.benefits:
        for scope in _scopes(row):
            scoped.setdefault(scope, []).append(row)
    return tuple(item for scope, rows in scoped.items() for item in _items(scope, rows))


def _scopes(row: Benefit) -> Iterator[_Scope]:
    """One for each service type, which has a limit of its own even in one row (X12 RFI 845), and for each network."""
    services = (None,) if row.procedure else row.service_types or (None,)
    networks: tuple[NetworkScope | None, ...] = ("in", "out") if row.network == "either" else (row.network,)
    for service_type in dict.fromkeys(services):
        for network in networks:
            yield _Scope(
                service_type=service_type,
                procedure=row.procedure,
                network=network,
                level=row.level,
                authorization=_AUTHORIZATION.get(row.authorization_required or ""),
                excluded=row.kind in _EXCLUDED,
                plan=row.plan,
                messages=row.messages,
                places=row.places_of_service,
                dates=row.dates,
                entities=row.entities,
            )


def _items(scope: _Scope, rows: list[Benefit]) -> Iterator[Item]:
    by_term: dict[str | None, list[ItemBenefit]] = {}
    for period, benefit in benefits(rows):
        by_term.setdefault(period, []).append(benefit)
    product, *modifiers = _procedure(scope.procedure) if scope.procedure else (None,)
    service = concept(None, (X12_SERVICE_TYPE, scope.service_type)) or CodeableConcept(text=THE_PLAN)
    for period, told in by_term.items():
        yield Item(
            category=None if product else service,
            product_or_service=product,
            modifier=tuple(modifiers),
            excluded=scope.excluded or None,
            name=words(scope.plan),
            description=words("\n".join(scope.messages)),
            network=_network(scope.network),
            unit=concept(None, (UNIT, UNITS.get(scope.level or "")), (X12_LEVEL, scope.level)),
            term=term(period),
            benefit=tuple(told),
            authorization_required=scope.authorization,
            extension=tuple(_extensions(scope)),
        )


def _procedure(procedure: tuple[str, ...]) -> Iterator[CodeableConcept]:
    """The procedure, then its modifiers. One of a list that FHIR has no address for is told in words."""
    qualifier, number, *modifiers = procedure if len(procedure) > 1 else (*procedure, "")
    system = CPT if qualifier == "HC" and _CPT.fullmatch(number) else PROCEDURES.get(qualifier)
    coded = concept(None, (system, number)) if system else None
    yield coded or CodeableConcept(text=words(":".join(procedure)) or "a procedure")
    for modifier in modifiers:
        if told := code(modifier):
            yield CodeableConcept(coding=(Coding(code=told),))


def _network(network: NetworkScope | None) -> CodeableConcept | None:
    """HL7 knows `in` and `out`; that the payer says it does not know stays words."""
    if network in ("in", "out"):
        return CodeableConcept(coding=codes((NETWORK, network)))
    return CodeableConcept(text="unknown") if network == "unknown" else None


def _extensions(scope: _Scope) -> Iterator[Extension]:
    for place in scope.places:
        if told := concept(None, (PLACE_OF_SERVICE, place)):
            yield Extension(url=definitions.PLACE_OF_SERVICE, value_codeable_concept=told)
    for dated in scope.dates:
        yield Extension(url=definitions.DATED, extension=tuple(_dated(dated)))
    for entity in scope.entities:
        yield Extension(url=definitions.PARTY, extension=tuple(_party(entity)))


def _dated(dated: DatedFact) -> Iterator[Extension]:
    yield Extension(url=definitions.QUALIFIER, value_code=code(dated.qualifier) or definitions.UNSAID)
    if dated.date:
        yield Extension(url=definitions.DATE, value_date=dated.date.isoformat())
    if period := days(dated.start, dated.end):
        yield Extension(url=definitions.PERIOD, value_period=period)


def _party(entity: Related) -> Iterator[Extension]:
    yield Extension(url=definitions.PART, value_code=code(entity.entity) or definitions.UNSAID)
    number, name = words(entity.id), words(" ".join(filter(None, (entity.first, entity.name))))
    if number or name:
        identifier = Identifier(value=number) if number else None
        yield Extension(url=definitions.WHO, value_reference=Reference(identifier=identifier, display=name))
