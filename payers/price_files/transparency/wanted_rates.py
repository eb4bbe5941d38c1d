"""The rates of an item that is wanted, or may be, as far as it has said."""

import re
import zlib
from functools import partial

import msgspec
from msgspec import Raw

from payers.price_files.text import NOT_JSON, BrokenFile, Text, last_start
from payers.price_files.transparency.items import BETWEEN, NULL, RATES, NextItem, Rate, WholeItem, item_at
from payers.price_files.transparency.joining import Joining
from payers.price_files.transparency.provider_groups import ProviderGroups
from payers.price_files.transparency.rows import Item
from payers.price_files.transparency.tools import Tools

_RATE_START = re.compile(rb'\{[ \t\r\n]*+"(?:provider_references|negotiated_prices|provider_groups)"[ \t\r\n]*+:')
_FILLED_PIECE = 256 * 1024
_items = msgspec.json.Decoder(WholeItem)
_rates = msgspec.json.Decoder(list[Rate])


class WantedRates:
    """Reads them from a text, as many at once as came. `coerced` counts what was no rate among them."""

    def __init__(self, text: Text, groups: ProviderGroups, joining: Joining, tools: Tools) -> None:
        self._text, self._groups, self._joining, self._find = text, groups, joining, tools.find
        self.coerced = 0

    def read(self, item: Item) -> NextItem | None:
        """Read the rates that are next: the next item, before which this one has said all; or nothing at their end.

        Raises:
            BrokenFile: a rate is no JSON, or the text ends too early.
        """
        text = self._text
        while True:
            held = text.held
            at = self._find(held, RATES, text.at)
            found = item_at(held, text.at, at) if at >= 0 else None
            if found and self._rest(item, found.start):
                return found
            start = last_start(_RATE_START, held, text.at, len(held) if at < 0 else at)
            if start > text.at and self._between(item, start):
                text.at = start
                continue
            doubt = text.offset + max(start, text.at) - text.at
            if at < 0 and text.extend():
                continue
            if not text.singly(doubt, partial(self._one, item)):
                return None

    def _rest(self, item: Item, end: int) -> bool:
        """Read the rest of the item, up to where the next begins; not if more lies between."""
        text = self._text
        try:
            whole = _items.decode(b'{"negotiated_rates":[' + text.held[text.at : end].rstrip(BETWEEN))
        except NOT_JSON:
            return False
        item = Item(*(old if old is not None else new for old, new in zip(item, whole.said(), strict=True)))
        self._joining.take(item, whole.negotiated_rates)
        self._joining.finish(item)
        return True

    def _between(self, item: Item, end: int) -> bool:
        """Read the rates up to the start of another; not if something else lies between."""
        text = self._text
        try:
            rates = _rates.decode(b"[" + text.held[text.at : end].rstrip(BETWEEN) + b"]")
        except NOT_JSON:
            return False
        self._joining.take(item, rates)
        return True

    def _one(self, item: Item) -> None:
        """The rate that is next, key by key, so that neither its prices nor its providers need to be held."""
        text = self._text
        if text.peek() != ord("{"):
            self.coerced += 1
            text.skip()
            return
        references, providers = NULL, list[bytes]()
        told = False
        prices: list[bytes] = []
        for key in text.members():
            array = text.peek() == ord("[")
            if key == "provider_references":
                references = Raw(text.value())
            elif key == "provider_groups" and array:
                told = True
                for _ in text.elements():
                    providers += [each] if self._groups.may_be_ours(each := text.value()) else []
            elif key == "negotiated_prices" and array:
                prices = self._packed_values()
            else:
                text.skip()
        groups = Raw(b"[" + b",".join(providers) + b"]") if told else NULL
        for some in prices:
            rate = Rate(references, groups, Raw(b"[" + zlib.decompress(some) + b"]"))
            try:
                self._joining.take(item, [rate])
            except NOT_JSON as error:
                raise BrokenFile("a rate is no JSON", text.offset) from error

    def _packed_values(self) -> list[bytes]:
        """The values of the array that is next, in pieces that are each packed."""
        held, packed, size = list[bytes](), list[bytes](), 0
        for _ in self._text.elements():
            held.append(self._text.value())
            size += len(held[-1])
            if size > _FILLED_PIECE:
                packed.append(zlib.compress(b",".join(held), 1))
                held, size = [], 0
        return [*packed, zlib.compress(b",".join(held), 1)]
