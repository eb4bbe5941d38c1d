"""Rates of wanted items meet the clinic's groups, at once or, where these come later in the file, at its end."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import msgspec
from msgspec import Raw

from payers.price_files.transparency.groups import Id, ids_of
from payers.price_files.transparency.items import Rate
from payers.price_files.transparency.provider_groups import ProviderGroups
from payers.price_files.transparency.query import Query
from payers.price_files.transparency.rows import Item, Price, Row, rows_of
from payers.price_files.transparency.spool import Spool

Take = Callable[[list[Row]], object]
"""What is done with rows of the clinic's."""

_ZERO = re.compile(rb"-?0(?:\.0*)?(?:[eE].*)?")
_rates = msgspec.json.Decoder(list[Rate])
_prices = msgspec.json.Decoder(list[Price])
_price, _raws = msgspec.json.Decoder(Price), msgspec.json.Decoder(list[Raw])


class _Waiting(NamedTuple):
    """An item with rates that wait in the spool."""

    start: int
    end: int
    item: Item


class Joining:
    """Hands over the clinic's rows. The item that is being read has all of its rates between `begin` and `finish`.

    Counts for the receipt: `wanted_items`, the `rates` that were looked at, `rows` handed over, `zero` amounts among
    them, and values of another type than the schema's (`coerced`).
    """

    def __init__(self, query: Query, groups: ProviderGroups, take: Take, spool: Spool) -> None:
        self._codes, self._groups, self._hand_over, self._spool = query.pairs(), groups, take, spool
        self._waiting: list[_Waiting] = []
        self._mark = 0
        self.wanted_items = self.rates = self.rows = self.zero = self.coerced = 0

    def wanted(self, item: Item) -> bool | None:
        """Whether the item's code is looked for; absent as long as it has not said enough."""
        if item.code is None or item.code_type is None:
            return None
        return (item.code_type, item.code) in self._codes

    def begin(self) -> None:
        """An item begins."""
        self._mark = self._spool.mark()

    def take(self, item: Item, rates: list[Rate]) -> None:
        """Hand over what of the item's rates is the clinic's, and keep what cannot be told yet."""
        self.rates += len(rates)
        waiting = rates if None in item or not self.wanted(item) else self._match(item, rates)
        if waiting:
            self._spool.put(msgspec.json.encode(waiting))

    def finish(self, item: Item) -> None:
        """The item has said all."""
        end = self._spool.mark()
        if not self.wanted(item):
            self._spool.take_back(self._mark)
            return
        self.wanted_items += 1
        if end > self._mark:
            self._waiting.append(_Waiting(self._mark, end, item))

    def waiting_for(self) -> Iterator[Id]:
        """The ids of groups that rates name which wait."""
        for _, rates in self._kept():
            for rate in rates:
                yield from ids_of(bytes(rate.provider_references))

    def complete(self) -> None:
        """All groups are known: hand over what of the rates that wait is the clinic's."""
        for item, rates in self._kept():
            self._match(item, rates)

    def _kept(self) -> Iterator[tuple[Item, list[Rate]]]:
        """The rates that wait, a piece of the spool at a time."""
        for start, end, item in self._waiting:
            for piece in self._spool.pieces(start, end):
                yield item, _rates.decode(piece)

    def _match(self, item: Item, rates: list[Rate]) -> list[Rate]:
        """Hand over what is the clinic's; the rates that must wait for groups that are not read yet."""
        waiting: list[Rate] = []
        for rate in rates:
            groups = self._groups.of(rate)
            if groups is None:
                waiting.append(rate)
            elif groups:
                found = rows_of(item, self._prices(bytes(rate.negotiated_prices)), groups)
                self.coerced += found.coerced
                self.rows += len(found.rows)
                self.zero += sum(bool(_ZERO.fullmatch(row.negotiated_rate)) for row in found.rows)
                self._hand_over(found.rows)
        return waiting

    def _prices(self, prices: bytes) -> list[Price]:
        """Those of a rate; what is none among them is counted."""
        with suppress(msgspec.ValidationError):
            return _prices.decode(prices)
        found: list[Price] = []
        for each in _raws.decode(prices) if prices.startswith(b"[") else [prices]:
            try:
                found.append(_price.decode(each))
            except msgspec.ValidationError:
                self.coerced += 1
        return found
