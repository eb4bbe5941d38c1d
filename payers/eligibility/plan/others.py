"""Other payers that an answer names, and what each of them is to the payer that was asked."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from payers.catalogue.model import Frozen
from payers.eligibility.plan.visit import on_the_day
from payers.eligibility.response import Benefit, Related

Relation = Literal[
    "medicare-advantage",  # the member has a Medicare Advantage plan instead of Original Medicare
    "managed-care",  # a plan that runs this member's Medicaid
    "behavioral",  # somebody else answers for mental health
    "drug-plan",  # somebody else answers for drugs
    "qmb",  # Medicaid holds the Medicare cost share, and nobody bills the patient
    "primary",  # pays before the payer that was asked
    "secondary",  # pays after it
    "other",  # another coverage; the answer does not say which of them pays first
]

_MEDICARE_SECONDARY = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})
"""EB04 with R at Medicare: why another payer comes first."""
_MEDICARE_PLANS = frozenset({"HN", "HM", "IN", "PR", "PS"})
"""EB04 with R at Medicare: the private plan that the member has instead."""
_MEDICAID_PLANS = frozenset({"MC", "HM", "HN"})
_QMB = "QM"
_BEHAVIORAL = frozenset({"MH", "A4", "A6", "A7", "A8", "AI", "CE", "CF", "CG", "CH"})
_DRUGS = frozenset({"88", "91", "92", "B2", "B3"})
_PRIMARY, _SECONDARY = frozenset({"PRP"}), frozenset({"SEP", "TTP"})
_PAYERS = frozenset({"PR", "PRP", "SEP", "TTP", "P4", "P5", "2B", "36", "GP", "VN", "Y2"})
"""Entities (NM101) that can pay; a person or a provider cannot."""


class OtherPayer(Frozen):
    """Another payer of the answer. `n` is the row that names it; `name` is as the payer prints it."""

    relation: Relation
    name: str | None
    id: str | None
    service_types: tuple[str, ...]
    n: int
    segment: int


def other_payers(
    rows: Sequence[Benefit], asked: Literal["medicare", "medicaid", "other"], on: date | None
) -> list[OtherPayer]:
    """Those whose coverage holds on the day; `asked` is what the payer itself is."""
    found: list[OtherPayer] = []
    for row in on_the_day(rows, on):
        found += _named(row, asked)
    return found


def _named(row: Benefit, asked: str) -> Iterator[OtherPayer]:
    payers = [each for each in row.entities if each.entity in _PAYERS and each.name]
    if row.kind == "other_payer":
        if row.insurance_type == _QMB:
            yield _of(row, "qmb", None)
        for entity in payers or ([None] if row.insurance_type and row.insurance_type != _QMB else []):
            yield _of(row, _relation(row, entity, asked), entity)
    elif row.kind == "active" and row.insurance_type == _QMB:
        yield _of(row, "qmb", None)
    elif row.kind in ("contact_entity", "managed_care_coordinator", "coverage_basis", "active") and payers:
        if not _BEHAVIORAL.isdisjoint(row.service_types) and "30" not in row.service_types:
            yield from (_of(row, "behavioral", entity) for entity in payers)
        elif row.kind == "managed_care_coordinator" and asked == "medicaid":
            yield from (_of(row, "managed-care", entity) for entity in payers)


def _relation(row: Benefit, entity: Related | None, asked: str) -> Relation:
    """What the payer of an R row is, by who was asked, its insurance type, its entity and its service types."""
    services = frozenset(row.service_types)
    if services and services <= _DRUGS:
        return "drug-plan"
    if services and services <= _BEHAVIORAL:
        return "behavioral"
    if asked == "medicare" and row.insurance_type in _MEDICARE_PLANS:
        return "medicare-advantage"
    if asked == "medicaid" and row.insurance_type in _MEDICAID_PLANS:
        return "managed-care"
    if asked == "medicare" and row.insurance_type in _MEDICARE_SECONDARY:
        return "primary"
    code = entity.entity if entity else ""
    if code in _PRIMARY or asked == "medicaid":
        # Medicaid pays after everybody else (42 U.S.C. 1396a(a)(25)).
        return "primary"
    return "secondary" if code in _SECONDARY else "other"


def _of(row: Benefit, relation: Relation, entity: Related | None) -> OtherPayer:
    return OtherPayer(
        relation=relation,
        name=entity.name if entity else None,
        id=entity.id if entity else None,
        service_types=row.service_types,
        n=row.n,
        segment=row.segment,
    )
