"""One 271 transaction (ST to SE): which level its segments are at, and who is named there."""

from collections.abc import Iterator

from payers.eligibility.elements import Elements, at
from payers.eligibility.member import OF_ENVELOPE, MemberReader
from payers.eligibility.rejections import read_rejection
from payers.eligibility.response import Member, MemberLevel, Party, Rejection, Status, Transaction
from payers.eligibility.segments import Numbered, Segments

_PAYER, _PROVIDER = "20", "21"
_MEMBERS: dict[str, MemberLevel] = {"22": "subscriber", "23": "dependent"}
"""The levels of a 271 (HL03)."""
_NAMED_MEMBERS: dict[str, MemberLevel] = {"IL": "subscriber", "03": "dependent", "QC": "dependent"}
_NAMED_OTHERS = {"PR": _PAYER, "1P": _PROVIDER, "FA": _PROVIDER}
"""Whose name it is (NM101), for a message without levels."""
_OF_MEMBER = frozenset({"DTP", "TRN", "DMG", "INS"})
_UNREAD = frozenset({"REF", "N3", "N4", "PER", "PRV", "HI", "MPI", "LS", "LE", "MSG", "III", "HSD"})
"""What a 271 may hold elsewhere than with a member or a row, and nobody needs: addresses, numbers, brackets."""


class TransactionReader:
    """Reads the segments of one transaction, and then tells the whole of it.

    `segment` is the number of its first one, and `st` that one's elements, none where it is missing.
    """

    def __init__(self, segments: Segments, segment: int, st: Elements, gs08: str | None) -> None:
        self._segments = segments
        self._first = segment
        self._st = st
        self._gs08 = gs08
        self._level: str | None = None
        self._payer: Party | None = None
        self._provider: Party | None = None
        self._reference: str | None = None
        self._rejections: list[Rejection] = []
        self._members: list[MemberReader] = []
        self._member: MemberReader | None = None

    def read(self, found: Numbered | None) -> tuple[Transaction, Numbered | None]:
        """Read on from a segment, and give the segment of an envelope that ended it, none at the end of the message."""
        separator = self._segments.delimiters.element
        following = iter(self._segments)
        while found:
            number, text = found
            elements = text.split(separator)
            segment = elements[0]
            if segment in OF_ENVELOPE:
                return self._ended(number, elements if segment == "SE" else None), found
            if segment == "EB":
                self._segments.warn(number, "A benefit row stands outside any member; it was given to a subscriber.")
                self._enter(number, "subscriber")
            elif segment == "NM1" and at(elements, 1) in _NAMED_MEMBERS:
                self._segments.warn(number, "A member comes without a level (HL) of their own.")
                self._enter(number, _NAMED_MEMBERS[elements[1].strip()])
            else:
                self._learn(number, segment, elements)
                found = next(following, None)
            if self._member:
                found = self._member.read(found)
        return self._ended(self._segments.count + 1, None), None

    def _ended(self, segment: int, se: Elements | None) -> Transaction:
        """The whole of it. `segment` is the number of its last one, or of the one that stands in its place."""
        counted = segment - self._first + (1 if se else 0)
        told = at(se, 1) if se else None
        if se is None:
            self._segments.warn(segment, "The transaction does not end with SE.")
        elif told != str(counted):
            self._segments.warn(segment, f"SE counts other segments than the {counted} that are there.")
        members = tuple(self._read_members())
        patient = next((each for each in members if each.is_patient), None)
        without: Status = "rejected" if self._rejections else "unknown"
        return Transaction(
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

    def _read_members(self) -> Iterator[Member]:
        above = False
        for position, each in enumerate(self._members, 1):
            refused = bool(self._rejections or each.rejections)
            if each.level == "subscriber":
                above = refused
                alone = position == len(self._members) or self._members[position].level == "subscriber"
                yield each.member(is_patient=alone, is_refused=refused)
            else:
                # A rejection of the subscriber is about the dependents too.
                yield each.member(is_patient=True, is_refused=refused or above)

    def _learn(self, number: int, segment: str, elements: Elements) -> None:
        match segment:
            case "HL":
                self._hierarchy(number, at(elements, 3))
            case "NM1":
                self._name(number, elements)
            case "AAA":
                self._rejections.append(read_rejection(self._loop(), number, elements, self._segments.warn))
            case "BHT":
                self._reference = at(elements, 3)
            case _ if segment in _OF_MEMBER:
                self._segments.warn(number, "This segment stands outside any member; it was not read.")
            case _ if segment not in _UNREAD:
                self._segments.warn(number, "This segment is no part of a 271.")
            case _:
                pass

    def _hierarchy(self, number: int, level: str | None) -> None:
        self._level, self._member = level, None
        if level in _MEMBERS:
            self._enter(number, _MEMBERS[level])
        elif level not in (_PAYER, _PROVIDER):
            self._segments.warn(number, "The level (HL03) is not one of a 271.")

    def _enter(self, number: int, level: MemberLevel) -> None:
        """A new member begins with this segment."""
        if level == "dependent" and not self._members:
            self._segments.warn(number, "A dependent comes before any subscriber.")
        self._member = MemberReader(level, number, self._segments)
        self._members.append(self._member)

    def _name(self, number: int, elements: Elements) -> None:
        """A name of somebody else than a member."""
        level = self._level or _NAMED_OTHERS.get(at(elements, 1) or "")
        party = Party(name=at(elements, 3), first=at(elements, 4), id_qualifier=at(elements, 8), id=at(elements, 9))
        if self._member:
            self._segments.warn(number, "The member has two names; the first one was kept.")
        elif level == _PAYER:
            if self._payer not in (None, party):
                self._segments.warn(number, "A second payer is named; the last one stands for all members.")
            self._payer = party
        elif level == _PROVIDER:
            self._provider = party
        else:
            self._segments.warn(number, "Nobody knows whose name this is.")

    def _loop(self) -> str:
        """Where a rejection stands that is about everybody."""
        if self._level == _PROVIDER or (self._level is None and self._provider):
            return "2100B"
        return "2100A" if self._payer else "2000A"
