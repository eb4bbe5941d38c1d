"""A file of any length is read in the memory of one transaction and one piece of its text."""

import tracemalloc
from collections.abc import Iterator

from payers.eligibility.read_271 import stream_271
from payers.eligibility.response import NotX12, Transaction, Warned
from tests.payers.eligibility.messages_271 import (
    ACTIVE,
    GE,
    GS,
    IEA,
    ISA,
    PAT,
    PAYER,
    answer,
    transaction,
    written,
)

TRANSACTIONS = 20_000
CHUNK = 4096
MOST_BYTES = 4 << 20
"""The readings of EB segments that are kept for the next time take most of it."""

ONE = written(transaction(*PAYER, *PAT, ACTIVE, "EB*C*IND*30***23*#.00*****Y", "MSG*#", "XYZ*#", number="#"))


def file(count: int) -> Iterator[str]:
    """The text of many answers, each with an amount of its own, in chunks that know nothing of segments."""
    text = written([ISA, GS])
    for number in range(count):
        text += ONE.replace("#", str(number))
        while len(text) >= CHUNK:
            yield text[:CHUNK]
            text = text[CHUNK:]
    yield text + written([GE, IEA])


def test_the_whole_file_is_read() -> None:
    found = list(stream_271(file(300)))
    amounts = [each.members[0].benefits[1].amount_cents for each in found if isinstance(each, Transaction)]
    assert amounts == [number * 100 for number in range(300)]
    assert [type(each) for each in found] == [Warned, Transaction] * 300


def test_memory_does_not_grow_with_the_file() -> None:
    tracemalloc.start()
    try:
        count = sum(isinstance(each, Transaction) for each in stream_271(file(TRANSACTIONS)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == TRANSACTIONS
    assert peak < MOST_BYTES


def test_a_transaction_comes_as_soon_as_it_has_ended() -> None:
    asked: list[int] = []

    def chunks() -> Iterator[str]:
        for number, text in enumerate(file(400)):
            asked.append(number)
            yield text

    first = next(stream_271(chunks()))
    assert isinstance(first, Warned)
    assert asked == [0]


def test_what_is_odd_comes_before_its_transaction() -> None:
    told = list(stream_271([answer(ACTIVE, "MSG").replace("SE*", "SE*9")]))
    assert [type(each) for each in told] == [Warned, Warned, Transaction]


def test_what_is_not_x12_comes_alone() -> None:
    assert list(stream_271(iter([]))) == [NotX12(detail="It does not begin with an ISA segment.")]
    assert [type(each) for each in stream_271(["hel", "lo"])] == [NotX12]
