"""The plan of the patient of an answer: rows are picked by rule, and where rules leave two values, both go on."""

from collections.abc import Iterator, Sequence

import msgspec

from payers.catalogue.vocabulary import Language, Network
from payers.eligibility.plan.asking import Asking
from payers.eligibility.plan.covered import COST_SHARING, is_covered, the_patient
from payers.eligibility.plan.network import network_said
from payers.eligibility.plan.others import other_payers
from payers.eligibility.plan.reading import AskedPayer, OtherPayer, PlanReading, Term
from payers.eligibility.plan.said import Said, cents, distinct, segments
from payers.eligibility.plan.slots import plans
from payers.eligibility.plan.terms import terms
from payers.eligibility.plan.visit import PLAN_LADDER, Visit, held, in_network, ladder, of_patient
from payers.eligibility.response import Benefit, Transaction

DEDUCTIBLE_MET = "/benefits/deductible/individual_met_cents"
"""What is left of Medicare's deductible tells how much of it is met: the amount itself is the law's."""


def read_plan(transaction: Transaction, visit: Visit, asked: AskedPayer, lang: Language) -> PlanReading:
    """The plan that one answer tells for a visit. An answer without one still says what must be asked."""
    asking = Asking(lang)
    member = the_patient(transaction, asking)
    if member is None or not is_covered(transaction, member, visit, asking):
        return PlanReading(questions=asking.questions)
    rows = of_patient(member, visit.on)
    others = other_payers(transaction.payer, member.benefits, asked, visit)
    for other in others:
        _ask_about(other, asking)
    _ask_about_spend_down(rows, asked, asking)
    # Of a public programme every term is the law's, and nothing is missed in them.
    of_plan = asking if asked == "other" else asking.aside
    network = _network(rows, visit, asking, of_plan)
    remaining = _part_b_remaining(rows, visit, asking) if asked == "medicare" else None
    held_plans = plans(list(terms(member, rows, _seen_from(visit, network), of_plan, asking)))
    told = (*(term for slot in held_plans.slots for term in slot.terms), *_part_b_term(remaining))
    used = {n for term in told for n in term.rows}
    return PlanReading(
        benefits=next(iter(held_plans.plans), None),
        alternatives=held_plans.plans[1:],
        network=network,
        authorization_required=_authorization(rows, visit),
        deductible_remaining_cents=remaining.value if remaining else None,
        other_payers=tuple(others),
        terms=told,
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


def _ask_about_spend_down(rows: Sequence[Benefit], asked: AskedPayer, asking: Asking) -> None:
    """What Medicaid leaves to the patient before it pays; where nothing of it is left, it is met.

    Medicaid says so as cost containment too, which elsewhere is a penalty, as for care without authorization.
    """
    kinds = {"spend_down", "cost_containment"} if asked == "medicaid" else {"spend_down"}
    owed = [row for row in rows if row.kind in kinds]
    left = [row for row in owed if row.measure == "remaining"] or owed
    amounts = distinct(left, cents)
    untold = any(row.kind == "spend_down" and row.amount_cents is None for row in left)
    if untold or any(each.value for each in amounts):
        values = asking.amounts(each.value for each in amounts) or asking.say("unknown-amount")
        asking.ask("spend-down", segments=segments(left), blocks=True, values=values)


def _network(rows: Sequence[Benefit], visit: Visit, asking: Asking, of_plan: Asking) -> Network | None:
    """The network that a message puts the clinic in; a contradiction waits for somebody's answer."""
    said = network_said(rows)
    messages = segments((*said.inside, *said.outside))
    if visit.network is None:
        listed = [row for row in rows if row.kind in ("copay", "coinsurance") and row.network == "in"]
        if said.contradicts_itself or (said.network == "out" and listed):
            asking.ask("network-contradiction", pointer="/network", segments=messages, blocks=True)
        elif said.network is None:
            of_plan.ask("network-unknown", pointer="/network")
    elif said.network not in (None, visit.network):
        asking.ask("network-unlike-clinic", pointer="/network", segments=messages)
    return said.network


def _seen_from(visit: Visit, told: Network | None) -> Visit:
    """The visit in the clinic's own network, or else in the one that the payer puts it in."""
    return visit if visit.network else msgspec.structs.replace(visit, network=told)


def _part_b_remaining(rows: Sequence[Benefit], visit: Visit, asking: Asking) -> Said | None:
    """What is left of the Part B deductible in the year of the visit; one that is told twice differently is asked."""
    of_part_b = [
        row
        for row in rows
        if row.kind == "deductible"
        and row.measure == "remaining"
        and (
            row.insurance_type == "MB"
            or (row.insurance_type is None and any(rung.holds(row, visit) for rung in PLAN_LADDER))
        )
    ]
    several = distinct(of_part_b, cents)
    if len(several) > 1:
        values, term = asking.amounts(each.value for each in several), asking.term("deductible")
        asking.ask("several-values", pointer=DEDUCTIBLE_MET, segments=segments(of_part_b), term=term, values=values)
    return several[0] if len(several) == 1 else None


def _part_b_term(remaining: Said | None) -> Iterator[Term]:
    if remaining is not None:
        rows = tuple(row.n for row in remaining.rows)
        yield Term(pointer=DEDUCTIBLE_MET, segments=tuple(segments(remaining.rows)), rows=rows)


def _authorization(rows: Sequence[Benefit], visit: Visit) -> str | None:
    """Whether the payer asks for an authorization, from the most exact step that says so; absent where they differ."""
    saying = [row for row in rows if row.authorization_required]
    for _, at_step in held(saying, ladder(visit), visit):
        if here := in_network(at_step, visit.network or "in").rows:
            told = {row.authorization_required for row in here}
            return told.pop() if len(told) == 1 else None
    return None
