"""Over the rates of an item that is not wanted, to the next item that may be."""

import re

from payers.price_files.text import Text
from payers.price_files.transparency.items import RATES, NextItem, follows, item_at, leapt_over
from payers.price_files.transparency.query import Query
from payers.price_files.transparency.tools import BACKSLASH, ESCAPE_BYTES, ESCAPED_KEY_OR_DIGIT, Tools

_PRICES = b'"negotiated_prices"'
_PRICES_KEY = re.compile(_PRICES + rb"[ \t\r\n]*+:")


class Leap:
    """Leaps through a text. `items` counts those that were leapt over."""

    def __init__(self, text: Text, query: Query, tools: Tools) -> None:
        self._text, self._codes, self._find = text, query.pairs(), tools.find
        self._plain_codes = frozenset(code.encode() for _, code in self._codes)
        self._clean_to = 0
        self._escape_at = -1
        self.items = 0

    def next_item(self) -> NextItem | None:
        """Leave the rates that are next: the next item that may be wanted, or nothing at the array's end.

        It begins before a rate. Later it may stand before the key of a rate's prices: the last place that is certain.

        Raises:
            BrokenFile: what must be read bracket by bracket is no JSON, or ends too early.
        """
        text, find, codes = self._text, self._find, self._codes
        inside = False
        while True:
            escape = self._next_escape()
            held = text.held
            at = find(held, RATES, text.at)
            while 0 <= at < escape:
                rates = leapt_over(held, text.at, at, self._plain_codes)
                if rates < 0:
                    found = item_at(held, text.at, at)
                    if found is None:
                        break
                    code, kind = found.head.billing_code, found.head.billing_code_type
                    if type(code) is not str or type(kind) is not str or (kind.strip(), code.strip()) in codes:
                        return found
                    rates = found.rates
                text.at, inside = rates, False
                self.items += 1
                at = find(held, RATES, rates)
            stop = min(escape, len(held) if at < 0 else at)
            place = self._last_prices(text.at, stop)
            moved = place > text.at
            if moved:
                text.at, inside = place, True
            doubt, at_end = text.offset + stop - text.at, stop == len(held)
            del held  # so that what is let go is
            if at_end and (text.more() if moved else text.extend()):
                continue
            # Not sure, or at the end: bracket by bracket, past what was doubtful.
            if not self._pass(doubt, inside=inside):
                return None
            inside = False

    def _pass(self, doubt: int, *, inside: bool) -> bool:
        """Pass over rates up to one after the doubt. Whether the array goes on there.

        Unless it stands `inside` a rate, before the key of its prices, it stands at the array's start or before a rate.
        """
        text = self._text
        if inside:
            text.key()
            text.skip()
            for _ in text.other_members():
                text.skip()
            if not text.another():
                return False
        elif text.take("]"):
            return False
        return text.singly(doubt, text.skip)

    def _last_prices(self, lowest: int, end: int) -> int:
        """Where in what is held the last key of a rate's prices stands; -1 if nowhere."""
        held, at = self._text.held, end
        while (at := held.rfind(_PRICES, lowest, at)) > lowest:
            if _PRICES_KEY.match(held, at) and follows(held, lowest, at, b"{,"):
                return at
        return -1

    def _next_escape(self) -> int:
        """Where in what is held a key or a number may be written with escapes; its end if nowhere."""
        text = self._text
        held, gone = text.held, text.offset - text.at
        if self._escape_at < text.offset:
            at = max(self._clean_to - ESCAPE_BYTES - gone, text.at)
            while (at := self._find(held, BACKSLASH, at)) >= 0:
                if ESCAPED_KEY_OR_DIGIT.match(held, at):
                    self._escape_at = gone + at
                    return at
                at += 1
            self._clean_to = text.received
            return len(held)
        return self._escape_at - gone
