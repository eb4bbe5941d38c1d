"""Who the patient is, and what a public programme's terms turn on."""

from collections.abc import Iterator

from payers.catalogue.vocabulary import LineOfBusiness
from payers.cost_share.programmes.tricare import grade_matters, referral_matters
from payers.estimate.case import Case
from payers.estimate.designs import (
    counts_mental_health_visits,
    medicaid_copay,
    network_copay_missing,
    owes_nothing_to_va,
)
from payers.estimate.evaluate import Outcome
from payers.estimate.question import Question, TricareBeneficiary, TricareSecond, Veteran
from payers.estimate.unknowns.unknown import Unknown, on_file, replaced, setting, unanswered
from payers.estimate.unusable import stands_behind
from payers.estimate.words import say


def about_patient(case: Case, outcomes: list[Outcome]) -> Iterator[Unknown]:
    """Where the patient lives, which plan it is, and what the treatment is for."""
    question = case.question
    insured = "self-pay" not in case.payer.kinds
    if question.state is None and insured:
        yield unanswered("state")
    if question.county is None and case.payer.programme == "co-medicaid":
        yield unanswered("county")
    if question.line_of_business is None and insured:
        yield Unknown("line_of_business", setting(line_of_business=case.payer.lines_of_business[0]))
    if question.plan is None and any(case.catalogue.plans(case.payer.slug)):
        yield unanswered("plan")
    if question.indication is None and insured:
        use = Unknown(
            "indication", setting(indication=case.indications[0]), otherwise=setting(indication="chronic-pain")
        )
        yield on_file(use, case.treatment) if case.treatment.approvals else use
    shared = [outcome for outcome in outcomes if not outcome.self_pay]
    if shared:
        if question.medicare_assignment is None and any(map(_on_assignment, shared)):
            beyond = setting(medicare_assignment="not-accepted")
            yield Unknown("medicare_assignment", setting(medicare_assignment="accepted"), otherwise=beyond)
        yield from _about_programme(case, {outcome.world.decision.line_of_business for outcome in shared})
        if case.payer.programme == "tricare" or any(_tricare_behind(outcome) for outcome in shared):
            yield from _about_tricare(question)
            if network_copay_missing(case, {outcome.world.network for outcome in shared}):
                yield unanswered("tricare_network_copay")


def _on_assignment(outcome: Outcome) -> bool:
    """Whether it matters that the clinic takes Medicare's amount as full payment: a contract with the plan says so."""
    line = outcome.world.decision.line_of_business
    return line == "medicare" or (line == "medicare-advantage" and outcome.world.network == "out")


def _about_programme(case: Case, lines: set[LineOfBusiness]) -> Iterator[Unknown]:
    question = case.question
    shares = question.benefits and question.benefits.cost_shares
    if lines & {"medicaid", "rae"} and medicaid_copay(case) is None and not (shares and shares.default):
        yield unanswered("medicaid_copay")
    if case.payer.programme == "va-community-care":
        veteran = question.va or Veteran()
        exempt = owes_nothing_to_va(veteran)
        visits_open = counts_mental_health_visits(case) and veteran.mental_health_visits_used is None
        if exempt is None or (visits_open and not exempt):
            yield Unknown("va", setting(va=_usual_veteran(veteran)))


def _tricare_behind(outcome: Outcome) -> bool:
    question = outcome.case.question
    return any(
        isinstance(each, TricareSecond) and stands_behind(each, question, outcome.world.decision)
        for each in question.other_coverage
    )


def _about_tricare(question: Question) -> Iterator[Unknown]:
    """The parts of the usual beneficiary stand in only where nobody told another."""
    who = question.tricare or TricareBeneficiary()
    grade_open = who.junior_enlisted is None and grade_matters(who.plan, who.category)
    if who.category != "active-duty" and (None in (who.plan, who.group, who.category) or grade_open):
        usual = replaced(
            who,
            plan=who.plan or "select",
            group=who.group or "b",
            category=who.category or "active-duty-family",
            junior_enlisted=bool(who.junior_enlisted),
        )
        names = {
            "plan": str(usual.plan).title(),
            "group": str(usual.group).upper(),
            "category": say(question.lang, "tricare", str(usual.category)),
        }
        yield Unknown("tricare", setting(tricare=usual), names)
    if who.referral is None and referral_matters(who.plan, who.category):
        yield Unknown("referral", _referred)


def _referred(asked: Question) -> Question:
    return replaced(asked, tricare=replaced(asked.tricare or TricareBeneficiary(), referral=True))


def _usual_veteran(told: Veteran) -> Veteran:
    """One who owes copays and has had no mental-health visit this year."""
    return replaced(
        told,
        priority_group=told.priority_group or 8,
        service_connected_treatment=bool(told.service_connected_treatment),
        mental_health_visits_used=told.mental_health_visits_used or 0,
    )
