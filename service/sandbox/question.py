"""What a network asks the payer, whatever it came in: the reading of a 270, and of nothing more than is needed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from payers.catalogue.model import Frozen

Elements = Sequence[str]

_ISA_LENGTH = 106


class Name(Frozen):
    """A person as the question has them; what it leaves out is absent."""

    last_name: str | None = None
    first_name: str | None = None
    birth_date: date | None = None


class Asked(Frozen):
    """One question about one patient. `originator` is who gave the trace."""

    trace: str | None = None
    originator: str | None = None
    payer_id: str
    npi: str
    provider_name: str = ""
    provider_first_name: str = ""
    member_id: str | None = None
    subscriber: Name = Name()
    dependent: Name | None = None
    day: date
    service_types: tuple[str, ...] = ("30",)


class Interchange(Frozen):
    """Who asks whom, under which number, and the questions."""

    sender: tuple[str, str]
    """Qualifier and id (ISA05, ISA06), padded as they came."""
    receiver: tuple[str, str]
    application_sender: str
    application_receiver: str
    control_number: str
    group_number: str
    asked: tuple[Asked, ...]


class Unreadable(Frozen):
    """Why a message is no 270. A network answers a message that is X12 with a 999 that names its group."""

    detail: str
    group_number: str | None = None
    sender: tuple[str, str] | None = None
    receiver: tuple[str, str] | None = None


def read_270(message: str, today: date) -> Interchange | Unreadable:
    """The questions of an interchange. A question without a date is about `today`."""
    segments = _segments(message)
    if segments is None:
        return Unreadable(detail="no X12")
    isa, group = segments[0], next((each for each in segments if each[0] == "GS"), ())
    sender, receiver = (_at(isa, 5), _raw(isa, 6)), (_at(isa, 7), _raw(isa, 8))
    number = _at(group, 6)
    transactions = [*_transactions(segments)]
    if _at(group, 1) != "HS" or not transactions:
        return Unreadable(detail="no 270 in it", group_number=number, sender=sender, receiver=receiver)
    asked: list[Asked] = []
    for transaction in transactions:
        found = _question(transaction, today)
        if found is None:
            return Unreadable(detail="not by the guide", group_number=number, sender=sender, receiver=receiver)
        asked.append(found)
    return Interchange(
        sender=sender,
        receiver=receiver,
        application_sender=_at(group, 2),
        application_receiver=_at(group, 3),
        control_number=_at(isa, 13),
        group_number=number,
        asked=tuple(asked),
    )


def _segments(message: str) -> list[Elements] | None:
    """The segments, cut as the ISA says; as strict as payers are: it has 106 characters, and 16 elements."""
    text = message.strip()
    if not text.startswith("ISA") or len(text) < _ISA_LENGTH:
        return None
    element, terminator = text[3], text[_ISA_LENGTH - 1]
    segments: list[Elements] = [each.strip("\r\n").split(element) for each in text.split(terminator) if each.strip()]
    return segments if len(segments[0]) == 17 else None


def _transactions(segments: list[Elements]) -> Iterator[list[Elements]]:
    """From ST to SE, both included."""
    current: list[Elements] = []
    for segment in segments:
        if segment[0] == "ST":
            current = []
        current.append(segment)
        if segment[0] == "SE":
            yield current
            current = []


def _question(segments: list[Elements], today: date) -> Asked | None:
    """The question of one transaction, or nothing where the guide's least is not in it."""
    st, se = segments[0], segments[-1]
    whole = _at(st, 1) == "270" and _at(se, 1) == str(len(segments)) and _at(se, 2) == _at(st, 2)
    by_name = {_at(segment, 1): segment for segment in segments if segment[0] == "NM1"}
    if not whole or not {"PR", "1P", "IL"} <= by_name.keys() or not any(segment[0] == "EQ" for segment in segments):
        return None
    payer, provider, subscriber = by_name["PR"], by_name["1P"], by_name["IL"]
    dependent = by_name.get("03")
    trace = next((segment for segment in segments if segment[0] == "TRN"), ())
    day = next((_day(_at(segment, 3)[:8]) for segment in segments if segment[0] == "DTP"), None)
    return Asked(
        trace=_at(trace, 2) or _at(next((each for each in segments if each[0] == "BHT"), ()), 3) or None,
        originator=_at(trace, 3) or None,
        payer_id=_at(payer, 9),
        npi=_at(provider, 9),
        provider_name=_at(provider, 3),
        provider_first_name=_at(provider, 4),
        member_id=_at(subscriber, 9) or None,
        subscriber=_name(subscriber, segments),
        dependent=_name(dependent, segments) if dependent else None,
        day=day or today,
        service_types=tuple(_at(segment, 1) for segment in segments if segment[0] == "EQ"),
    )


def _name(nm1: Elements, segments: list[Elements]) -> Name:
    """The name, and the birth date of its own level: the DMG before the next name."""
    after = segments[segments.index(nm1) + 1 :]
    born: date | None = None
    for segment in after:
        if segment[0] in ("NM1", "HL"):
            break
        if segment[0] == "DMG":
            born = _day(_at(segment, 2))
    return Name(last_name=_at(nm1, 3) or None, first_name=_at(nm1, 4) or None, birth_date=born)


def _at(segment: Elements, position: int) -> str:
    return _raw(segment, position).strip()


def _raw(segment: Elements, position: int) -> str:
    return segment[position] if position < len(segment) else ""


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a day has no time zone
    except ValueError:
        return None
