"""A question after its payer is known: which alternatives are open, before anything is computed."""

from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

import msgspec

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision, decide
from payers.catalogue.model import Payer, TreatmentInfo
from payers.catalogue.vocabulary import Indication, Lane, LineOfBusiness, Network, PlaceOfService
from payers.clinic_prices.expected_charge import Patient
from payers.clinic_prices.reductions import Claimed
from payers.estimate.course import LONGEST, Slot, lay_out, layouts
from payers.estimate.question import DatesCourse, Question, SessionsCourse

Approval = Literal["approved", "denied"]

OPEN_STATUSES = frozenset({"prior-authorization", "case-by-case", "policy-silent"})
"""The payer decides: approved it pays as covered, denied the patient pays."""

NETWORK_LINES: frozenset[LineOfBusiness] = frozenset(
    {"commercial", "medicare-advantage", "military", "behavioral-health-carveout", "employer-ancillary"}
)
LANE_LINES: frozenset[LineOfBusiness] = frozenset({"commercial", "behavioral-health-carveout", "employer-ancillary"})
"""Lines in which a specialty pharmacy may fill the drug instead of the clinic."""

MENTAL_HEALTH: tuple[Indication, ...] = (
    "trd",
    "mdd-si",
    "anxiety",
    "ptsd",
    "ocd",
    "bipolar-depression",
    "postpartum-depression",
)
"""What ketamine without a label is given for where nobody says otherwise; pain takes longer and other prices."""

OFFICE: PlaceOfService = "11"


class _Asked(NamedTuple):
    catalogue: Catalogue
    question: Question
    payer: Payer
    today: date


class Case(_Asked):
    """The question with its payer, on the day it is asked. What follows from them is worked out once."""

    @cached_property
    def treatment(self) -> TreatmentInfo:
        """What the catalogue knows of the treatment."""
        return self.catalogue.treatments[self.question.treatment]

    @cached_property
    def start_on(self) -> date:
        """The first session: as told, else today."""
        if isinstance(self.question.course, DatesCourse):
            return self.question.course.dates[0]
        return self.question.start_on or self.today

    @cached_property
    def start_known(self) -> bool:
        """Whether anybody said when the course starts."""
        return self.question.start_on is not None or isinstance(self.question.course, DatesCourse)

    @cached_property
    def indications(self) -> tuple[Indication, ...]:
        """The indication told, else those the drug is labelled for, else the mental-health uses."""
        if self.question.indication:
            return (self.question.indication,)
        labelled: tuple[Indication, ...] = tuple(
            dict.fromkeys(approval.indication for approval in self.treatment.approvals)
        )
        return labelled or MENTAL_HEALTH

    @cached_property
    def doses_mg(self) -> tuple[int, ...]:
        """The doses it may be; empty for a treatment without set doses."""
        if self.question.dose_mg and self.treatment.doses_mg:
            return (self.question.dose_mg,)
        return self.treatment.doses_mg

    @cached_property
    def plan_network(self) -> str | None:
        """The plan's network by its name in the payer's price files: as told, else the plan where they name it."""
        told, plan = self.question.plan_network, self.question.plan
        if told or plan is None:
            return told
        return self.catalogue.rates.network(self.payer.slug, plan)

    @cached_property
    def patient(self) -> Patient:
        """What the clinic's price list looks at."""
        scale = self.question.sliding_scale
        claimed = Claimed(self.question.discounts, scale and scale.tier, scale and scale.poverty_percent)
        return Patient(self.question.site, self.question.session_minutes, claimed)

    @cached_property
    def any_count(self) -> bool:
        """Nobody said how long the course is."""
        return self.question.course is None

    def readings(self) -> tuple["Case", ...]:
        """The question once for each way in which the plan may be meant; once as it is where there is only one."""
        question = self.question
        if not question.alternative_benefits:
            return (self,)
        plans = dict.fromkeys((question.benefits, *question.alternative_benefits))
        return tuple(
            self._replace(question=msgspec.structs.replace(question, benefits=plan, alternative_benefits=()))
            for plan in plans
        )

    @cached_property
    def decisions(self) -> list[Decision]:
        """What the payer says for every line and indication left open, the same answer once; the main one first."""
        question = self.question
        lines = (question.line_of_business,) if question.line_of_business else self.payer.lines_of_business
        found = [
            decide(self.catalogue, self.payer, question.treatment, indication, self.start_on, line, question.plan)
            for line in lines
            for indication in self.indications
        ]
        return list({(each.line_of_business, each.status, each.lane): each for each in reversed(found)}.values())[::-1]

    def approvals(self, decision: Decision) -> tuple[Approval | None, ...]:
        """The worlds of an authorization: approved, denied, both; none where nobody is asked."""
        if decision.status not in OPEN_STATUSES:
            return (None,)
        match self.question.authorization:
            case "approved":
                return ("approved",)
            case "denied":
                return ("denied",)
            case _:
                return ("approved", "denied")

    def lanes(self, decision: Decision) -> tuple[Lane, ...]:
        """The benefits that may pay the drug."""
        if decision.lane:
            return (decision.lane,)
        if decision.line_of_business not in LANE_LINES or not self.treatment.doses_mg:
            return ("medical",)
        return (self.question.lane,) if self.question.lane else ("medical", "pharmacy")

    def networks(self, decision: Decision) -> tuple[Network, ...]:
        """In network, out of network, or both; a programme without networks is always in."""
        if decision.line_of_business not in NETWORK_LINES or self.payer.programme == "tricare-for-life":
            return ("in",)
        return (self.question.network,) if self.question.network else ("in", "out")

    @property
    def spacing_open(self) -> bool:
        """Whether the label leaves the spacing of some session to the clinician, and nobody said it."""
        return len(self.schedules) > 1

    @cached_property
    def schedules(self) -> tuple[list[Slot], ...]:
        """The sessions, the widest spacing first where the label leaves it open.

        With an open number of sessions the closest spacing holds the most that a year can see.
        """
        course, indication = self.question.course, self.question.indication
        if course is not None:
            return layouts(self.treatment, indication, self.start_on, course)
        most = SessionsCourse(count=self.treatment.first_year_sessions_max)
        slots = lay_out(self.treatment, indication, self.start_on, most, dense=True)
        return ([slot for slot in slots if slot.on - slots[0].on <= LONGEST],)


class World(NamedTuple):
    """One way things may be. Tags that do not apply are absent."""

    decision: Decision
    approval: Approval | None = None
    lane: Lane | None = None
    network: Network | None = None
    other_first: bool = False
    """Of two plans the other one pays first: terms and limits are its own."""
