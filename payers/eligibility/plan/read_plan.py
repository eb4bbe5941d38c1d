"""The plan of the patient of an answer: rows are picked by rule, and where rules leave two values, both go on."""

from collections.abc import Iterator, Sequence

from payers.catalogue.vocabulary import Language, Network
from payers.cost_share.plan import CostShare
from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.covered import is_covered, the_patient
from payers.eligibility.plan.network import network_said
from payers.eligibility.plan.others import OtherPayer, other_payers
from payers.eligibility.plan.reading import AskedPayer, PlanReading, Term
from payers.eligibility.plan.said import Said, cents, distinct, segments
from payers.eligibility.plan.slots import Slot, Values, plans
from payers.eligibility.plan.terms import COST_SHARING, terms
from payers.eligibility.plan.visit import PLAN_RUNG, Visit, ladder, on_the_day
from payers.eligibility.response import Benefit, Member, Transaction

DEDUCTIBLE_MET = "/benefits/deductible/individual_met_cents"
"""What is left of Medicare's deductible tells how much of it is met: the amount itself is the law's."""


def read_plan(transaction: Transaction, visit: Visit, asked: AskedPayer, lang: Language) -> PlanReading:
    """The plan that one answer tells for a visit. An answer without one still says what must be asked."""
    asking = Asking(lang)
    member = the_patient(transaction, asking)
    if member is None or not is_covered(transaction, member, visit.on, asking):
        return PlanReading(questions=asking.questions)
    others = other_payers(member.benefits, asked, visit.on)
    for other in others:
        _ask_about(other, asking)
    network = _network(member, visit, asking, public=asked != "other")
    remaining = _part_b_remaining(member.benefits, visit) if asked == "medicare" else None
    slots = list(terms(member, visit, asking, public=asked != "other"))
    held = plans(slots)
    for slot in held.left_open:
        _ask_which(slot, "too-many-values", asking)
    for slot in held.slots:
        if len(slot.readings) > 1:
            _ask_which(slot, "several-values", asking)
    unstated = [slot for slot in held.slots if not slot.stated]
    if unstated and asked == "other":
        told = ", ".join(asking.term(slot.name, outside=slot.outside) for slot in unstated)
        rows = [row.segment for slot in unstated for row in slot.rows]
        asking.ask("network-unstated", pointer="/network", segments=rows, term=told)
    used = {row.n for slot in held.slots for row in (*slot.rows, *slot.met_rows)}
    return PlanReading(
        benefits=held.plans[0] if held.plans and held.slots else None,
        alternatives=held.plans[1:],
        network=network,
        authorization_required=_authorization(member.benefits, visit),
        deductible_remaining_cents=remaining.value if remaining else None,
        other_payers=tuple(others),
        terms=(*(term for slot in held.slots for term in slot.terms), *_part_b_term(remaining)),
        questions=asking.questions,
        not_used=tuple(row.n for row in member.benefits if row.kind in COST_SHARING and row.n not in used),
    )


def payer_kind(transaction: Transaction) -> AskedPayer:
    """What the payer is by its own answer, where nobody knows it otherwise."""
    types = {row.insurance_type for member in transaction.members for row in member.benefits if row.kind == "active"}
    if types & {"MA", "MB"} or (transaction.payer.id or "").upper() == "CMS":
        return "medicare"
    return "medicaid" if "MC" in types else "other"


def _ask_about(other: OtherPayer, asking: Asking) -> None:
    if other.relation != "qmb":
        asking.ask(other.relation, segments=(other.segment,), name=other.name or asking.say("unnamed-payer"))


def _network(member: Member, visit: Visit, asking: Asking, *, public: bool) -> Network | None:
    """The network that a message puts the clinic in; a contradiction waits for somebody's answer."""
    said = network_said(member.benefits)
    rows = [row.segment for row in (*said.inside, *said.outside)]
    if visit.network is None:
        listed = [row for row in member.benefits if row.kind in ("copay", "coinsurance") and row.network == "in"]
        if said.contradicts_itself or (said.network == "out" and listed):
            asking.ask("network-contradiction", pointer="/network", segments=rows, blocks=True)
        elif said.network is None and not public:
            asking.ask("network-unknown", pointer="/network")
    elif said.network not in (None, visit.network):
        asking.ask("network-unlike-clinic", pointer="/network", segments=rows)
    return said.network


def _part_b_remaining(rows: Sequence[Benefit], visit: Visit) -> Said | None:
    """What is left of the Part B deductible in the year of the visit; nothing where it is told twice differently."""
    of_part_b = [
        row
        for row in on_the_day(rows, visit.on)
        if row.kind == "deductible"
        and row.measure == "remaining"
        and (row.insurance_type == "MB" or (row.insurance_type is None and PLAN_RUNG.holds(row, visit)))
    ]
    several = distinct(of_part_b, cents)
    return several[0] if len(several) == 1 else None


def _part_b_term(remaining: Said | None) -> Iterator[Term]:
    if remaining is not None:
        rows = tuple(row.n for row in remaining.rows)
        yield Term(pointer=DEDUCTIBLE_MET, segments=tuple(segments(remaining.rows)), rows=rows)


def _authorization(rows: Sequence[Benefit], visit: Visit) -> str | None:
    """Whether the payer asks for an authorization, from the most exact step that says so; absent where they differ."""
    for rung in ladder(visit):
        told = {
            row.authorization_required
            for row in on_the_day(rows, visit.on)
            if row.authorization_required and rung.holds(row, visit)
        }
        if told:
            return told.pop() if len(told) == 1 else None
    return None


def _ask_which(slot: Slot, kind: str, asking: Asking) -> None:
    values = ", ".join(dict.fromkeys(_told(reading, asking) for reading in slot.readings))
    pointer = next(iter(slot.terms)).pointer
    term = asking.term(slot.name, outside=slot.outside)
    asking.ask(kind, pointer=pointer, segments=[row.segment for row in slot.rows], term=term, values=values)


def _told(reading: Values, asking: Asking) -> str:
    """One way in which a term may be meant, in words."""
    value, *met = reading.values()
    if isinstance(value, CostShare):
        return asking.share(value.copay_cents, value.patient_share_bp)
    return asking.limit(value, *met)
