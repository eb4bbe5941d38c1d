"""What is different between two JSON documents, place by place."""

from collections.abc import Iterator
from typing import Any

import msgspec


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON pointer, what stood there and what stands there now; null where nothing does."""

    pointer: str
    was: Any
    now: Any


def differences(was: Any, now: Any, pointer: str = "") -> Iterator[Difference]:
    """Every place where the documents differ, in the order of the first; lists are compared by position."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in {**was, **now}:
            yield from differences(was.get(name), now.get(name), f"{pointer}/{name}")
    elif isinstance(was, list) and isinstance(now, list):
        for position in range(max(len(was), len(now))):
            yield from differences(_at(was, position), _at(now, position), f"{pointer}/{position}")
    elif was != now:
        yield Difference(pointer=pointer, was=was, now=now)


def _at(values: list[Any], position: int) -> Any:
    return values[position] if position < len(values) else None
