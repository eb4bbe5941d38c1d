"""The codes of a session: what to bill for the dose, the lane, the payer and the day.

Nothing here is guessed: an open dose or lane gives each of its sets, and a payer whose codes are not on file the usual
ones under that name. Every set passes the claim check.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.coverage import Decision
from payers.catalogue.memory import remembered
from payers.catalogue.model import AddOn, Billing, Cited, ClaimRule, Code, TreatmentInfo
from payers.catalogue.vocabulary import CoverageStatus, DrugSource, Lane, LineOfBusiness, PlaceOfService, Treatment
from payers.claims.accepted import Asked, Taken, taken
from payers.estimate.billing_answer import Basis, BilledAs
from payers.estimate.case import Case

EVALUATIONS = ("90792", "99204", "99205")
"""What bills the evaluation of a new patient, as the entries of these codes say."""
FIRST_HOUR_MINUTES = 60
"""The part of a drip that its first code stands for, before each further hour is added."""
SUPPLIERS: dict[Lane, DrugSource] = {"medical": "clinic", "pharmacy": "specialty-pharmacy"}


class Piece(NamedTuple):
    """A line before it is told. `units` is absent where they follow from minutes that nobody told."""

    component: BilledAs
    code: str
    units: int | None
    ndc: str | None = None


class Note(NamedTuple):
    """Something else to be known: its key, and the code that it is about."""

    key: str
    code: str = ""


class Proposal(NamedTuple):
    """The lines that go together, and groups of which at most one goes beside them."""

    dose_mg: int | None
    lane: Lane | None
    basis: Basis
    lines: tuple[Piece, ...]
    one_of: tuple[tuple[Piece, ...], ...]
    notes: tuple[Note, ...]
    cited: tuple[Cited, ...]


class Desk(NamedTuple):
    """Who is billed for one lane on one day, and what of the visit decides the codes: nothing about one patient.

    `payer` is a slug; `listed` is every code that the coverage rule names, empty where it names none.
    """

    catalogue: Catalogue
    payer: str
    line_of_business: LineOfBusiness
    plan: str | None
    status: CoverageStatus
    listed: tuple[str, ...]
    treatment: Treatment
    doses_mg: tuple[int, ...]
    place_of_service: PlaceOfService | None
    session_minutes: int | None
    lane: Lane
    day: date

    @property
    def info(self) -> TreatmentInfo:
        """What the catalogue knows of the treatment."""
        return self.catalogue.treatments[self.treatment]

    @property
    def payer_name(self) -> str:
        """The payer as it is told."""
        return self.catalogue.payers[self.payer].name

    @property
    def accepted(self) -> Taken | None:
        """The drug codes that the payer takes, where any source says."""
        payer = self.catalogue.payers[self.payer]
        return taken(Asked(self.catalogue, payer, self.line_of_business, self.plan, self.day), self.info)

    def entry(self, code: str) -> Code | None:
        """The code of the day: itself, or the one that it replaced."""
        current = self.catalogue.code_in_force(code, self.day)
        return self.catalogue.code(current, self.day) if current else None

    def rules(self) -> list[ClaimRule]:
        """The claim rules that may hold for a session here, whatever its lines are."""
        return [
            rule
            for rule in self.catalogue.release.claim_rules
            if rule.holds_on(self.day)
            and rule.drug_source in (None, SUPPLIERS[self.lane])
            and (not rule.lines_of_business or self.line_of_business in rule.lines_of_business)
        ]

    def rules_of(self, code: str) -> list[ClaimRule]:
        """Those that hold for a line with this code whatever stands beside it."""
        return [
            rule
            for rule in self.rules()
            if code in rule.codes
            and not (rule.beside or rule.modifiers or rule.units_above)
            and rule.new_patient is None
            and (not rule.places or self.place_of_service in rule.places)
        ]


def desk_of(case: Case, decision: Decision, lane: Lane, day: date) -> Desk:
    """The desk that bills a case."""
    return Desk(
        catalogue=case.catalogue,
        payer=case.payer.slug,
        line_of_business=decision.line_of_business,
        plan=decision.plan,
        status=decision.status,
        listed=decision.rule.codes if decision.rule else (),
        treatment=case.treatment.slug,
        doses_mg=case.doses_mg,
        place_of_service=case.question.place_of_service,
        session_minutes=case.question.session_minutes,
        lane=lane,
        day=day,
    )


def evaluation_codes(desk: Desk) -> Proposal:
    """What a patient who is new to the clinic is billed on an earlier day: one of these."""
    entries = tuple(entry for code in EVALUATIONS if (entry := desk.entry(code)))
    groups = tuple((Piece("evaluation", each.code, 1),) for each in entries)
    return Proposal(None, None, "self-pay" if desk.status == "self-pay" else "usual", (), groups, (), entries)


@remembered
def bare_proposals(catalogue: Catalogue, desk: Desk) -> tuple[Proposal, ...]:
    """The proposals of a desk of that catalogue, without what they are cited from."""
    return tuple(each._replace(cited=()) for each in proposals(desk))


def proposals(desk: Desk) -> Iterator[Proposal]:
    """Every dose that is open, in every way of billing that the payer takes; once where no line depends on it."""
    treatment = desk.info
    if not treatment.billing:
        yield Proposal(None, desk.lane, "no-code", (), (), (), (treatment,))
        return
    accepted = desk.accepted
    told: set[Proposal] = set()
    for dose in desk.doses_mg or (None,):
        for style in ("components", "bundle"):
            bills = [bill for bill in treatment.billing if bill.style == style]
            found = _proposal(desk, accepted, dose, bills)
            if found and found._replace(cited=()) not in told:
                told.add(found._replace(cited=()))
                yield found


def _proposal(desk: Desk, accepted: Taken | None, dose_mg: int | None, bills: list[Billing]) -> Proposal | None:
    """One way of billing; nothing where the payer takes another one, or where no line of it is the clinic's."""
    whole = [(bill, entry) for bill in bills if (entry := desk.entry(_code(bill, dose_mg)))]
    never = {entry.code: [rule for rule in desk.rules_of(entry.code) if _forbids(rule)] for _, entry in whole}
    kept = [(bill, entry) for bill, entry in whole if not never[entry.code]]
    drugs = [entry for bill, entry in kept if bill.component in ("session", "drug")]
    if not kept or not all(_takes(desk, accepted, entry) for entry in drugs):
        return None
    times = [each for bill, entry in kept for each in _time(desk, bill, entry)]
    refused = [(code, rule) for code, rules in never.items() for rule in rules if rule.drug_source is None]
    notes = [Note("not-covered")] if desk.status == "not-covered" else []
    notes += [Note("pharmacy")] if desk.lane == "pharmacy" else []
    notes += [Note(rule.id, code) for code, rule in refused]
    if desk.status != "self-pay":
        notes += _about_visits(desk, kept, earns=bool(times))
    cited: list[Cited] = [value for pair in kept for value in pair]
    cited += accepted.cited if accepted and drugs else ()
    cited += [each for _, because in times for each in because] + [rule for rules in never.values() for rule in rules]
    return Proposal(
        dose_mg=dose_mg if any(0 not in bill.codes_by_dose for bill, _ in kept) else None,
        lane=desk.lane,
        basis=_basis(desk, accepted, [entry.code for _, entry in kept], drugs),
        lines=tuple(_piece(desk, bill, entry, dose_mg) for bill, entry in kept),
        one_of=tuple(group for group, _ in times),
        notes=tuple(notes),
        cited=tuple(cited),
    )


def _code(bill: Billing, dose_mg: int | None) -> str:
    return bill.codes_by_dose[dose_mg if dose_mg in bill.codes_by_dose else 0]


def _piece(desk: Desk, bill: Billing, entry: Code, dose_mg: int | None) -> Piece:
    units = bill.units_by_dose[dose_mg if dose_mg in bill.units_by_dose else 0]
    return Piece(bill.component, entry.code, units, _kit(desk, entry, dose_mg))


def _about_visits(desk: Desk, kept: list[tuple[Billing, Code]], *, earns: bool) -> Iterator[Note]:
    """What the payer's list says of the visit and of the observation beyond it."""
    for bill, entry in kept:
        if bill.component == "visit" and desk.listed and entry.code not in desk.listed:
            yield Note("visit-unlisted", entry.code)
        if bill.observed_minutes is not None:
            yield Note("prolonged" if earns else "prolonged-unknown", entry.code)


def _basis(desk: Desk, accepted: Taken | None, codes: list[str], drugs: list[Code]) -> Basis:
    """How sure the codes are: by the drug's, which decide what the payer takes; without a drug by the visit's."""
    if desk.status == "self-pay":
        return "self-pay"
    if drugs and accepted:
        return "payer" if accepted.sure else "listed"
    return "listed" if not drugs and all(code in desk.listed for code in codes) else "usual"


def _forbids(rule: ClaimRule) -> bool:
    """Whether the line is wrong by itself: not for where it is given, nor for what the clinic can still add."""
    return rule.severity == "error" and not (rule.lacking or rule.places)


def _takes(desk: Desk, accepted: Taken | None, entry: Code) -> bool:
    never = entry.medicare_payable is False and desk.line_of_business.startswith("medicare")
    return not never and (accepted is None or entry.code in accepted.codes)


def _kit(desk: Desk, entry: Code, dose_mg: int | None) -> str | None:
    """The drug code of the kit that holds the dose and goes with the code."""
    for product in desk.catalogue.release.ndcs:
        codes = {desk.catalogue.code_in_force(code, desk.day) for code in product.units_by_code}
        if product.sold_alone and product.dose_mg == dose_mg and entry.code in codes:
            return product.ndc
    return None


def _time(desk: Desk, bill: Billing, base: Code) -> Iterator[tuple[tuple[Piece, ...], list[Cited]]]:
    """The ways to bill time beyond the base code that the payer lists, with the units that it is sure to bring."""
    minutes = _beyond(desk, bill, base)
    component: BilledAs = "prolonged" if bill.component == "visit" else bill.component
    add_ons = [each for each in desk.catalogue.release.add_ons if each.first_minutes and each.code in desk.listed]

    def added(several: list[AddOn]) -> Iterator[Piece]:
        for each in several:
            units = None if minutes is None else each.earned(minutes)
            if units != 0 and desk.entry(each.code):
                yield Piece(component, each.code, units)

    for first in add_ons:
        if base.code in first.bases:
            chain = [first, *(each for each in add_ons if first.code in each.bases)]
            if group := tuple(added(chain)):
                yield group, [*chain]


def _beyond(desk: Desk, bill: Billing, base: Code) -> int | None:
    """Minutes beyond the base code: of the observation that is required, or of a drip as long as was told."""
    if bill.observed_minutes is not None:
        return bill.observed_minutes - (base.from_minutes or 0)
    told = desk.session_minutes
    return None if told is None else max(0, told - FIRST_HOUR_MINUTES)
