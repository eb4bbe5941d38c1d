"""A CoverageEligibilityResponse of another system, or one of ours, as rows: what it does not say stays absent.

`inforce` is told as a status of the plan, and `used` as what is left of its limit, where both are known. The one reader
of answers gives the rows their meaning.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import msgspec

from payers.eligibility.codes import KINDS
from payers.eligibility.mirror import Segment, read_mirrored
from payers.eligibility.response import NotX12, Response, Warned
from payers.fhir import definitions, systems
from payers.fhir.body import the_one
from payers.fhir.dates import day
from payers.fhir.elements import Reference, name_on_a_card
from payers.fhir.outcome import Fault
from payers.fhir.read_items import rows, unread
from payers.fhir.references import Located, Sent, decoded, follow
from payers.fhir.resources import Coverage, Organization, Patient, RelatedPerson
from payers.fhir.response import CoverageEligibilityResponse, Insurance
from payers.fhir.segments import compact, dated, text
from payers.fhir.systems import code_in

T = TypeVar("T")

RESPONSE = "CoverageEligibilityResponse"
_STATUSES = {"active": "1", "inactive": "6"}
_PLAN_BEGIN, _PLAN_END = "346", "347"
_PLAN = "plan"
_SELF = "self"
_RELATIONSHIPS = {"spouse": "01", "common": "01", "child": "19"}
"""INS02 of HL7's relationships; X12 has no code for the others that says more than nothing."""
_LOOPS = frozenset(
    ("2000A", "2100A", "2000B", "2100B", "2000C", "2100C", "2110C", "2000D", "2100D", "2110D"),
)
"""Where a payer refuses."""
_GENDERS = {"female": "F", "male": "M"}


def read_response(body: bytes) -> Response | tuple[Fault, ...]:
    """The answer, alone or in a Bundle with what it refers to; or why there is none."""
    found = the_one(body, RESPONSE)
    if isinstance(found, Fault):
        return (found,)
    at, sent = found
    answer = decoded(at.raw, at.expression, CoverageEligibilityResponse)
    if isinstance(answer, Fault):
        return (answer,)
    response = read_mirrored(_segments(_Message(at, sent), answer))
    if isinstance(response, NotX12):
        return (Fault(code="invalid", diagnostics=response.detail, expression=at.expression),)
    told = (told for insurance in answer.insurance for item in insurance.item for told in unread(item))
    unread_here = tuple(Warned(segment=1, text=each) for each in told)
    return msgspec.structs.replace(response, warnings=response.warnings + unread_here)


class _Message(NamedTuple):
    """The response, and what came beside it."""

    at: Located
    sent: Sent

    def read(self, reference: Reference | None, within: Located, type_: type[T]) -> tuple[T, Located] | None:
        """What a reference leads to, if it came along and is of this type."""
        at = follow(reference, within, self.sent) if reference else None
        resource = decoded(at.raw, at.expression, type_) if at else None
        return None if at is None or resource is None or isinstance(resource, Fault) else (resource, at)

    def person(self, reference: Reference | None, within: Located) -> Patient | None:
        """The patient, or whoever holds the card."""
        found = self.read(reference, within, Patient) or self.read(reference, within, RelatedPerson)
        return found and found[0]


def _segments(message: _Message, answer: CoverageEligibilityResponse) -> Iterator[Segment]:
    organization = message.read(answer.insurer, message.at, Organization)
    payer = organization[0] if organization else None
    numbers = payer.identifier if payer else (answer.insurer.identifier,)
    number = next((each.value for each in numbers if each and each.value), None)
    yield "HL", "1", "", "20", "1"
    yield from _rejections(answer, "", "2000A")
    yield "NM1", "PR", "2", text(payer.name if payer else answer.insurer.display), "", "", "", "", "", text(number)
    yield from _rejections(answer, "2100A")
    yield "HL", "2", "1", "21", "1"
    yield "NM1", "1P", "", text(answer.requestor and answer.requestor.display)
    yield from _rejections(answer, "2000B", "2100B")
    for insurance in answer.insurance or (None,):
        yield from _family(message, answer, insurance)


def _rejections(answer: CoverageEligibilityResponse, *loops: str) -> Iterator[Segment]:
    """The errors of these loops. One without a loop, as other systems have it, is about the whole question."""
    for error in answer.error:
        loop = next((text(each.value_string) for each in error.extended(definitions.LOOP)), "")
        if (loop if loop in _LOOPS else "") in loops:
            reason = code_in(error.code, systems.X12_REJECTION) or next(
                (each.code for each in error.code.coding if each.code), error.code.text
            )
            follow_up = next((text(each.value_code) for each in error.extended(definitions.FOLLOW_UP)), "")
            yield "AAA", "", "", text(reason), follow_up


def _family(message: _Message, answer: CoverageEligibilityResponse, insurance: Insurance | None) -> Iterator[Segment]:
    """The card holder and, where that is somebody else, the patient; then what is said of the coverage."""
    card = message.read(insurance and insurance.coverage, message.at, Coverage)
    coverage, card_at = card or (None, message.at)
    patient = message.person(answer.patient, message.at)
    relationship = code_in(coverage and coverage.relationship, systems.RELATIONSHIP, None) or _SELF
    is_dependent = relationship != _SELF
    holder = message.person(coverage and coverage.subscriber, card_at) if is_dependent else patient
    yield "HL", "3", "2", "22", "1" if is_dependent else "0"
    yield _name("IL", holder, coverage and coverage.subscriber_id)
    of_holder, of_patient = ("2000C", "2100C"), ("2000D", "2100D")
    yield from _rejections(answer, *of_holder, *(() if is_dependent else of_patient))
    yield from _born(holder)
    if is_dependent:
        yield "HL", "4", "3", "23", "0"
        yield _name("03", patient, None)
        yield from _rejections(answer, *of_patient)
        yield from _born(patient)
        yield "INS", "N", _RELATIONSHIPS.get(relationship, "")
    if insurance:
        yield from _coverage(answer, insurance, coverage)
    yield from _rejections(answer, "2110C", "2110D")


def _name(entity: str, person: Patient | None, member_id: str | None) -> Segment:
    name = name_on_a_card(person.name if person else ())
    given = [each for each in name.given if each]
    suffix = next((each for each in name.suffix if each), None)
    names = (name.family, given[0] if given else None, " ".join(given[1:]), None, suffix)
    return "NM1", entity, "1", *map(text, names), *(("MI", text(member_id)) if member_id else ())


def _born(person: Patient | None) -> Iterator[Segment]:
    if person and (born := day(person.birth_date)):
        yield "DMG", "D8", compact(born), _GENDERS.get(person.gender or "", "")


def _coverage(
    answer: CoverageEligibilityResponse, insurance: Insurance, coverage: Coverage | None
) -> Iterator[Segment]:
    """Its period, its status where no row of the items tells the same, and the rows."""
    period = insurance.benefit_period
    for qualifier, on in ((_PLAN_BEGIN, period and period.start), (_PLAN_END, period and period.end)):
        if segment := dated(qualifier, on, None):
            yield segment
    told = [segment for item in insurance.item for segment in rows(item)]
    status = {True: "active", False: "inactive", None: None}[insurance.inforce]
    if status and not any(segment[0] == "EB" and KINDS.get(segment[1]) == status for segment in told):
        yield "EB", _STATUSES[status], "", "", "", text(_plan(insurance, coverage))
        if message := text(answer.disposition):
            yield "MSG", message
    yield from told


def _plan(insurance: Insurance, coverage: Coverage | None) -> str | None:
    said = [each.value_string for each in insurance.extended(definitions.PLAN_NAME)]
    on_card = [
        each.name
        for each in (coverage.classes if coverage else ())
        if code_in(each.type, systems.COVERAGE_CLASS, None) == _PLAN
    ]
    return next((each for each in (*said, *on_card) if each), None)
