"""A JSON object in pieces is what `json.loads` makes of it whole, or is refused where it breaks off."""

import io
import json
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.price_files import json_stream
from payers.price_files.json_stream import JsonStream
from payers.price_files.unreadable import Unreadable

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


class Dribble(io.StringIO):
    """A text that comes in pieces of any size."""

    def __init__(self, text: str, seed: int) -> None:
        super().__init__(text)
        self._chance = Random(seed)

    def read(self, _size: int | None = -1, /) -> str:
        return super().read(self._chance.choice((1, 2, 3, 7, 20)))


def read(text: str, seed: int) -> dict[str, Any]:
    stream = JsonStream(Dribble(text, seed))
    return {key: list(stream.items()) if stream.peek() == "[" else stream.value() for key in stream.members()}


def skipped(stream: JsonStream) -> None:
    for _ in stream.members():
        stream.skip()


@given(
    st.dictionaries(st.text(), VALUES, max_size=5), st.integers(0, 9), st.booleans(), st.sampled_from([None, 1, "\t"])
)
def test_pieces_change_nothing(document: dict[str, Any], seed: int, escaped: bool, indent: int | str | None) -> None:
    text = json.dumps(document, ensure_ascii=escaped, indent=indent)
    assert read(text, seed) == json.loads(text, parse_float=Decimal)


@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=3), st.integers(0, 9), st.data())
def test_a_text_that_breaks_off_is_refused(document: dict[str, Any], seed: int, data: st.DataObject) -> None:
    text = json.dumps(document)
    kept = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(Unreadable, match="at byte"):
        read(kept, seed)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": [1, 2}', "at byte 11 , or ] is expected, not }"),
        ('{"a": nul, "b": "' + "x" * 40 + '"}', "at byte 6 Expecting value"),
        ('{"é": 1} {}', "at byte 10 something follows"),
        ('{"a": NaN}', "NaN is no JSON"),
        ('{"a": ' + "[" * 100_000, "at byte"),
        ("{1: 2}", "at byte 1 the name of a member is missing"),
        ("[]", "at byte 0 { is expected"),
    ],
)
def test_it_says_where(text: str, told: str) -> None:
    with pytest.raises(Unreadable) as refused:
        skipped(JsonStream(io.StringIO(text)))
    assert told in str(refused.value)


def test_a_value_without_an_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LONGEST", 1000)
    monkeypatch.setattr(json_stream, "PIECE", 100)
    text = io.StringIO('{"a": "' + "x" * 100_000)
    with pytest.raises(Unreadable, match="more than 1000 characters"):
        skipped(JsonStream(text))
    assert text.tell() < 5000
