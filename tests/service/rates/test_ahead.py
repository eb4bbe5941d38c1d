"""Unpacking ahead: the same bytes, the same faults, never far ahead, and nothing left behind."""

import io
import threading
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.rates import ahead
from service.rates.ahead import Ahead

BLOCK = ahead._BLOCK  # pyright: ignore[reportPrivateUsage]
TEXT = bytes(range(251)) * (5 * BLOCK // 251)


@given(sizes=st.lists(st.integers(BLOCK // 8, 2 * BLOCK), min_size=1, max_size=9))
def test_it_gives_the_same_bytes_in_pieces_of_any_size(sizes: list[int]) -> None:
    pieces: list[bytes] = []
    with Ahead(io.BytesIO(TEXT).read) as reader:
        for size in cycle(sizes):
            pieces.append(reader.read(size))
            assert len(pieces[-1]) <= size
            if not pieces[-1]:
                break
        assert reader.read(1) == b""
    assert b"".join(pieces) == TEXT


@pytest.mark.parametrize("fault", [OSError("no more"), KeyboardInterrupt()])
def test_what_is_raised_ahead_is_raised_where_it_is_read(fault: BaseException) -> None:
    blocks = iter([TEXT[:BLOCK]])

    def read(most: int) -> bytes:
        if block := next(blocks, b""):
            return block
        raise fault

    with Ahead(read) as reader:
        assert reader.read(BLOCK) == TEXT[:BLOCK]
        with pytest.raises(type(fault)) as raised:
            reader.read(BLOCK)
        assert raised.value is fault
        assert reader.read(1) == b""


def test_who_stops_early_leaves_no_thread_and_a_source_that_is_hardly_read() -> None:
    before = threading.active_count()
    text = io.BytesIO(TEXT * 4)
    with Ahead(text.read) as reader:
        assert reader.read(10) == TEXT[:10]
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    assert text.tell() <= 3 * BLOCK


def test_nobody_reads() -> None:
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), Ahead(io.BytesIO(TEXT).read):
        raise ZeroDivisionError
    assert threading.active_count() == before
