"""Bodies are JSON, read strictly: `"5"` is not 5, a field that nobody knows is refused, and so is one said twice."""

import json
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import FormMultiDict, State
from msgspec import inspect

from service.api.problems import InputError, Refused

MAX_BODY_BYTES = 256_000
_STEP = re.compile(r"\.(?P<field>[^.\[]+)|\[(?P<index>[^\]]*)\]")
_NAMED_FIELD = re.compile(r"(?P<fault>unknown|missing required) field `(?P<field>.*)`$")
_NOT_A_CHOICE = ("Invalid enum value", "Invalid value")


class StrictRequest(Request[Any, Any, State]):
    """A request whose body is decoded straight into the type that the handler declares for `data`.

    The framework's own conversion is lenient; what is already of the declared type it leaves alone.
    """

    async def json(self) -> Any:
        """The body as the handler's type. Raises `Refused`: 415, 400 if it is not JSON, 422 if it does not fit."""
        if self.content_type[0] != "application/json":
            raise Refused("unsupported-media-type", "The body must be sent as application/json.")
        field = self.route_handler.parsed_data_field
        return decode(await self.body(), field.annotation if field else None)

    async def form(self) -> FormMultiDict:
        """The fields of a form. Raises `Refused`, also for an alphabet that does not exist or does not fit."""
        try:
            return await super().form()
        except (LookupError, UnicodeError):
            raise Refused("bad-request", "A part of the form is not in the alphabet that it names.") from None


def decode(body: bytes, type_: Any) -> Any:
    """The value of a JSON body. Raises `Refused` with the first thing that is wrong and the pointer to it."""
    try:
        value = _decoder(type_).decode(body)
        json.loads(body, object_pairs_hook=_each_name_once)
    except msgspec.ValidationError as error:
        fault = _located(str(error), type_)
        raise Refused("invalid-input", fault.detail, fault) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        place = str(error) if isinstance(error, msgspec.DecodeError) else "The body is not UTF-8"
        raise Refused("not-json", f"{place}.") from None
    except RecursionError:
        raise Refused("not-json", "The body is nested too deeply.") from None
    return value


@cache
def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_, strict=True)


def _each_name_once(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            detail = f"The field `{name}` is there twice in one object."
            raise Refused("invalid-input", detail, InputError(pointer="", detail=detail))
        seen.add(name)


def _located(message: str, type_: Any) -> InputError:
    """A fault as msgspec tells it (`... - at `$.course.weeks``) with its place as a JSON pointer.

    What is wrong with a name in an object (`... - at `key` in `$.prices``) stands at the object.
    """
    detail, _, path = message.partition(" - at `")
    path = path.removeprefix("key` in `").removesuffix("`")
    steps = [step["field"] or step["index"] for step in _STEP.finditer(path)]
    if named := _NAMED_FIELD.search(detail):
        if named["fault"] == "unknown":
            detail = _unknown(named["field"], _fields(type_, steps))
        steps.append(named["field"])
    elif detail.startswith(_NOT_A_CHOICE) and (known := _choices(type_, steps)):
        detail = f"{detail}: known are {', '.join(f'`{choice}`' for choice in known)}"
    return InputError(pointer="".join(f"/{step}" for step in map(_escaped, steps)), detail=f"{detail}.")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _unknown(field: str, known: list[str]) -> str:
    near = get_close_matches(field, known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(f'`{name}`' for name in known)}"
    return f"Unknown field `{field}`: {hint}"


def _choices(type_: Any, steps: list[str]) -> list[str]:
    """The values that a place with a few of them may have: the words of a literal, or the kinds of an object."""
    literals = [each for each in _at(type_, steps) if isinstance(each, inspect.LiteralType)]
    kinds = [
        str(each.tag)
        for each in _at(type_, steps[:-1])
        if isinstance(each, inspect.StructType) and [each.tag_field] == steps[-1:]
    ]
    return [*(str(value) for each in literals for value in each.values), *kinds]


def _at(type_: Any, steps: list[str]) -> list[inspect.Type]:
    """The types that may stand at a place."""
    here = list(_alternatives([inspect.type_info(type_)]))
    for step in steps:
        here = list(_alternatives(_inside(here, step)))
    return here


def _fields(type_: Any, steps: list[str]) -> list[str]:
    """The fields that an object at this place may have."""
    here = _at(type_, steps)
    return sorted(
        {
            name
            for each in here
            if isinstance(each, inspect.StructType)
            for name in (each.tag_field, *(field.encode_name for field in each.fields))
            if name
        }
    )


def _alternatives(types: Iterable[inspect.Type]) -> Iterator[inspect.Type]:
    for each in types:
        yield from each.types if isinstance(each, inspect.UnionType) else (each,)


def _inside(types: Iterable[inspect.Type], step: str) -> Iterator[inspect.Type]:
    for each in types:
        match each:
            case inspect.StructType(fields=fields):
                yield from (field.type for field in fields if field.encode_name == step)
            case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
                yield item
            case _:
                pass
