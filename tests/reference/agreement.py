"""Random cases by their seeds, answered twice; a disagreement is told with its seed, as small as it gets."""

import os
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, TypeVar, cast

import pytest

Setup = TypeVar("Setup")
Step = TypeVar("Step")
Make = Callable[[Random], tuple[Setup, list[Step]]]
Compare = Callable[[Setup, Sequence[Step]], list[str]]

CASES = int(os.environ.get("OUTLAY_REFERENCE_CASES", "100000"))
"""All kinds of cases together."""


def agree(make: Make[Setup, Step], differences: Compare[Setup, Step], percent: int) -> None:
    """Product and reference give the same answers on this percentage of all cases."""
    found = disagreement(make, differences, range(CASES * percent // 100))
    if found is not None:
        pytest.fail(found, pytrace=False)


def disagreement(make: Make[Setup, Step], differences: Compare[Setup, Step], seeds: Iterable[int]) -> str | None:
    """The first case on which the two answers differ, told for a reader, and what differs."""
    for seed in seeds:
        setup, steps = make(Random(seed))
        try:
            found = differences(setup, steps)
        except Exception as bug:  # a crash needs its seed as much as a difference does
            bug.add_note(f"seed {seed}")
            raise
        if found:
            steps = smallest(setup, steps, differences)
            return "\n".join([f"seed {seed}", told(setup), *map(told, steps), *differences(setup, steps)])
    return None


def smallest(setup: Setup, steps: list[Step], differences: Compare[Setup, Step]) -> list[Step]:
    """Steps left out one by one, greedily, as long as the answers still differ."""
    for position in reversed(range(len(steps))):
        fewer = steps[:position] + steps[position + 1 :]
        if differences(setup, fewer):
            return smallest(setup, fewer, differences)
    return steps


def told(value: Any) -> str:
    """A named tuple by the fields that are not as usual, as one would type it; a tuple by its members."""
    if hasattr(value, "_fields"):
        usual = value._field_defaults
        fields = {name: each for name, each in value._asdict().items() if name not in usual or each != usual[name]}
        return f"{type(value).__name__}({', '.join(f'{name}={told(each)}' for name, each in fields.items())})"
    if isinstance(value, tuple):
        return "(" + "".join(f"{told(each)}, " for each in cast("tuple[Any, ...]", value)) + ")"
    return repr(value)
