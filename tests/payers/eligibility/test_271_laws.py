"""Laws of the reading: what must not change it, and what no message at all may do to it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.eligibility.interchange_header import BLANK
from payers.eligibility.read_271 import read_271, stream_271
from payers.eligibility.response import Response, Transaction, Warned
from tests.fuzz.reading import check, mutated, seeds
from tests.payers.eligibility.messages_271 import (
    ACTIVE,
    GE,
    GS,
    IEA,
    ISA,
    KIM,
    PAT,
    PAYER,
    PROVIDER,
    answer,
    row,
    written,
)

CUT_WITH = "*:~^"
POOL = (
    *PAYER,
    *PROVIDER,
    *PAT,
    *KIM,
    ACTIVE,
    "EB*6**30",
    "EB*C*IND*30^MH***23*500.00*****Y",
    "EB*A*FAM*98*****.2****N*HC:G2082:GT*1:2",
    "EB*B*IND*98> MH***27*-20",
    "EB*F*IND*AE*MB***29*1840",
    "EB",
    "MSG*Included, for (some) services.",
    "MSG*first*second",
    "III*ZZ*11",
    "III*BK*F332",
    "DTP*346*D8*20260101",
    "DTP*307*RD8*20260101-99991231",
    "REF*6P*G-77*SANDBOX GROUP",
    "TRN*2*93175-012547*9877281234",
    "AAA*N**72*C",
    "HSD*VS*30***23",
    "LS*2120",
    "NM1*PRP*2*OTHER HEALTH*****PI*OTH01",
    "N4*DENVER*CO*80202",
    "XYZ*1",
    "BHT*0022*11*6f1c2a9e*20261201*0905",
    "ST*271*0001*005010X279A1",
    "ST*270*0001",
    "SE*9*0001",
    GS,
    GE,
    IEA,
    ISA,
)
DATA = set("".join(POOL)) - set(CUT_WITH)

bodies = st.lists(st.sampled_from(POOL), max_size=25).filter(lambda body: (ISA, ISA) not in pairwise(body))
messages = bodies.map(lambda body: [ISA, GS, "ST*271*0001*005010X279A1", *body, "SE*9*0001", GE, IEA])
unused = st.characters(exclude_categories=["Cs"], exclude_characters={*DATA, *BLANK}).filter(
    lambda each: not each.isalnum()
)
blanks = st.text(sorted(set(BLANK)), max_size=4)


def reading(text: str) -> tuple[tuple[Transaction, ...], tuple[Warned, ...]]:
    """What was read, without what is about the ISA."""
    response = read_271(text)
    assert isinstance(response, Response)
    return response.transactions, tuple(each for each in response.warnings if "ISA" not in each.text)


@given(messages, st.lists(unused, min_size=4, max_size=4, unique=True))
def test_other_delimiters_do_not_change_it(segments: list[str], others: list[str]) -> None:
    text = written(segments)
    assert reading(text.translate(str.maketrans(CUT_WITH, "".join(others)))) == reading(text)


@given(messages, st.data())
def test_blanks_around_segments_do_not_change_it(segments: list[str], data: st.DataObject) -> None:
    spaced = "".join(f"{data.draw(blanks)}{each}{data.draw(blanks)}~" for each in segments)
    assert reading(spaced + data.draw(blanks)) == reading(written(segments))


@given(messages, st.sampled_from(["\n", "\r", "\r\n"]), st.booleans())
def test_line_breaks_after_segments_do_not_change_it(segments: list[str], line_break: str, instead: bool) -> None:
    text = written(segments)
    assert reading(text.replace("~", line_break if instead else f"~{line_break}")) == reading(text)


@given(messages, st.sampled_from(["\n", "\r\n"]), st.just(80) | st.integers(1, 200))
def test_lines_of_a_fixed_width_do_not_change_it(segments: list[str], line_break: str, width: int) -> None:
    text = written(segments)
    assert reading(re.sub(f"(.{{{width}}})", rf"\1{line_break}", text)) == reading(text)


@given(messages, messages, st.lists(unused, min_size=4, max_size=4, unique=True))
def test_an_interchange_is_read_alike_after_another(one: list[str], two: list[str], others: list[str]) -> None:
    first, second = written(one), written(two).translate(str.maketrans(CUT_WITH, "".join(others)))
    together = [
        *(moved(each, 0) for each in reading(first)[0]),
        *(moved(each, len(one)) for each in reading(second)[0]),
    ]
    assert [moved(each, 0) for each in reading(first + second)[0]] == together


def moved(transaction: Transaction, by: int) -> bytes:
    """The same so many segments further back, as JSON."""
    return re.sub(
        rb'"segment":(\d+)',
        lambda told: b'"segment":%d' % (int(told[1]) + by),
        msgspec.json.encode(transaction),
    )


LONG = written([ISA, GS, *POOL[:-1], *POOL[:-1]]) + written([ISA, *POOL]).translate(str.maketrans(CUT_WITH, "~>'}"))
"""The second interchange begins where more than its beginning has come already, and divides with `~`."""


def pieces(cut: int, every: int) -> Iterator[str]:
    yield LONG[:cut]
    yield from (LONG[start : start + every] for start in range(cut, len(LONG), every))


@pytest.mark.parametrize("every", [1, 13, len(LONG)])
def test_chunks_do_not_change_it(every: int) -> None:
    transactions, warnings = reading(LONG)
    assert len(transactions) > 2
    for cut in range(0, len(LONG), 1 if every > 13 else 211):
        told = list(stream_271(pieces(cut, every)))
        assert tuple(each for each in told if isinstance(each, Transaction)) == transactions
        odd = [each for each in told if isinstance(each, Warned) and "ISA" not in each.text]
        assert sorted(odd, key=lambda each: each.segment) == list(warnings)


def test_a_message_may_break_off_at_any_character() -> None:
    for end in range(len(LONG)):
        check(LONG[:end].encode(), Random(end))


@given(st.binary() | st.binary().map((ISA + "~").encode().__add__))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    check(data, Random(data))


@pytest.mark.parametrize("seed", range(30))
def test_broken_messages_are_read_or_refused(seed: int) -> None:
    chance = Random(seed)
    for _ in range(100):
        check(mutated(chance.choice(seeds()), chance), chance)


MANY_TIMES = (
    "EB*1**30~EB*6**30~",
    "EB*C*IND*30***23*1~EB*C*IND*30***23*2~",
    "EB*1~AAA*N**72~",
    "EB***30^98^",
    "MSG*a~",
    "III*ZZ*11~",
    "DTP*292*D8*20260101~",
    "AAA*Y**42*C~",
    "HL*3*2*22*0~AAA*Y**42*C~",
    "NM1*IL*1*A~",
    "ST*271~",
    "SE~",
    "garbage~",
    f"{ISA}~",
    "ISA*00*~",
    "~ISA*00*",
    "ISA*00*",
    "IEA",
    "I",
    "~",
    "*",
    "^",
    " ",
    "\n",
    "\x00",
)


@pytest.mark.parametrize("repeated", MANY_TIMES, ids=repr)
@pytest.mark.parametrize("ends", ["~", "\n"])
def test_what_comes_many_times_is_read(repeated: str, ends: str) -> None:
    """Work grows with the message and no faster: else this would not end."""
    text = answer(ACTIVE, f"EB*B**{repeated * (150_000 // len(repeated))}").replace("~", ends)
    assert isinstance(read_271(text), Response)


numbers = st.from_regex(r"[+-]?[0-9]{0,14}\.?[0-9]{0,4}", fullmatch=True) | st.text(
    "0123456789.+-eE_, NaINfity", max_size=12
)


@given(numbers.map(str.strip).filter(bool))
def test_an_amount_is_what_decimal_arithmetic_says(sent: str) -> None:
    exact = re.fullmatch(r"[+-]?(?=\.?\d)\d*\.?\d*", sent, re.ASCII)
    cents = Decimal(sent) * 100 if exact else None
    told = cents is not None and 0 <= cents < 10**13 and cents == cents.to_integral_value()
    assert row(f"EB*C*IND*98***23*{sent}").amount_cents == (cents if told else None)


@given(st.integers(0, 10**9), st.sampled_from(["EB*C*IND*30***23*{}", "EB*B**98****{}*****Y", "EB*G*FAM**HM*X*29*{}"]))
def test_each_amount_is_read_as_it_stands(cents: int, sent: str) -> None:
    """What was read before, of a row that differs by its amount, does not matter."""
    assert row(sent.format(f"{cents // 100}.{cents % 100:02}")).amount_cents == cents
