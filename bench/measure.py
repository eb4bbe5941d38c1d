"""One measure: a ratio within one run on one machine, and the goal it is held to."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import process_time
from typing import NamedTuple


class Measure(NamedTuple):
    """What was compared with what. `ratio` and `goal` are in the same unit; absent, there is no goal."""

    name: str
    work: str
    compared_with: str
    ratio: float
    goal: float | None = None
    at_most: bool = False
    unit: str = "times"

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached."""
        if self.goal is None:
            return None
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal


def ratio(these: Sequence[float], those: Sequence[float]) -> float:
    """The middle of the ratios within a round: what else the machine does then, it does to both."""
    return median(one / other for one, other in zip(these, those, strict=True))


def in_turns(
    works: Mapping[str, Callable[[int], object]], *, rounds: int = 21, seconds: float = 0.1
) -> dict[str, list[float]]:
    """How often each work is done in a second of processor time, round by round; each is told how often it was done."""
    found: dict[str, list[float]] = {name: [] for name in works}
    done = dict.fromkeys(works, 0)
    for work in works.values():
        work(-1)
    for _ in range(rounds):
        for name, work in works.items():
            first, start = done[name], process_time()
            while (elapsed := process_time() - start) < seconds:
                work(done[name])
                done[name] += 1
            found[name].append((done[name] - first) / elapsed)
    return found
