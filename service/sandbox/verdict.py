"""What the payer has to say to a question: whom it knows, what it refuses, what goes wrong on the way."""

from collections import Counter
from datetime import date, timedelta

from payers.catalogue.model import Frozen
from payers.eligibility.letters import in_capitals
from payers.eligibility.npi import is_npi
from service.sandbox.question import Asked, Name
from service.sandbox.roster import Dependent, Member, Payer, Plan, Rejection, Roster, Trouble

PAST, AHEAD = timedelta(days=730), timedelta(days=366)
"""For which days the payers answer; CAQH CORE 154 asks for twelve months back."""

DOWN = Rejection(loop="2100A", code="42", follow_up="R", valid="Y")


class Verdict(Frozen):
    """The payer's side of a question. Without a rejection there are a member and a plan."""

    asked: Asked
    payer: Payer | None = None
    member: Member | None = None
    dependent: Dependent | None = None
    plan: Plan | None = None
    rejection: Rejection | None = None
    trouble: Trouble | None = None

    @property
    def tells(self) -> bool:
        """Whether benefits are told, perhaps beside a rejection."""
        return self.plan is not None


class Desk:
    """Where questions are answered. It remembers only how often a member was asked about."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._tries: Counter[str] = Counter()

    def hear(self, asked: Asked, today: date) -> Verdict:
        """The answer to a question."""
        verdict = decide(self._roster, asked, today)
        if verdict.trouble != "down-once" or verdict.member is None:
            return verdict
        self._tries[verdict.member.id] += 1
        first = self._tries[verdict.member.id] % 2 == 1
        return Verdict(asked=asked, payer=verdict.payer, rejection=DOWN) if first else verdict


def decide(roster: Roster, asked: Asked, today: date) -> Verdict:
    """The first thing that is wrong, from the payer down to the patient, as payers check it; else the plan."""
    payer = next((each for each in roster.payers if asked.payer_id in each.ids), None)
    if payer is None:
        return Verdict(asked=asked, rejection=Rejection(loop="2000A", code="79"))
    strange = next((each.rejection for each in roster.providers if each.npi == asked.npi), None)
    if strange or not is_npi(asked.npi):
        return Verdict(asked=asked, payer=payer, rejection=strange or Rejection(loop="2100B", code="43"))
    if code := _out_of_span(asked.day, today):
        return Verdict(asked=asked, payer=payer, rejection=Rejection(loop="2100C", code=code))
    member = _find([each for each in roster.members if each.payer == payer.slug], asked)
    if member is None:
        return Verdict(asked=asked, payer=payer, rejection=Rejection(loop="2100C", code="75"))
    return _about(roster, asked, payer, member)


def _about(roster: Roster, asked: Asked, payer: Payer, member: Member) -> Verdict:
    dependent = _relative(member, asked.dependent) if asked.dependent else None
    wrong = _wrong(member, asked.subscriber, is_patient=asked.dependent is None)
    if asked.dependent:
        wrong = wrong or _wrong_relative(dependent, asked.dependent)
    told = wrong is None and (member.rejection is None or member.answers_anyway)
    return Verdict(
        asked=asked,
        payer=payer,
        member=member,
        dependent=dependent,
        plan=roster.plans[member.plan] if told else None,
        rejection=wrong or member.rejection,
        trouble=member.trouble,
    )


def _find(members: list[Member], asked: Asked) -> Member | None:
    """By member id; without one by name and birth date."""
    if asked.member_id:
        return next((each for each in members if each.id == in_capitals(asked.member_id)), None)
    return next(
        (
            each
            for each in members
            if asked.subscriber.birth_date == each.birth_date and _wrong(each, asked.subscriber) is None
        ),
        None,
    )


def _wrong(member: Member, name: Name, *, is_patient: bool = False) -> Rejection | None:
    """What of the card holder does not fit. What the question leaves out does not count, but a patient's birth date."""
    if not (_same(name.last_name, member.last_name) and _same(name.first_name, member.first_name)):
        return Rejection(loop="2100C", code="73")
    if name.birth_date is None:
        return Rejection(loop="2100C", code="58") if is_patient else None
    return None if name.birth_date == member.birth_date else Rejection(loop="2100C", code="71")


def _wrong_relative(dependent: Dependent | None, name: Name) -> Rejection | None:
    if dependent is None:
        return Rejection(loop="2100D", code="67")
    if name.birth_date is None:
        return Rejection(loop="2100D", code="58")
    return None if name.birth_date == dependent.birth_date else Rejection(loop="2100D", code="71")


def _relative(member: Member, name: Name) -> Dependent | None:
    return next((each for each in member.dependents if _same(name.first_name, each.first_name)), None)


def _same(given: str | None, known: str) -> bool:
    return given is None or in_capitals(given) == known


def _out_of_span(day: date, today: date) -> str | None:
    if day > today + AHEAD:
        return "63"
    return "62" if day < today - PAST else None
