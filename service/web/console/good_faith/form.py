"""A form of many parts as text: what was typed, and what is wrong with it.

An input is named by its place in the value, `clinic__address__city` for the pointer `/clinic/address/city`, so that
whatever finds a fault at a place finds the input too. Rows of a list are numbered: `diagnoses__0__code`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from service.web.console.reading import dollars

SEP = "__"
FIRST_INPUT = {"diagnoses": "code", "co_providers": "name", "services": "description", "planned": "item"}
"""The first input of a row of each list."""
MONEY = ("charge_cents", "each_cents")
_NO_NAME = 120
"""No input of ours has a name of so many letters."""


class Form(NamedTuple):
    """The texts and the sentences about them by the input's name. `focus` is where the keyboard goes on."""

    values: Mapping[str, str]
    wrong: Mapping[str, str] = {}
    focus: str = ""

    def rows(self, place: str) -> range:
        """The numbers of the rows of a list."""
        found = {name.removeprefix(f"{place}{SEP}").partition(SEP)[0] for name in self.values if within(name, place)}
        return range(max((int(each) + 1 for each in found if each.isdecimal()), default=0))

    def filled(self, *places: str) -> bool:
        """Whether anything was typed at one of the places or in it."""
        return any(
            text and (name == each or within(name, each)) for name, text in self.values.items() for each in places
        )

    def at_fault(self, *places: str) -> bool:
        """Whether anything is wrong at one of the places or in it."""
        return any(name == each or within(name, each) for name in self.wrong for each in places)


def form_of(value: Any) -> Form:
    """The form as if somebody had typed the value, which is made of builtins."""
    return Form(dict(_flat(value)))


def typed(sent: Mapping[str, Any]) -> Form:
    """The form as it was sent, without rows that were left empty. A button may add a row, or take one away."""
    values = {
        str(name): str(text).strip() for name, text in sent.items() if isinstance(text, str) and len(name) < _NO_NAME
    }
    action, _, place = values.pop("rows", "").partition(" ")
    if action == "remove":
        values = {name: text for name, text in values.items() if not within(name, place)}
    form = Form(dict(_flat(tree(values))))
    if action == "remove":
        return form._replace(focus=f"add-{place.rpartition(SEP)[0]}")
    first = FIRST_INPUT.get(place.rpartition(SEP)[2])
    if action == "add" and first:
        name = f"{place}{SEP}{len(form.rows(place))}{SEP}{first}"
        return form._replace(values={**form.values, name: ""}, focus=name)
    return form


def tree(values: Mapping[str, str]) -> dict[str, Any]:
    """The texts by place, without what was left empty; rows move up where one before them is gone."""
    found: dict[str, Any] = {}
    for name, text in values.items():
        if text:
            *outer, leaf = name.split(SEP)
            here = found
            for step in outer:
                inner: Any = here.setdefault(step, {})
                here = cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}
            here[leaf] = text
    return _with_rows(found)


def name_of(pointer: str) -> str:
    """The input at a JSON pointer."""
    return pointer.removeprefix("/").replace("/", SEP)


def leaf_of(name: str) -> str:
    """The last part of an input's name: what it is, wherever it stands."""
    return name.rpartition(SEP)[2]


def within(name: str, place: str) -> bool:
    """Whether the input is inside of what stands at the place."""
    return name.startswith(f"{place}{SEP}")


def _flat(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Every input with its text."""
    match value:
        case dict():
            for name, part in cast("dict[str, Any]", value).items():
                yield from _flat(part, f"{at}{SEP}{name}" if at else name)
        case [dict(), *_]:
            for number, part in enumerate(cast("list[Any]", value)):
                yield from _flat(part, f"{at}{SEP}{number}")
        case list() | tuple():
            yield at, "\n".join(map(str, cast("list[Any]", value)))
        case bool():
            yield at, "yes" if value else ""
        case int() if leaf_of(at) in MONEY:
            yield at, dollars(value)
        case None:
            return
        case _:
            yield at, str(value)


def _with_rows(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _listed(cast("dict[str, Any]", part)) if isinstance(part, dict) else part for name, part in found.items()
    }


def _listed(part: dict[str, Any]) -> Any:
    below = _with_rows(part)
    numbers = sorted(filter(str.isdecimal, below), key=int)
    return [below[number] for number in numbers] if numbers else below
