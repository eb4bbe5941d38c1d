"""The payer's answers as an X12 271, version 005010X279A1, and its complaint about a message that is none, a 999."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from payers.eligibility.write_270 import VERSION
from service.sandbox.question import Interchange, Unreadable
from service.sandbox.roster import Person, Rejection
from service.sandbox.rows import Row, rows
from service.sandbox.verdict import Verdict

ORIGINATOR = "9SANDBOX00"
"""Who gave the trace (TRN03) where the question does not say."""

_RELATIONSHIPS = {"spouse": "01", "child": "19", "other": "G8"}
_ACKNOWLEDGES = "005010X231A1"
_NOBODY = ("ZZ", "")


def write_271(verdicts: Sequence[Verdict], question: Interchange, now: datetime) -> str:
    """One interchange back to whoever asked, one transaction for each question."""
    body = [segment for number, each in enumerate(verdicts, 1) for segment in _transaction(each, number, now)]
    applications = question.application_receiver, question.application_sender
    group = _segment("GS", "HB", *applications, *_moment(now), "1", "X", VERSION)
    isa = _isa(question.receiver, question.sender, question.control_number, now)
    ends = [f"GE*{len(verdicts)}*1", f"IEA*1*{question.control_number:>09}"]
    return _message([isa, group, *body, *ends])


def write_999(fault: Unreadable, now: datetime) -> str:
    """That the group was rejected: nothing in it could be read as a 270 (AK9 R)."""
    return _message(
        [
            _isa(fault.receiver or _NOBODY, fault.sender or _NOBODY, "1", now),
            _segment("GS", "FA", "SANDBOX", "CLINIC", *_moment(now), "1", "X", _ACKNOWLEDGES),
            f"ST*999*0001*{_ACKNOWLEDGES}",
            f"AK1*HS*{fault.group_number or '0'}*{VERSION}",
            "AK9*R*1*1*0*5",
            "SE*4*0001",
            "GE*1*1",
            "IEA*1*000000001",
        ]
    )


def _isa(sender: tuple[str, str], receiver: tuple[str, str], number: str, now: datetime) -> str:
    parties = f"{sender[0]}*{sender[1]:15}*{receiver[0]}*{receiver[1]:15}"
    return f"ISA*00*{'':10}*00*{'':10}*{parties}*{now:%y%m%d}*{now:%H%M}*^*00501*{number:>09}*0*T*:"


def _message(segments: Sequence[str]) -> str:
    return "".join(f"{segment}~" for segment in segments)


def _transaction(verdict: Verdict, position: int, now: datetime) -> list[str]:
    number = f"{position:04}"
    body = [
        _segment("ST", "271", number, VERSION),
        _segment("BHT", "0022", "11", verdict.asked.trace or number, *_moment(now)),
        *_levels(verdict),
    ]
    return [*body, _segment("SE", str(len(body) + 1), number)]


def _levels(verdict: Verdict) -> Iterator[str]:
    """Payer, provider, subscriber, dependent, down to where the answer ends."""
    asked, rejection = verdict.asked, verdict.rejection
    loop = rejection.loop if rejection else None
    ends = loop in ("2000A", "2100A")
    yield _segment("HL", "1", "", "20", "0" if ends else "1")
    if loop == "2000A":
        yield from _aaa(rejection)
    name = verdict.payer.name if verdict.payer else asked.payer_id
    yield _segment("NM1", "PR", "2", name, "", "", "", "", "PI", asked.payer_id)
    if loop == "2100A":
        yield from _aaa(rejection)
    if ends:
        return
    yield _segment("HL", "2", "1", "21", "1")
    person = "1" if asked.provider_first_name else "2"
    yield _segment("NM1", "1P", person, asked.provider_name, asked.provider_first_name, "", "", "", "XX", asked.npi)
    if loop == "2100B":
        yield from _aaa(rejection)
    yield from _people(verdict)


def _people(verdict: Verdict) -> Iterator[str]:
    asked, rejection, member = verdict.asked, verdict.rejection, verdict.member
    loop = rejection.loop if rejection else None
    below = asked.dependent is not None and loop in (None, "2100D")
    trace = _segment("TRN", "2", asked.trace, asked.originator or ORIGINATOR) if asked.trace else None
    yield _segment("HL", "3", "2", "22", "1" if below else "0")
    if trace and not below:
        yield trace
    last, first = asked.subscriber.last_name or "", asked.subscriber.first_name or ""
    known = member if verdict.tells or below else None
    if known:
        last, first = known.last_name, known.first_name
    member_id = known.id if known else asked.member_id
    yield _segment("NM1", "IL", "1", last, first, "", "", "", *(("MI", member_id) if member_id else ()))
    if known and known.group:
        yield _segment("REF", "6P", known.group)
    if loop == "2100C":
        yield from _aaa(rejection)
    if known:
        yield _born(known)
    if not below:
        yield from _benefits(verdict) if verdict.tells else _echoed(asked.day)
        return
    yield _segment("HL", "4", "3", "23", "0")
    if trace:
        yield trace
    yield from _dependent(verdict)


def _dependent(verdict: Verdict) -> Iterator[str]:
    asked, dependent = verdict.asked.dependent, verdict.dependent
    if dependent and verdict.tells:
        yield _segment("NM1", "03", "1", dependent.last_name, dependent.first_name)
        yield _born(dependent)
        yield _segment("INS", "N", _RELATIONSHIPS[dependent.relationship])
        yield from _benefits(verdict)
    elif asked:
        yield _segment("NM1", "03", "1", asked.last_name or "", asked.first_name or "")
        yield from _aaa(verdict.rejection)
        yield from _echoed(verdict.asked.day)


def _benefits(verdict: Verdict) -> Iterator[str]:
    member, plan = verdict.member, verdict.plan
    if member is None or plan is None:
        return
    if verdict.dependent is None:
        yield _segment("INS", "Y", "18")
    starts, ends = plan.year(member.ended or verdict.asked.day)
    yield _segment("DTP", "346", "D8", _day(starts))
    yield _segment("DTP", "347", "D8", _day(member.ended or ends))
    for row in rows(verdict):
        yield from _row(row)


def _row(row: Row) -> Iterator[str]:
    visits = ("VS", str(row.visits)) if row.visits else ("", "")
    yield _segment(
        "EB",
        row.code,
        row.level or "",
        "^".join(row.services),
        row.insurance_type or "",
        row.plan or "",
        row.period or "",
        row.amount or "",
        row.share or "",
        *visits,
        row.authorization or "",
        row.network or "",
    )
    if row.year:
        yield _segment("DTP", "292", "RD8", "-".join(_day(each) for each in row.year))
    for message in row.messages:
        yield _segment("MSG", message)
    for place in row.places:
        yield _segment("III", "ZZ", place)
    if row.names:
        yield "LS*2120"
        yield _segment("NM1", row.names.entity, "2", row.names.name, "", "", "", "", "PI", row.names.id)
        yield "LE*2120"


def _aaa(rejection: Rejection | None) -> Iterator[str]:
    if rejection:
        yield _segment("AAA", rejection.valid, "", rejection.code, rejection.follow_up)


def _born(person: Person) -> str:
    return _segment("DMG", "D8", _day(person.birth_date), person.gender)


def _echoed(day: date) -> Iterator[str]:
    """The question's own day, all that an answer without benefits has to say."""
    yield _segment("DTP", "291", "D8", _day(day))


def _moment(now: datetime) -> tuple[str, str]:
    return _day(now), f"{now:%H%M}"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _segment(*elements: str) -> str:
    return "*".join(elements).rstrip("*")
