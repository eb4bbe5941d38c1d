"""What stands on a worklist: the lines that were asked and those that were not, what needs a person first."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple, get_args

from service.eligibility.standing import Standing, gravity, has_ended, standing
from service.store.batch_lines import BatchLine
from service.store.batches import Batch, LineFault

State = Standing | Literal["not-asked"]
Group = Literal["needs", "questions", "open", "good"]
"""What a list is narrowed to: what needs a person, what has open questions, what is under way, what is ready."""

GROUPS: tuple[Group, ...] = get_args(Group)
_APART: Mapping[State, Group] = {"questions": "questions", "open": "open", "good": "good"}
HEADING = 1
"""The line of the file that names the columns."""


class Entry(NamedTuple):
    """A line of the file by its number: as it was asked, or with what was wrong with it."""

    number: int
    state: State
    asked: BatchLine | None = None
    faults: tuple[LineFault, ...] = ()

    @property
    def group(self) -> Group:
        """Which of the groups it belongs to."""
        return _APART.get(self.state, "needs")

    @property
    def ended(self) -> bool:
        """Whether all that was asked for it has come to its end."""
        return self.asked is not None and has_ended(self.asked)


def entries(batch: Batch, lines: Iterable[BatchLine]) -> tuple[Entry, ...]:
    """Every line of the file, those that were not asked first, then the gravest."""
    wrong = [fault for fault in batch.faults if fault.line > HEADING]
    not_asked = (
        Entry(number, "not-asked", faults=tuple(faults)) for number, faults in groupby(wrong, lambda fault: fault.line)
    )
    asked = (Entry(line.line, standing(line), asked=line) for line in sorted(lines, key=gravity))
    return (*not_asked, *asked)


def passed_over(batch: Batch) -> tuple[LineFault, ...]:
    """The columns whose names nobody knows."""
    return tuple(fault for fault in batch.faults if fault.line == HEADING)


def counted(several: Sequence[Entry]) -> dict[Group, int]:
    """How many lines are in each group."""
    return {group: sum(each.group == group for each in several) for group in GROUPS}
