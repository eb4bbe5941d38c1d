"""One 271 transaction while it is being read: which level the segments are at, and what was said there."""

from collections.abc import Iterable, Sequence

from payers.eligibility.benefit_row import Row, read_rows
from payers.eligibility.coverage_status import covered_dates, status_of
from payers.eligibility.elements import Elements, at, date_fact, day, numbers
from payers.eligibility.rejections import rejection
from payers.eligibility.response import DatedFact, Delimiters, Member, Party, Rejection, Status, Transaction, Warned

_PAYER, _PROVIDER, _SUBSCRIBER, _DEPENDENT = "20", "21", "22", "23"
_LOOPS = {_PAYER: "A", _PROVIDER: "B", _SUBSCRIBER: "C", _DEPENDENT: "D"}
_LEVEL_OF_NAME = {"PR": _PAYER, "1P": _PROVIDER, "FA": _PROVIDER, "IL": _SUBSCRIBER, "03": _DEPENDENT, "QC": _DEPENDENT}
"""Whose name it is (NM101), for a message without levels (HL)."""

_ENVELOPES = frozenset({"IS", "GS", "ST", "SE", "GE", "IE"})
"""How the segments begin that open or close an interchange, a group or a transaction; no other one of a 271 does."""
_NEVER_OF_ROW = frozenset({"EB", "HL", "AAA", "TRN", "DMG", "INS"})
"""What does not belong to the benefit row before it: every other segment does."""
_NO_ROW: Row = (0, "", [], [], [])
_OF_PERSON = frozenset({"DTP", "REF", "TRN", "DMG", "INS", "N4"})
"""What tells of a member; elsewhere than with one it is of no use."""
_UNREAD = frozenset({"N3", "PER", "PRV", "HI", "MPI", "LS", "LE", "MSG", "III", "HSD"})
"""What a 271 may hold and nobody needs: addresses, telephone numbers, the brackets of a loop."""


class _Person:
    """A member while being read."""

    def __init__(self, level: str, segment: int) -> None:
        self.level = level
        self.segment = segment
        self.name: Elements = []
        self.birth: Elements = []
        self.relation: str | None = None
        self.state: str | None = None
        self.dates: list[DatedFact] = []
        self.refs: list[tuple[str, ...]] = []
        self.traces: list[tuple[str, ...]] = []
        self.rejections: list[Rejection] = []
        self.rows: list[Row] = []

    def learn(self, elements: Elements) -> bool:
        """Take what a segment says of the person; false where it says nothing that can be read."""
        match elements[0]:
            case "DTP":
                fact = date_fact(elements)
                if fact is None:
                    return False
                self.dates.append(fact)
            case "REF":
                self.refs.append(numbers(elements))
            case "TRN":
                self.traces.append(numbers(elements))
            case "DMG":
                self.birth = elements
            case "INS":
                self.relation = at(elements, 2)
            case _:
                self.state = at(elements, 2)
        return True


class TransactionReader:
    """Takes the segments of one transaction in their order, and then tells the whole of it.

    `segment` is the number of the first one, and `st` that one's elements.
    """

    def __init__(self, segment: int, st: Elements, gs08: str | None, delimiters: Delimiters) -> None:
        self._first = segment
        self._st = st
        self._gs08 = gs08
        self._delimiters = delimiters
        self._level: str | None = None
        self._payer: Party | None = None
        self._provider: Party | None = None
        self._reference: str | None = None
        self._rejections: list[Rejection] = []
        self._people: list[_Person] = []
        self._person: _Person | None = None
        self._warnings: list[Warned] = []

    def take(self, segments: Iterable[tuple[int, str]]) -> tuple[int, str] | None:
        """Read segments with their numbers, up to one of an envelope, which is returned; nothing when all were read.

        The three that an answer has most of are read here.
        """
        separator = self._delimiters.element
        benefit_row, place = f"EB{separator}", f"ZZ{separator}"
        messages: list[str]
        places: list[str]
        rows, (_, _, messages, places, _) = self._open_row()
        for number, text in segments:
            segment = text[:3]
            if segment == "MSG" and rows and (value := text[4:].strip()):
                messages.append(value if separator not in value else value.partition(separator)[0].strip())
            elif segment == benefit_row and rows is not None:
                messages, places = [], []
                rows.append((number, text, messages, places, []))
            elif segment == "III" and rows and text[4:7] == place and (value := text[7:].strip()):
                places.append(value if separator not in value else value.partition(separator)[0].strip())
            elif segment[:2] in _ENVELOPES:
                return number, text
            else:
                self._one(number, text)
                rows, (_, _, messages, places, _) = self._open_row()
        return None

    def _open_row(self) -> tuple[list[Row] | None, Row]:
        """The rows of the member, absent without one, and the newest of them."""
        rows = self._person.rows if self._person else None
        return rows, rows[-1] if rows else _NO_ROW

    def ended(self, segment: int, se: Elements | None) -> tuple[Transaction, list[Warned]]:
        """The transaction and what was odd about it. `se` is its last segment, `segment` that one's number."""
        counted = segment - self._first + (1 if se else 0)
        told = at(se, 1) if se else None
        if se is None:
            self._warn(segment, "The transaction does not end with SE.")
        elif told != str(counted):
            self._warn(segment, f"SE counts other segments than the {counted} that are there.")
        members = self._members()
        patient = next((each for each in members if each.is_patient), None)
        without: Status = "rejected" if self._rejections else "unknown"
        transaction = Transaction(
            st02=at(self._st, 2),
            st03=at(self._st, 3),
            gs08=self._gs08,
            payer=self._payer or Party(),
            provider=self._provider or Party(),
            reference=self._reference,
            se01=told,
            segments_counted=counted,
            status=patient.status if patient else without,
            rejections=tuple(self._rejections),
            members=members,
        )
        return transaction, self._warnings

    def _one(self, number: int, text: str) -> None:
        elements = text.split(self._delimiters.element)
        segment = elements[0]
        if self._person is not None and self._person.rows and segment not in _NEVER_OF_ROW:
            self._person.rows[-1][4].append((number, text))
        else:
            self._of_level(number, segment, elements)

    def _of_level(self, number: int, segment: str, elements: Elements) -> None:
        match segment:
            case "HL":
                self._hierarchy(number, elements)
            case "NM1":
                self._name(number, elements)
            case "AAA":
                self._rejection(number, elements)
            case "EB":
                self._warn(number, "A benefit row stands outside any member; it was given to a subscriber.")
                eb = self._delimiters.element.join(elements)
                self._enter(_SUBSCRIBER, number).rows.append((number, eb, [], [], []))
            case "BHT":
                self._reference = at(elements, 3)
            case _ if segment in _OF_PERSON:
                if self._person is None or not self._person.learn(elements):
                    self._warn(number, "This segment could not be read.")
            case _ if segment not in _UNREAD:
                self._warn(number, "This segment is no part of a 271.")
            case _:
                pass

    def _warn(self, number: int, text: str) -> None:
        self._warnings.append(Warned(segment=number, text=text))

    def _hierarchy(self, number: int, elements: Elements) -> None:
        level = at(elements, 3)
        self._person = None
        self._level = level
        if level in (_SUBSCRIBER, _DEPENDENT):
            self._enter(level, number)
        elif level not in _LOOPS:
            self._warn(number, "The level (HL03) is not one of a 271.")

    def _enter(self, level: str, number: int) -> _Person:
        """A new member."""
        if level == _DEPENDENT and not self._people:
            self._warn(number, "A dependent comes before any subscriber.")
        self._level = level
        self._person = _Person(level, number)
        self._people.append(self._person)
        return self._person

    def _name(self, number: int, elements: Elements) -> None:
        level = self._level if self._level in _LOOPS else _LEVEL_OF_NAME.get(at(elements, 1) or "")
        if level in (_SUBSCRIBER, _DEPENDENT):
            person = self._person or self._enter(level, number)
            if person.name:
                self._warn(number, "The member has two names; the first one was kept.")
            else:
                person.name = elements
            return
        party = Party(name=at(elements, 3), first=at(elements, 4), id_qualifier=at(elements, 8), id=at(elements, 9))
        if level == _PAYER:
            self._payer = party
        elif level == _PROVIDER:
            self._provider = party
        else:
            self._warn(number, "Nobody knows whose name this is.")

    def _rejection(self, number: int, elements: Elements) -> None:
        valid, reason, follow_up = at(elements, 1), at(elements, 3), at(elements, 4)
        if reason is None:
            self._warn(number, "A rejection (AAA) has no reason.")
        person = self._person
        if person is not None:
            rows = len(person.rows)
            loop = f"{2110 if rows else 2100}{_LOOPS[person.level]}"
            person.rejections.append(rejection(loop, reason, follow_up, valid, number, rows or None))
            return
        loop = "2100B" if self._level == _PROVIDER else "2100A" if self._payer else "2000A"
        self._rejections.append(rejection(loop, reason, follow_up, valid, number))

    def _members(self) -> tuple[Member, ...]:
        members: list[Member] = []
        above: list[Rejection] = []
        for position, person in enumerate(self._people, 1):
            if person.level == _SUBSCRIBER:
                above = [*self._rejections, *person.rejections]
                applying = above
                is_patient = position == len(self._people) or self._people[position].level == _SUBSCRIBER
            else:
                applying = [*(above or self._rejections), *person.rejections]
                is_patient = True
            members.append(self._member(person, is_patient, applying))
        return tuple(members)

    def _member(self, person: _Person, is_patient: bool, applying: Sequence[Rejection]) -> Member:
        rows, at_a_glance = read_rows(person.rows, self._delimiters, self._warnings)
        status, scope, row = status_of(rows, applying)
        start, end = covered_dates(row, person.dates) if row is not None and status != "conflict" else (None, None)
        name, birth = person.name, person.birth
        birth_date = day(at(birth, 2))
        if birth_date is None and at(birth, 2):
            self._warn(person.segment, "The member's birth date could not be read.")
        return Member(
            level="subscriber" if person.level == _SUBSCRIBER else "dependent",
            is_patient=is_patient,
            segment=person.segment,
            last_name=at(name, 3),
            first_name=at(name, 4),
            middle_name=at(name, 5),
            suffix=at(name, 7),
            member_id_qualifier=at(name, 8),
            member_id=at(name, 9),
            birth_date=birth_date,
            gender=at(birth, 3),
            relationship=person.relation,
            status=status,
            status_scope=scope,
            incomplete=row is not None and bool(applying),
            plan_name=row.plan if row else None,
            insurance_type=row.insurance_type if row else None,
            coverage_start=start,
            coverage_end=end,
            dates=tuple(person.dates),
            refs=tuple(person.refs),
            traces=tuple(person.traces),
            state=person.state,
            rejections=tuple(person.rejections),
            benefits=rows,
            plan_cost_share=at_a_glance,
        )
