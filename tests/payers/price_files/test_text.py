"""JSON in pieces is what `json.loads` makes of it whole, or is refused where it breaks."""

import io
import json
import re
from itertools import chain
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.price_files import text as texts
from payers.price_files.text import BrokenFile, Text

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


def dribble(document: str, seed: int) -> Text:
    """A text that comes in pieces of any size."""
    source, chance = io.BytesIO(document.encode()), Random(seed)
    return Text(lambda _: source.read(chance.choice((1, 2, 3, 7, 20))))


def read(text: Text) -> dict[str, Any]:
    found = {
        key: [text.decoded() for _ in text.elements()] if text.peek() == ord("[") else text.decoded()
        for key in text.members()
    }
    text.end()
    return found


def skipped(text: Text) -> list[str]:
    found: list[str] = []
    for key in text.members():
        text.skip()
        found.append(key)
    return found


def in_runs(text: Text, start: bytes) -> list[list[Any]]:
    found = list(text.runs(re.compile(start), msgspec.json.Decoder(list[Any])))
    text.end()
    return found


@given(
    st.dictionaries(st.text(), VALUES, max_size=5), st.integers(0, 9), st.booleans(), st.sampled_from([None, 1, "\t"])
)
def test_pieces_change_nothing(document: dict[str, Any], seed: int, escaped: bool, indent: int | str | None) -> None:
    text = json.dumps(document, ensure_ascii=escaped, indent=indent)
    assert read(dribble(text, seed)) == document
    assert skipped(dribble(text, seed)) == list(document)


@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=3), st.integers(0, 9), st.data())
def test_a_text_that_breaks_off_is_refused(document: dict[str, Any], seed: int, data: st.DataObject) -> None:
    text = json.dumps(document)
    kept = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(BrokenFile, match="at byte"):
        read(dribble(kept, seed))
    with pytest.raises(BrokenFile, match="at byte"):
        skipped(dribble(kept, seed))


@given(
    st.lists(VALUES, max_size=9),
    st.integers(0, 9),
    st.sampled_from([None, 1, "\t"]),
    st.sampled_from([rb"\{", b"never"]),
)
def test_runs_of_elements_are_the_elements(
    elements: list[Any], seed: int, indent: int | str | None, start: bytes
) -> None:
    found = in_runs(dribble(json.dumps(elements, indent=indent), seed), start)
    assert list(chain.from_iterable(found)) == elements


@pytest.mark.parametrize("between", ["", ",,", "]", "1,", '"'])
def test_what_stands_wrongly_between_elements_is_no_run(between: str) -> None:
    with pytest.raises(BrokenFile, match=r"at byte 1[123] "):
        in_runs(Text(io.BytesIO(f'[{{"a": [1]}}{between}{{"a": 2}}, {{"a": 3}}]'.encode()).read), rb'\{"a"')


def test_elements_that_begin_as_they_usually_do_come_together() -> None:
    text = Text(io.BytesIO(b'[{"a": [{"b": 1}]} , {"a": 2}, {"b": 3}, 4]').read)
    assert in_runs(text, rb'\{"a"') == [[{"a": [{"b": 1}]}], [{"a": 2}], [{"b": 3}], [4]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": [1, 2}', "at byte 11 of its text: ',' is expected and '}' stands there"),
        ('{"a": nul, "b": 1}', "at byte 6 of its text: a value is no JSON"),
        ('{"é": 1} {}', "at byte 10 of its text: something follows"),
        ('{"a": NaN}', "at byte 6 of its text: a value is no JSON"),
        ('{"a": {"b": ' + "[" * 100_000, "at byte"),
        ("{1: 2}", "at byte 1 of its text: a key is expected"),
        ('{"\\x": 2}', "at byte 1 of its text: a key is no JSON"),
        ("[]", "at byte 0 of its text: '{' is expected"),
    ],
)
def test_it_says_where(text: str, told: str) -> None:
    with pytest.raises(BrokenFile) as broken:
        read(dribble(text, 0))
    assert told in str(broken.value)


def test_a_value_without_an_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LONGEST_VALUE", 1000)
    monkeypatch.setattr(texts, "PIECE", 100)
    source = io.BytesIO(b'{"a": "' + b"x" * 100_000)
    with pytest.raises(BrokenFile, match="a value is longer than any price file has"):
        read(Text(source.read))
    assert source.tell() < 5000
