"""The question as the payer's computers read it: an X12 270, version 005010X279A1, made from an inquiry."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from payers.catalogue.model import Frozen
from payers.eligibility.faults import faults
from payers.eligibility.inquiry import Dependent, Inquiry, Person, Relationship
from payers.eligibility.letters import COMPONENT, ELEMENT, REPETITION, SEGMENT, in_capitals, unsendable

VERSION = "005010X279A1"

Qualifier = Literal["01", "14", "20", "27", "28", "29", "30", "33", "ZZ"]
"""What kind of number names a party of an interchange: `01` DUNS, `30` tax id, `ZZ` agreed between the two."""

PartyId = Annotated[str, Meta(min_length=2, max_length=15)]

_RELATIONSHIPS: dict[Relationship, str] = {"spouse": "01", "child": "19"}
"""To the subscriber (INS02). The other code of a 270, `34`, means an adult who is neither: saying nothing is safer."""


class Envelope(Frozen):
    """Who sends to whom. A network tells its members what to put here; `control_number` is new for each message.

    Without `application_sender` and `application_receiver` the functional group names the interchange's own parties.

    Raises:
        ValueError: an id or the control number does not fit in its element.
    """

    sender_id: PartyId
    receiver_id: PartyId
    control_number: Annotated[int, Meta(ge=1, le=999_999_999)]
    created_at: datetime
    usage: Literal["P", "T"]
    """Production or test."""
    sender_qualifier: Qualifier = "ZZ"
    receiver_qualifier: Qualifier = "ZZ"
    application_sender: PartyId | None = None
    application_receiver: PartyId | None = None

    def __post_init__(self) -> None:
        parties = (self.sender_id, self.receiver_id, self.application_sender, self.application_receiver)
        if any(each is not None and (not 2 <= len(each) <= 15 or unsendable(each)) for each in parties):
            raise ValueError("the id of a sender or receiver has 2 to 15 characters, none of them * : ~ ^")
        if not 1 <= self.control_number <= 999_999_999:
            raise ValueError("a control number has at most nine digits and is not 0")

    @property
    def originator(self) -> str:
        """Who gave the trace number, in the ten characters that TRN03 takes: `9`, for an id agreed upon, and ours."""
        return f"9{self.sender_id.replace(' ', '')[:9]:0<9}"


def write_270(inquiry: Inquiry, envelope: Envelope) -> str:
    """One question in one interchange, without line breaks.

    `trace` stands in BHT03 and TRN02 letter for letter, so that the answer can be matched; names and ids are in
    capitals. Gender `U` is not sent: the payer knows its member, and a 270 has no code for not knowing.

    Raises:
        ValueError: the inquiry has `faults`; the message names their places and nothing of the patient's.
    """
    return write_270_batch((inquiry,), envelope)


def write_270_batch(inquiries: Sequence[Inquiry], envelope: Envelope) -> str:
    """Several questions in one interchange, one transaction for each, in their order.

    Raises:
        ValueError: an inquiry has `faults`, or there is none.
    """
    wrong = [f"{number}{fault.pointer} {fault.kind}" for number, each in enumerate(inquiries) for fault in faults(each)]
    if wrong or not inquiries:
        raise ValueError(", ".join(wrong) or "no inquiry")
    sender, receiver = f"{envelope.sender_id:15}", f"{envelope.receiver_id:15}"
    number, nothing = f"{envelope.control_number:09}", " " * 10
    day, time = _day(envelope.created_at), f"{envelope.created_at:%H%M}"
    parties = (envelope.sender_qualifier, sender, envelope.receiver_qualifier, receiver)
    control = (REPETITION, "00501", number, "0", envelope.usage, COMPONENT)
    group = (envelope.application_sender or envelope.sender_id, envelope.application_receiver or envelope.receiver_id)
    group_number = str(envelope.control_number)
    return "".join(
        [
            _segment("ISA", "00", nothing, "00", nothing, *parties, day[2:], time, *control),
            _segment("GS", "HS", *group, day, time, group_number, "X", VERSION),
            *(_transaction(each, position, envelope) for position, each in enumerate(inquiries, 1)),
            _segment("GE", str(len(inquiries)), group_number),
            _segment("IEA", "1", number),
        ]
    )


def _transaction(inquiry: Inquiry, position: int, envelope: Envelope) -> str:
    number = f"{position:04}"
    created = _day(envelope.created_at), f"{envelope.created_at:%H%M}"
    body = [
        _segment("ST", "270", number, VERSION),
        _segment("BHT", "0022", "13", inquiry.trace, *created),
        *_asked_and_asking(inquiry),
        *_family(inquiry, envelope),
    ]
    return "".join([*body, _segment("SE", str(len(body) + 1), number)])


def _asked_and_asking(inquiry: Inquiry) -> Iterator[str]:
    """The payer (2000A) and the provider (2000B)."""
    payer, provider = inquiry.payer, inquiry.provider
    person = "1" if provider.first_name else "2"
    names = in_capitals(provider.name), in_capitals(provider.first_name or "")
    yield _segment("HL", "1", "", "20", "1")
    yield _segment("NM1", "PR", "2", in_capitals(payer.name), "", "", "", "", payer.id_qualifier, in_capitals(payer.id))
    yield _segment("HL", "2", "1", "21", "1")
    yield _segment("NM1", "1P", person, *names, "", "", "", "XX", provider.npi)
    if provider.taxonomy:
        yield _segment("PRV", "BI", "PXC", provider.taxonomy)


def _family(inquiry: Inquiry, envelope: Envelope) -> Iterator[str]:
    """The subscriber (2000C), the dependent (2000D) where that is the patient, and the questions about the patient."""
    subscriber, dependent = inquiry.subscriber, inquiry.dependent
    trace = _segment("TRN", "1", inquiry.trace, envelope.originator)
    yield _segment("HL", "3", "2", "22", "1" if dependent else "0")
    if not dependent:
        yield trace
    yield _name("IL", subscriber, inquiry.member_id)
    if inquiry.group_number:
        yield _segment("REF", "6P", in_capitals(inquiry.group_number))
    yield from _demographics(subscriber)
    if dependent:
        yield _segment("HL", "4", "3", "23", "0")
        yield trace
        yield _name("03", dependent)
        yield from _demographics(dependent)
        yield from _relationship(dependent)
    yield _segment("DTP", "291", "D8", _day(inquiry.date_of_service))
    for code in dict.fromkeys(inquiry.service_types):
        # One loop for each: a payer may refuse a repeated EQ01 that it did not offer to take.
        yield _segment("EQ", code)


def _name(entity: str, person: Person, member_id: str | None = None) -> str:
    names = (person.last_name, person.first_name, person.middle_name, None, person.suffix)
    sent = [in_capitals(name or "") for name in names]
    return _segment("NM1", entity, "1", *sent, *(("MI", in_capitals(member_id)) if member_id else ()))


def _demographics(person: Person) -> Iterator[str]:
    born = ("D8", _day(person.birth_date)) if person.birth_date else ("", "")
    gender = person.gender if person.gender in ("F", "M") else ""
    if person.birth_date or gender:
        yield _segment("DMG", *born, gender)


def _relationship(dependent: Dependent) -> Iterator[str]:
    if dependent.relationship in _RELATIONSHIPS:
        yield _segment("INS", "N", _RELATIONSHIPS[dependent.relationship])


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _segment(*elements: str) -> str:
    """Without the empty elements at its end, as X12.6 wants it."""
    return ELEMENT.join(elements).rstrip(ELEMENT) + SEGMENT
