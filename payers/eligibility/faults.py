"""Why a question cannot be sent to a payer, found before anybody is asked and, perhaps, paid."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from payers.catalogue.model import Frozen
from payers.catalogue.vocabulary import Language
from payers.eligibility.inquiry import Inquiry, Person
from payers.eligibility.letters import in_capitals, unsendable
from payers.eligibility.npi import is_npi

FaultKind = Literal[
    "missing",
    "missing-without-member-id",
    "too-short",
    "too-long",
    "characters",
    "npi",
    "born-after-service",
]


class InputFault(Frozen):
    """What is wrong, and where: `pointer` is a JSON pointer into the inquiry. It repeats nothing of the patient's."""

    pointer: str
    kind: FaultKind
    detail: str


def faults(inquiry: Inquiry, lang: Language = "en") -> tuple[InputFault, ...]:
    """Everything that keeps the inquiry from becoming a 270, in the order of the message."""
    return tuple(_of_texts(inquiry, lang)) + tuple(_of_meaning(inquiry, lang))


def _of_texts(inquiry: Inquiry, lang: Language) -> Iterator[InputFault]:
    for pointer, text, least, most in _texts(inquiry):
        if text is None:
            continue
        # Measured as it will be sent: an accent taken off makes a name shorter, a "ß" makes it longer.
        sent = text if pointer == "/trace" else in_capitals(text)
        if unsendable(sent):
            yield _fault(pointer, "characters", lang)
        elif len(sent) < least:
            yield _fault(pointer, "too-short", lang, least=least)
        elif len(sent) > most:
            yield _fault(pointer, "too-long", lang, most=most)


def _texts(inquiry: Inquiry) -> Iterator[tuple[str, str | None, int, int]]:
    """Pointer, text, and the least and the most characters that its element holds (X12 005010X279A1)."""
    yield "/trace", inquiry.trace, 1, 50
    yield "/payer/name", inquiry.payer.name, 1, 60
    yield "/payer/id", inquiry.payer.id, 2, 80
    yield "/provider/name", inquiry.provider.name, 1, 60
    yield "/provider/first_name", inquiry.provider.first_name, 1, 35
    yield from _names("/subscriber", inquiry.subscriber)
    yield "/member_id", inquiry.member_id, 2, 80
    yield "/group_number", inquiry.group_number, 1, 50
    if inquiry.dependent:
        yield from _names("/dependent", inquiry.dependent)


def _names(pointer: str, person: Person) -> Iterator[tuple[str, str | None, int, int]]:
    yield f"{pointer}/last_name", person.last_name, 1, 60
    yield f"{pointer}/first_name", person.first_name, 1, 35
    yield f"{pointer}/middle_name", person.middle_name, 1, 25
    yield f"{pointer}/suffix", person.suffix, 1, 10


def _of_meaning(inquiry: Inquiry, lang: Language) -> Iterator[InputFault]:
    """Whom a payer cannot find.

    A card holder is found by member id and name, or by name and birth date; anybody else in the family by the card
    holder and their own name and birth date (the search options of 005010X279A1, section 1.4.7).
    """
    if not is_npi(inquiry.provider.npi):
        yield _fault("/provider/npi", "npi", lang)
    subscriber, dependent = inquiry.subscriber, inquiry.dependent
    if inquiry.member_id is None and (subscriber.first_name is None or subscriber.birth_date is None):
        yield _fault("/member_id", "missing-without-member-id", lang)
    elif inquiry.patient.first_name is None:
        yield _fault(f"/{'dependent' if dependent else 'subscriber'}/first_name", "missing", lang)
    if dependent and dependent.birth_date is None:
        yield _fault("/dependent/birth_date", "missing", lang)
    for name, person in (("subscriber", subscriber), ("dependent", dependent)):
        if person and person.birth_date and person.birth_date > inquiry.date_of_service:
            yield _fault(f"/{name}/birth_date", "born-after-service", lang)


def _fault(pointer: str, kind: FaultKind, lang: Language, **values: int) -> InputFault:
    return InputFault(pointer=pointer, kind=kind, detail=_sentences()[kind][lang].format(**values))


@cache
def _sentences() -> dict[FaultKind, dict[Language, str]]:
    text = (Path(__file__).parent / "input_faults.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[FaultKind, dict[Language, str]])
