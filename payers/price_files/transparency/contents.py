"""A payer's table of contents: which files have the rates of which plans."""

from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from msgspec import Struct

from payers.price_files.text import Read, Text
from payers.price_files.transparency.query import written

CONTENTS_KEY = "reporting_structure"


class Plans(Struct, frozen=True, kw_only=True):
    """Plans whose name contains one of `names`, whose id is one of `ids` and whose market is `market`, as far as given.

    Without any of them all plans are meant.
    """

    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    market: str | None = None

    def mean(self, plan: dict[str, Any]) -> bool:
        """Whether this is one of them."""
        name, id = (written(plan.get(key)).casefold() for key in ("plan_name", "plan_id"))
        return (
            (not self.names or any(each.casefold() in name for each in self.names))
            and (not self.ids or any(_same_id(each, id) for each in self.ids))
            and (self.market is None or written(plan.get("plan_market_type")).casefold() == self.market.casefold())
        )


class Listed(NamedTuple):
    """A file that a table of contents names."""

    location: str
    description: str


class Contents(NamedTuple):
    """The files of the plans that were meant, each once, and how many plans there are and were meant."""

    files: tuple[Listed, ...]
    plans: int
    meant: int


def read_contents(read: Read, plans: Plans) -> Contents:
    """Read a table of contents to its end.

    The same file stands under many plans, each time with another signature: it is one, whatever follows its path.

    Raises:
        BrokenFile: the text is no JSON where it was looked at, or ends too early, or goes on after its end.
    """
    text = Text(read)
    files: dict[str, Listed] = {}
    count = [0, 0]
    for key in text.members():
        if key != CONTENTS_KEY or text.peek() != ord("["):
            text.skip()
            continue
        for _ in text.elements():
            _structure(text, plans, files, count)
    text.end()
    return Contents(tuple(files.values()), *count)


def _structure(text: Text, plans: Plans, files: dict[str, Listed], count: list[int]) -> None:
    """Plans and their files, in either order."""
    meant, found = 0, list[Listed]()
    for key in text.members():
        array = text.peek() == ord("[")
        if key == "reporting_plans" and array:
            for _ in text.elements():
                count[0] += 1
                meant += plans.mean(_object(text))
        elif key == "in_network_files" and array:
            for _ in text.elements():
                file = _object(text)
                found.append(Listed(written(file.get("location")), written(file.get("description"))))
        else:
            text.skip()
    count[1] += meant
    if meant:
        for file in found:
            files.setdefault(identity(file.location), file)


def _object(text: Text) -> dict[str, Any]:
    value = text.decoded()
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _same_id(asked: str, id: str) -> bool:
    """EINs are written with and without a hyphen."""
    return asked.strip().replace("-", "").casefold() == id.replace("-", "")


def identity(location: str) -> str:
    """What a file's address has in common with the same file's under another signature: host and path."""
    parts = urlsplit(location)
    return f"{parts.hostname or ''}{parts.path}" if parts.scheme else location
