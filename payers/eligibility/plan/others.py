"""Other payers that an answer names, and what each of them is to the payer that was asked."""

from collections.abc import Iterator, Sequence

from payers.eligibility.codes import HEALTH_PLAN
from payers.eligibility.plan.reading import AskedPayer, OtherPayer, Relation
from payers.eligibility.plan.visit import Visit, on_the_day
from payers.eligibility.response import Benefit, Party, Related

GROUP_FIRST = frozenset({"12", "13", "43"})
"""EB04: a group health plan pays before Medicare (working aged, kidney disease, disabled; 42 CFR 411.20(a)(1))."""
_INJURY_FIRST = frozenset({"14", "15", "16", "41", "42", "47"})
"""EB04: somebody pays before Medicare for what an accident or work did (42 CFR 411.20(a)(2)), or an agency for its own
patients."""
_MEDICARE = frozenset({"MA", "MB"})
_MEDICARE_PLANS = frozenset({"HN", "HM", "IN", "PR", "PS"})
"""EB04 with R at Medicare: the private plan that the member has instead."""
_MEDICAID_PLANS = frozenset({"MC", "HM", "HN"})
_QMB = "QM"
_BEHAVIORAL = frozenset({"MH", "A4", "A6", "A7", "A8", "AI", "CE", "CF", "CG", "CH"})
_DRUGS = frozenset({"88", "91", "92", "B2", "B3"})
_MEDICAL = frozenset({HEALTH_PLAN, "1", "3", "96", "98", "A0", "BY"})
"""Service types of which a visit of the clinic may be one; dental care, say, is another payer's own matter."""
_PRIMARY, _SECONDARY = "PRP", frozenset({"SEP", "TTP"})
_PAYERS = ("PRP", "SEP", "TTP", "PR", "Y2", "2B", "P4", "P5", "VN", "GP")
"""Entities (NM101) that can pay, those first whose code says so; a person, a provider or an employer does not."""
_ANSWERING = frozenset({"contact_entity", "managed_care_coordinator", "coverage_basis", "active"})
"""Kinds of rows that name who answers for their services."""


def other_payers(payer: Party, rows: Sequence[Benefit], asked: AskedPayer, visit: Visit) -> list[OtherPayer]:
    """Those whose coverage holds on the day and may be of the visit; `payer` is the one that answered."""
    found: dict[tuple[Relation, str | None], OtherPayer] = {}
    for row in on_the_day(rows, visit.on):
        if _concerns(row, visit):
            for other in _named(row, payer, asked):
                found.setdefault((other.relation, other.name or other.insurance_type), other)
    return list(found.values())


def _concerns(row: Benefit, visit: Visit) -> bool:
    types = frozenset(row.service_types)
    if not types or not types.isdisjoint(_MEDICAL) or types <= _DRUGS:
        return True
    return visit.behavioral and not types.isdisjoint(_BEHAVIORAL)


def _named(row: Benefit, payer: Party, asked: AskedPayer) -> Iterator[OtherPayer]:
    if row.insurance_type == _QMB and row.kind in ("active", "other_payer"):
        yield _of(row, "qmb", None)
        return
    payers = sorted((each for each in row.entities if each.entity in _PAYERS and each.name), key=_rank)
    entity = next((each for each in payers if not _is(each, payer)), None)
    if payers and entity is None:
        return
    if row.kind == "other_payer":
        yield _of(row, _relation(row, entity, asked), entity)
    elif row.kind in _ANSWERING and _is_behavioral(row):
        if entity or row.kind == "contact_entity":
            yield _of(row, "managed-care" if asked == "medicaid" else "behavioral", entity)
    elif row.kind in _ANSWERING and _is_drug(row) and entity:
        yield _of(row, "drug-plan", entity)
    elif row.kind == "managed_care_coordinator" and asked == "medicaid" and entity:
        yield _of(row, "managed-care", entity)


def _is(entity: Related, payer: Party) -> bool:
    return entity.name == payer.name or (entity.id is not None and entity.id == payer.id)


def _rank(entity: Related) -> int:
    return _PAYERS.index(entity.entity)


def _relation(row: Benefit, entity: Related | None, asked: AskedPayer) -> Relation:
    """What the payer of an R row is, by who was asked, its insurance type, its entity and its service types."""
    insurance, code = row.insurance_type, entity.entity if entity else ""
    if _is_drug(row):
        return "drug-plan"
    if asked == "medicaid" and insurance in _MEDICAID_PLANS:
        return "managed-care"
    if _is_behavioral(row):
        return "behavioral"
    if asked == "medicare":
        if insurance in _MEDICARE_PLANS:
            return "medicare-advantage"
        if insurance in _INJURY_FIRST:
            return "injury"
        if insurance in GROUP_FIRST:
            return "primary"
    if asked == "medicaid" or code == _PRIMARY:
        # Medicaid pays after everybody else (42 U.S.C. 1396a(a)(25)).
        return "primary"
    if code in _SECONDARY or (asked == "other" and insurance in GROUP_FIRST):
        # A plan that gives the reason why Medicare is second names Medicare.
        return "secondary"
    return "other"


def _is_behavioral(row: Benefit) -> bool:
    return bool(row.service_types) and _BEHAVIORAL.issuperset(row.service_types)


def _is_drug(row: Benefit) -> bool:
    return bool(row.service_types) and _DRUGS.issuperset(row.service_types)


def _of(row: Benefit, relation: Relation, entity: Related | None) -> OtherPayer:
    return OtherPayer(
        relation=relation,
        name=entity.name if entity else None,
        id=entity.id if entity else None,
        service_types=row.service_types,
        n=row.n,
        segment=row.segment,
        insurance_type=row.insurance_type,
    )
