"""What is different between two JSON documents, place by place."""

from collections.abc import Iterator
from typing import Any, cast

from payers.catalogue.model import Frozen


class Difference(Frozen):
    """A JSON pointer, what stood there and what stands there now; null where nothing does."""

    pointer: str
    was: Any
    now: Any


def differences(was: Any, now: Any, pointer: str = "") -> Iterator[Difference]:
    """Every place where the documents differ, in the order of the first; lists are compared by position."""
    before, after = _parts(was), _parts(now)
    if type(was) is type(now) and before is not None and after is not None:
        for name in {**before, **after}:
            yield from differences(before.get(name), after.get(name), f"{pointer}/{name}")
    elif was != now:
        yield Difference(pointer=pointer, was=was, now=now)


def _parts(value: Any) -> dict[str | int, Any] | None:
    """What a document is made of by name or position; nothing for a plain value."""
    match value:
        case dict():
            return cast("dict[str | int, Any]", value)
        case list():
            return dict(enumerate(cast("list[Any]", value)))
        case _:
            return None
