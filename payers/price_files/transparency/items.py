"""An `in_network` item as it is written: what it says of itself, its rates, and where in the text one begins."""

import re
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from payers.price_files.text import NOT_JSON
from payers.price_files.transparency.query import written
from payers.price_files.transparency.rows import Item

NULL = Raw(b"null")
BETWEEN = b" \t\r\n,"
"""What stands between the elements of an array."""
RATES = b'"negotiated_rates"'
"""Only items have this key: where it stands bare, an item has begun."""
_PLAIN_ARRAY = RATES + b":["
_RATES_ARRAY = re.compile(RATES + rb"[ \t\r\n]*+:[ \t\r\n]*+\[")
_PLAIN_CODE = b'"billing_code":"'
_LONGEST_HEAD = 4096
_COMMA = ord(",")
_MOST_BRACES = 8
_MOST_BLANKS = 64


class Rate(Struct):
    """A rate, its parts as they are written."""

    provider_references: Raw = NULL
    provider_groups: Raw = NULL
    negotiated_prices: Raw = NULL


class Head(Struct):
    """What an item says of itself, of any type."""

    billing_code_type: Any = None
    billing_code: Any = None
    negotiation_arrangement: Any = None

    def said(self) -> Item:
        """The same as text."""
        said = (self.billing_code_type, self.billing_code, self.negotiation_arrangement)
        return Item(*(None if each is None else written(each) for each in said))


class WholeItem(Head):
    """An item with its rates."""

    negotiated_rates: list[Rate] = []


class NextItem(NamedTuple):
    """An item that begins in what is held: its first byte, the first of its rates, what it said before them."""

    start: int
    rates: int
    head: Head


FIELDS = dict(zip(Head.__struct_fields__, Item._fields, strict=True))
"""Which field of an `Item` each key of an item tells."""
_heads = msgspec.json.Decoder(Head)


def item_at(held: bytes, lowest: int, at: int) -> NextItem | None:
    """The item whose rates' key stands at a place, if all that it says before is flat; else it must be read on."""
    rates = at + len(_PLAIN_ARRAY)
    if not held.startswith(_PLAIN_ARRAY, at):
        array = _RATES_ARRAY.match(held, at)
        if array is None:
            return None
        rates = array.end()
    start, lowest = at, max(lowest, at - _LONGEST_HEAD)
    for _ in range(_MOST_BRACES):
        start = held.rfind(b"{", lowest, start)
        if start < 0:
            return None
        try:
            head = _heads.decode(held[start:at].rstrip(BETWEEN) + b"}")
        except NOT_JSON:
            continue  # the brace is inside a string, or opens something that is not flat
        # After a bracket it would be the first of another array.
        return NextItem(start, rates, head) if follows(held, lowest, start, b",") else None
    return None


def leapt_over(held: bytes, lowest: int, at: int, codes: frozenset[bytes]) -> int:
    """Where the rates begin whose key stands at a place, if before it, plainly, a code is told that is none of these.

    Else -1: then `item_at` tells, which takes twice as long; nearly every item is of another code.
    """
    start = held.rfind(b"{", max(lowest, at - _LONGEST_HEAD), at)
    # The last of several counts; inside a string it cannot be, nor behind a bracket that closes in an inner object.
    code = held.rfind(_PLAIN_CODE, start, at)
    if not lowest < start < code or held.find(b"}", start, at) >= 0 or held[start - 1] != _COMMA:
        return -1
    code += len(_PLAIN_CODE)
    told = held[code : held.find(b'"', code, at)].strip()
    if told in codes or not told.isascii() or not held.startswith(_PLAIN_ARRAY, at):
        return -1
    return at + len(_PLAIN_ARRAY)


def follows(text: bytes, lowest: int, at: int, characters: bytes) -> bool:
    """Whether one of these stands before a place, a few blanks aside."""
    if text[at - 1] in characters:
        return at > lowest
    before = text[max(lowest, at - _MOST_BLANKS) : at].rstrip()
    return bool(before) and before[-1] in characters
