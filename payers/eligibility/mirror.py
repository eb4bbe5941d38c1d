"""Answers in the JSON of a clearinghouse, turned back into the segments that they were made from.

So there is one reader for all answers, and one meaning of each code, percent and period.
"""

from collections.abc import Iterable, Iterator
from typing import Any, cast

import msgspec

from payers.eligibility.letters import COMPONENT, ELEMENT, REPETITION, SEGMENT
from payers.eligibility.read_271 import read_271
from payers.eligibility.response import Delimiters, NotX12, Response

Segment = tuple[str, ...]
"""A segment's elements, its id first."""
Json = dict[str, Any]

NO_ANSWER = NotX12(detail="It is not the JSON of an answer about a member.")

_ELEMENT, _COMPONENT, _SEGMENT, _REPETITION = "\ue000", "\ue001", "\ue002", "\ue003"
"""Characters that nobody uses, so that no text of the answer is cut by them."""
_UNUSED = dict.fromkeys(map(ord, (_ELEMENT, _COMPONENT, _SEGMENT, _REPETITION)))
_VERSION = "005010X279A1"
_USUAL = Delimiters(element=ELEMENT, component=COMPONENT, segment=SEGMENT, repetition=REPETITION)


def repeated(values: Iterable[str]) -> str:
    """Several values of one element."""
    return _REPETITION.join(values)


def composed(values: Iterable[str]) -> str:
    """One element of several parts."""
    return _COMPONENT.join(values).rstrip(_COMPONENT)


def read_mirrored(segments: Iterable[Segment]) -> Response | NotX12:
    """The segments of one transaction, without its frame, as the reader of 271s reads them.

    What belongs to a message's frame was not said, so it is absent; segments are counted in the order given here.
    """
    inside = list(segments)
    isa = ("ISA", "00", " " * 10, "00", " " * 10, "ZZ", " " * 15, "ZZ", " " * 15, "000000", "0000", _REPETITION)
    frame: list[Segment] = [
        (*isa, "00501", "0" * 9, "0", "P", _COMPONENT),
        ("GS", "HB", "", "", "", "", "0", "X", _VERSION),
        ("ST", "271", "0", _VERSION),
        *inside,
        ("SE", str(len(inside) + 2), "0"),
        ("GE", "1", "0"),
        ("IEA", "1", "0" * 9),
    ]
    response = read_271("".join(_ELEMENT.join(each) + _SEGMENT for each in frame))
    if isinstance(response, NotX12):
        return response
    return msgspec.structs.replace(
        response,
        gs08=None,
        st03=None,
        isa_length=0,
        delimiters=_USUAL,
        transactions=tuple(
            msgspec.structs.replace(each, st02=None, st03=None, gs08=None, se01=None) for each in response.transactions
        ),
    )


def decoded_json(raw: str | bytes) -> Json | None:
    """A JSON object; absent where the text is none."""
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return cast("Json", value) if isinstance(value, dict) else None


def told(of: Json, *names: str) -> str:
    """The first of these that is said, as text; empty where none is."""
    for name in names:
        value = of.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).translate(_UNUSED).strip()
    return ""


def part(of: Json, name: str) -> Json:
    """An object inside; empty where there is none."""
    value = of.get(name)
    return cast("Json", value) if isinstance(value, dict) else {}


def parts(of: Json, name: str) -> Iterator[Json]:
    """The objects of a list inside."""
    value = of.get(name)
    for each in cast("list[object]", value) if isinstance(value, list) else []:
        if isinstance(each, dict):
            yield cast("Json", each)


def texts(of: Json, name: str) -> list[str]:
    """The texts of a list inside."""
    value = of.get(name)
    listed = cast("list[object]", value) if isinstance(value, list) else []
    return [each.translate(_UNUSED) for each in listed if isinstance(each, str)]
