"""The clinic's rates out of a payer's in-network file, in one pass and bounded memory.

Nearly everything in such a file is about other codes and other clinics. It is leapt over: the next item is found by the
bytes of a key that only items have. That is exact, because in JSON a quote inside a string is written with a backslash,
so that a bare quote, letters and a bare quote are never inside one; and what such a leap cannot be sure of, like a key
written with escapes, is read bracket by bracket. What is leapt over is not checked for being JSON.
"""

from contextlib import ExitStack

from payers.price_files.text import NOT_JSON, BrokenFile, Read, Text
from payers.price_files.transparency.items import FIELDS
from payers.price_files.transparency.joining import Joining, Take
from payers.price_files.transparency.leap import Leap
from payers.price_files.transparency.provider_groups import Fetch, ProviderGroups
from payers.price_files.transparency.query import Query, written
from payers.price_files.transparency.receipt import Receipt
from payers.price_files.transparency.rows import Item
from payers.price_files.transparency.spool import Spool
from payers.price_files.transparency.tools import Tools
from payers.price_files.transparency.wanted_rates import WantedRates
from payers.price_files.unreadable import Unreadable

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ABOUT = (
    "reporting_entity_name",
    "reporting_entity_type",
    "last_updated_on",
    "version",
    "plan_name",
    "plan_id",
    "plan_id_type",
    "plan_market_type",
    "issuer_name",
    "plan_sponsor_name",
)
_OTHER_FILES = {
    "reporting_structure": "a table of contents: it names the files that have the rates",
    "out_of_network": "a file of amounts allowed out of network: it has no negotiated rates",
    "standard_charge_information": "a hospital's file of standard charges",
    "provider_groups": "a file of provider groups that another file refers to",
}


class OtherFile(Unreadable):
    """The file is readable and no in-network file."""


def extract(read: Read, query: Query, take: Take, tools: Tools | None = None, fetch: Fetch | None = None) -> Receipt:
    """Read a file to its end and hand over the clinic's rates as they are found, in no particular order.

    What was handed over counts only if this returns. Provider groups that are told in other files are fetched from
    there, once each, if a wanted rate names them.

    Raises:
        BrokenFile: the text is no JSON where it was looked at, or ends too early, or goes on after its end.
        OtherFile: it is no in-network file.
    """
    text, tools = Text(read), tools or Tools()
    with ExitStack() as stack:
        spool, addresses = (stack.enter_context(Spool(tools.compress)) for _ in range(2))
        groups = ProviderGroups(query, tools, addresses)
        joining = Joining(query, groups, take, spool)
        try:
            return _Reading(text, query, groups, joining, tools).whole(fetch)
        except NOT_JSON as error:
            raise BrokenFile("a value before is no JSON", text.offset) from error


class _Reading:
    def __init__(self, text: Text, query: Query, groups: ProviderGroups, joining: Joining, tools: Tools) -> None:
        self._text, self._groups, self._joining = text, groups, joining
        self._leap = Leap(text, query, tools)
        self._wanted_rates = WantedRates(text, groups, joining, tools)
        self._items = 0
        self._about: dict[str, str] = {}

    def whole(self, fetch: Fetch | None) -> Receipt:
        text, groups, joining = self._text, self._groups, self._joining
        seen = self._root()
        text.end()
        if not seen:
            raise OtherFile("This is JSON, and no in-network file: it has no in_network.")
        groups.complete(joining.waiting_for(), fetch)
        joining.complete()
        return Receipt(
            text_bytes=text.received,
            items=self._items + self._leap.items,
            wanted_items=joining.wanted_items,
            rates=joining.rates,
            rates_without_providers=groups.without,
            groups=groups.defined,
            our_groups=groups.ours,
            remote_groups=groups.remote,
            remote_unread=groups.unread,
            unresolved_ids=groups.unresolved,
            rows=joining.rows,
            zero_rates=joining.zero,
            coerced=joining.coerced + groups.coerced + self._wanted_rates.coerced,
            schema="1.x" if groups.inline or groups.remote else "2.x" if groups.networks else "unknown",
            about=self._about,
        )

    def _root(self) -> bool:
        """Whether there were items, or at least a place for them."""
        text, seen = self._text, False
        self._open()
        for key in text.members():
            array = text.peek() == ord("[")
            if key == "in_network" and array:
                seen = True
                for _ in text.elements():
                    self._item()
            elif key == "provider_references" and array:
                self._groups.read(text)
                self._groups.known = True
            elif key in _OTHER_FILES and array:
                raise OtherFile(f"This is {_OTHER_FILES[key]}.")
            elif key in _ABOUT and not array:
                self._about[key] = written(text.decoded())
            else:
                text.skip()
        return seen

    def _open(self) -> None:
        """Stand before the document's brace. Raises `OtherFile` if it does not begin with one."""
        text = self._text
        if text.at_end():
            raise OtherFile("The file is empty.")
        if text.held.startswith(_BYTE_ORDER_MARK):
            text.at += len(_BYTE_ORDER_MARK)
        first = text.peek()
        if first == ord("<"):
            raise OtherFile("This is a web page or XML and no JSON: the address or the file is another one.")
        if first != ord("{"):
            raise OtherFile("This is no JSON object, and so no in-network file.")

    def _item(self) -> None:
        """The item that is next, key by key; and all that were leapt to from inside it, up to where the last ends."""
        text = self._text
        if text.peek() != ord("{"):
            text.skip()
            return
        item = Item()
        self._joining.begin()
        for key in text.members():
            if key in FIELDS:
                item = item._replace(**{FIELDS[key]: written(text.decoded())})
            elif key == "negotiated_rates" and text.peek() == ord("["):
                item = self._rates(item)
            else:
                text.skip()
        self._joining.finish(item)

    def _rates(self, item: Item) -> Item:
        """The rates that are next, up to the end of this array or, having leapt, of a later item's; that item."""
        text = self._text
        text.expect("[")
        self._items += 1
        while not text.take("]"):
            leaps = self._joining.wanted(item) is False
            found = self._leap.next_item() if leaps else self._wanted_rates.read(item)
            if found is None:
                return item
            text.at = found.rates
            item = found.head.said()
            self._items += 1
            self._joining.begin()
        return item
