"""One member of an answer while being read: who it is, which rows are theirs, and what follows from them."""

from collections.abc import Sequence

from msgspec.structs import replace

from payers.eligibility.benefit_row import LONGEST_KEPT, Glance, read_row, row_reader, with_others
from payers.eligibility.coverage_status import covered_dates, status_of
from payers.eligibility.elements import Elements, at, date_fact, day, numbers
from payers.eligibility.rejections import read_rejection
from payers.eligibility.response import Benefit, DatedFact, Member, MemberLevel, Rejection
from payers.eligibility.segments import Numbered, Segments

OF_ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", ""})
"""What opens or closes an interchange, a group or a transaction, or stands between two interchanges."""

_LOOPS: dict[MemberLevel, str] = {"subscriber": "C", "dependent": "D"}
_NOT_OF_MEMBER = OF_ENVELOPE | {"HL"}
_UNREAD = frozenset({"N3", "PER", "PRV", "HI", "MPI", "LS", "LE", "MSG", "III", "HSD"})
"""What may stand with a member and nobody needs: addresses, telephone numbers, brackets, what belongs to a row."""
_OF_MEMBER = frozenset({"AAA", "TRN", "DMG", "INS"})
"""What tells of the member even after a benefit row; any other segment belongs to the row before it."""


class MemberReader:
    """Takes what the segments say of a member, and then tells the whole of it."""

    def __init__(self, level: MemberLevel, segment: int, segments: Segments) -> None:
        self.level: MemberLevel = level
        self.rejections: list[Rejection] = []
        self._segment = segment
        self._segments = segments
        self._name: Elements = []
        self._birth: Elements = []
        self._relationship: str | None = None
        self._state: str | None = None
        self._dates: list[DatedFact] = []
        self._refs: list[tuple[str, ...]] = []
        self._traces: list[tuple[str, ...]] = []
        self._benefits: list[Benefit] = []
        self._glances: list[Glance] = []

    def read(self, found: Numbered | None) -> Numbered | None:
        """Read on from a segment, up to one that is not about the member, which is returned; absent at the end."""
        separator = self._segments.delimiters.element
        following = iter(self._segments)
        while found:
            number, text = found
            elements = text.split(separator)
            segment = elements[0]
            if segment == "EB":
                found = self._read_rows(found)
            elif segment in _NOT_OF_MEMBER or (segment == "NM1" and self._name):
                return found
            else:
                self._learn(number, segment, elements)
                found = next(following, None)
        return None

    def _learn(self, number: int, segment: str, elements: Elements, after_benefit: int | None = None) -> None:
        """Take what one segment says of the member."""
        match segment:
            case "DTP" if fact := date_fact(elements):
                self._dates.append(fact)
            case "REF" if found := numbers(elements):
                self._refs.append(found)
            case "NM1":
                self._name = elements
            case "DMG":
                self._birth = elements
            case "INS":
                self._relationship = at(elements, 2)
            case "N4":
                self._state = at(elements, 2)
            case "TRN" if found := numbers(elements):
                self._traces.append(found)
            case "AAA":
                loop = f"{2110 if after_benefit else 2100}{_LOOPS[self.level]}"
                self.rejections.append(read_rejection(loop, number, elements, self._segments.warn, after_benefit))
            case _ if segment not in _UNREAD:
                self._segments.warn(number, "This segment could not be read.")
            case _:
                pass

    def _read_rows(self, found: Numbered) -> Numbered | None:
        """Read on from a benefit row (EB), up to a segment that belongs to no row, which is returned."""
        benefits, warn = self._benefits, self._segments.warn
        following = iter(self._segments)
        delimiters = self._segments.delimiters
        separator = delimiters.element
        place = f"ZZ{separator}"
        read = row_reader(delimiters)
        number, text = found
        segment, _, rest = text.partition(separator)
        while segment == "EB":
            first = number
            row, odd, glance = read(rest) if len(rest) <= LONGEST_KEPT else read_row(rest, delimiters)
            messages: list[str] = []
            places: list[str] = []
            others: list[tuple[int, Elements]] = []
            for number, text in following:
                segment, _, rest = text.partition(separator)
                if segment == "MSG" and (
                    value := (rest if separator not in rest else rest[: rest.index(separator)]).strip()
                ):
                    messages.append(value)
                elif segment == "EB" or segment in _NOT_OF_MEMBER:
                    break
                elif segment == "III" and rest[:3] == place and (value := rest[3:].partition(separator)[0].strip()):
                    places.append(value)
                elif segment in _OF_MEMBER:
                    self._learn(number, segment, text.split(separator), len(benefits) + 1)
                else:
                    others.append((number, text.split(separator)))
            else:
                number, segment = 0, ""
            if odd:
                warn(first, *odd)
            n = len(benefits) + 1
            row = replace(row, n=n, segment=first, messages=tuple(messages), places_of_service=tuple(places))
            benefits.append(with_others(row, others, warn) if others else row)
            if glance and not places:
                self._glances.append(glance)
        return (number, text) if number else None

    def member(self, *, is_patient: bool, is_refused: bool) -> Member:
        """The whole of it. `is_refused` tells of a rejection here or further up, where it is about more people."""
        status, scope, row = status_of(self._benefits, is_refused=is_refused)
        start, end = covered_dates(row, self._dates) if row is not None and status != "conflict" else (None, None)
        name, birth = self._name, self._birth
        birth_date = day(at(birth, 2))
        if birth_date is None and at(birth, 2):
            self._segments.warn(self._segment, "The member's birth date could not be read.")
        return Member(
            level=self.level,
            is_patient=is_patient,
            segment=self._segment,
            last_name=at(name, 3),
            first_name=at(name, 4),
            middle_name=at(name, 5),
            suffix=at(name, 7),
            member_id_qualifier=at(name, 8),
            member_id=at(name, 9),
            birth_date=birth_date,
            gender=at(birth, 3),
            relationship=self._relationship,
            status=status,
            status_scope=scope,
            incomplete=row is not None and is_refused,
            plan_name=row.plan if row else None,
            insurance_type=row.insurance_type if row else None,
            coverage_start=start,
            coverage_end=end,
            dates=tuple(self._dates),
            refs=tuple(self._refs),
            traces=tuple(self._traces),
            state=self._state,
            rejections=tuple(self.rejections),
            benefits=tuple(self._benefits),
            plan_cost_share=_at_a_glance(self._glances),
        )


def _at_a_glance(glances: Sequence[Glance]) -> dict[str, str | tuple[str, ...]]:
    """The values of each key: one, or all where they differ."""
    found: dict[str, str | tuple[str, ...]] = {}
    several: dict[str, list[str]] = {}
    for key, value in glances:
        if found.setdefault(key, value) != value:
            several[key] = []
    if several:
        for key, value in dict.fromkeys(glances):
            if key in several:
                several[key].append(value)
        found.update((key, tuple(values)) for key, values in several.items())
    return found
