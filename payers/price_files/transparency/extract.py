"""The clinic's rates out of a payer's in-network file, in one pass and bounded memory.

Nearly everything in such a file is about other codes and other clinics. It is leapt over: the next item is found by the
bytes of a key that only items have. That is exact, because in JSON a quote inside a string is written with a backslash,
so that a bare quote, letters and a bare quote are never inside one; and what such a leap cannot be sure of, like a key
written with escapes, is read bracket by bracket. What is leapt over is not checked for being JSON.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from payers.price_files.text import NOT_JSON, PIECE, BrokenFile, Read, Text, last_start
from payers.price_files.transparency.groups import OURS, REMOTE, Groups, Id, id_of, ids_of
from payers.price_files.transparency.query import Clinic, Match, Query, listed, written
from payers.price_files.transparency.receipt import Receipt
from payers.price_files.transparency.rows import NUMBER, Group, Item, Price, Row, rows_of
from payers.price_files.transparency.spool import Compress, Spool
from payers.price_files.unreadable import Unreadable

Find = Callable[[bytes, bytes, int], int]
"""Where the second stands in the first, from a place on; -1 if nowhere."""
Take = Callable[[list[Row]], object]
Fetch = Callable[[str], bytes | None]
"""The document at an address, or nothing if it cannot be had."""


class OtherFile(Unreadable):
    """The file is readable and no in-network file."""


class Tools(NamedTuple):
    """What finds bytes and what compresses them; faster ones than Python's own may be had."""

    find: Find = bytes.find
    compress: Compress = zlib.compress


_WS = rb"[ \t\r\n]*+"
_RATES, _PRICES, _IN_NETWORK = b'"negotiated_rates"', b'"negotiated_prices"', b'"in_network"'
_PLAIN_ARRAY = _RATES + b":["
_RATES_ARRAY = re.compile(_RATES + _WS + b":" + _WS + rb"\[")
_PRICES_KEY = re.compile(_PRICES + _WS + b":")
_RATE_START = re.compile(rb"\{" + _WS + rb'"(?:provider_references|negotiated_prices|provider_groups)"' + _WS + b":")
_GROUP_START = re.compile(rb"\{" + _WS + rb'"(?:provider_group_id|provider_groups|network_name|location)"' + _WS + b":")
_GROUP_ID = re.compile(rb'"provider_group_id"' + _WS + b":" + _WS + rb'("[^"]*"|[^\s,}\]]+)')
_ESCAPE = b"\\u00"
_ESCAPED_KEY_OR_DIGIT = re.compile(rb"\\u00(?:3[0-9]|[4-7])")
_ESCAPE_BYTES = 6
_ZERO = re.compile(rb"-?0(?:\.0*)?(?:[eE].*)?")
_BETWEEN = b" \t\r\n,"
_LONGEST_HEAD = 4096
_MOST_BRACES = 8
_MOST_BLANKS = 64
_MOST_SEEN = 4 * 1024 * 1024
_FILLED_PIECE = 256 * 1024
_NULL = Raw(b"null")
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


class _Rate(Struct):
    provider_references: Raw = _NULL
    provider_groups: Raw = _NULL
    negotiated_prices: Raw = _NULL


class _Head(Struct):
    billing_code_type: Any = None
    billing_code: Any = None
    negotiation_arrangement: Any = None


class _WholeItem(_Head):
    negotiated_rates: list[_Rate] = []


class _Group(Struct):
    provider_group_id: Raw = _NULL
    network_name: Any = None
    provider_groups: Any = None
    location: Any = None


class _NextItem(NamedTuple):
    """An item that begins in what is held: its first byte, the first of its rates, what it said before them."""

    start: int
    rates: int
    head: _Head


class _Kept(NamedTuple):
    """An item with rates that wait in the spool."""

    start: int
    end: int
    item: Item


_FIELDS = {name: position for position, name in enumerate(_Head.__struct_fields__)}
_heads = msgspec.json.Decoder(_Head)
_items = msgspec.json.Decoder(_WholeItem)
_rates = msgspec.json.Decoder(list[_Rate])
_groups = msgspec.json.Decoder(list[_Group])
_prices = msgspec.json.Decoder(list[Price])
_price, _raws = msgspec.json.Decoder(Price), msgspec.json.Decoder(list[Raw])
_elsewhere = msgspec.json.Decoder(list[tuple[Raw, Any, str]])


def extract(read: Read, query: Query, take: Take, tools: Tools | None = None, fetch: Fetch | None = None) -> Receipt:
    """Read a file to its end and hand over the clinic's rates as they are found, in no particular order.

    What was handed over counts only if this returns. Provider groups that are told in other files are fetched from
    there, once each, if a wanted rate names them.

    Raises:
        BrokenFile: the text is no JSON where it was looked at, or ends too early, or goes on after its end.
        OtherFile: it is no in-network file.
    """
    text = Text(read)
    with ExitStack() as stack:
        try:
            return _Reading(text, query, take, tools or Tools(), fetch, stack).whole()
        except NOT_JSON as error:
            raise BrokenFile("a value before is no JSON", text.offset) from error


class _Reading:
    def __init__(
        self, text: Text, query: Query, take: Take, tools: Tools, fetch: Fetch | None, stack: ExitStack
    ) -> None:
        self._text, self._hand_over, self._find, self._fetch = text, take, tools.find, fetch
        # Python finds one byte much faster than four; others do not.
        self._escape = b"\\" if tools.find is bytes.find else _ESCAPE
        self._codes = {(kind, code.strip()) for kind in query.billing_code_types for code in query.codes}
        self._clinic = Clinic(query)
        self._groups = Groups()
        self._spool = stack.enter_context(Spool(tools.compress))
        self._addresses = stack.enter_context(Spool(tools.compress))
        self._kept: list[_Kept] = []
        self._mark = 0
        self._groups_known = False
        self._fetched = False
        self._clean_to = 0
        self._escape_at = -1
        self._about: dict[str, str] = {}
        self._counts = dict.fromkeys(
            ("items", "wanted_items", "rates", "without", "groups", "remote", "unread", "rows", "zero", "coerced"), 0
        )
        self._inline = self._networks = False
        self._seen: dict[bytes, list[Group]] = {}
        self._seen_bytes = 0

    def whole(self) -> Receipt:
        text, count = self._text, self._counts
        seen = self._root()
        text.end()
        if not seen:
            raise OtherFile("This is JSON, and no in-network file: it has no in_network.")
        self._groups_known = True
        self._fetch_remote()
        self._fetched = True
        for kept in self._kept:
            for piece in self._spool.pieces(kept.start, kept.end):
                self._match(kept.item, _rates.decode(piece))
        return Receipt(
            text_bytes=text.received,
            items=count["items"],
            wanted_items=count["wanted_items"],
            rates=count["rates"],
            rates_without_providers=count["without"],
            groups=count["groups"],
            our_groups=len(self._groups.ours),
            remote_groups=count["remote"],
            remote_unread=count["unread"],
            unresolved_ids=len(self._groups.unresolved),
            rows=count["rows"],
            zero_rates=count["zero"],
            coerced=count["coerced"] + self._clinic.coerced,
            schema="1.x" if self._inline or count["remote"] else "2.x" if self._networks else "unknown",
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
                self._references()
                self._groups_known = True
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

    # Items

    def _item(self) -> None:
        """The item that is next, key by key; and all that were leapt to from inside it, up to where the last ends."""
        text = self._text
        if text.peek() != ord("{"):
            text.skip()
            return
        item = Item()
        self._mark = self._spool.mark()
        for key in text.members():
            if key in _FIELDS:
                item = item._replace(**{Item._fields[_FIELDS[key]]: written(text.decoded())})
            elif key == "negotiated_rates" and text.peek() == ord("["):
                item = self._rates(item)
            else:
                text.skip()
        self._finish(item)

    def _rates(self, item: Item) -> Item:
        """The rates that are next, up to the end of this array or, having leapt, of a later item's; that item."""
        text = self._text
        text.expect("[")
        self._counts["items"] += 1
        while not text.take("]"):
            later = self._leap(item) if self._wanted(item) is False else self._collect(item)
            if later is None:
                return item
            item = later
        return item

    def _wanted(self, item: Item) -> bool | None:
        """Absent as long as the item has not said enough."""
        if item.code is None or item.code_type is None:
            return None
        return (item.code_type, item.code) in self._codes

    def _finish(self, item: Item) -> None:
        """The item has said all."""
        end = self._spool.mark()
        if not self._wanted(item):
            self._spool.take_back(self._mark)
            return
        self._counts["wanted_items"] += 1
        if end > self._mark:
            self._kept.append(_Kept(self._mark, end, item))

    def _begin(self, found: _NextItem) -> Item:
        """Stand before the rates of an item that was found."""
        self._text.at = found.rates
        self._counts["items"] += 1
        self._mark = self._spool.mark()
        return _said(found.head)

    def _next_item(self, at: int) -> _NextItem | None:
        """The item whose rates' key stands there, if all that it says before is flat; else it must be read on."""
        held = self._text.held
        rates = at + len(_PLAIN_ARRAY)
        if held[at:rates] != _PLAIN_ARRAY:
            array = _RATES_ARRAY.match(held, at)
            if array is None:
                return None
            rates = array.end()
        start, lowest = at, max(self._text.at, at - _LONGEST_HEAD)
        for _ in range(_MOST_BRACES):
            start = held.rfind(b"{", lowest, start)
            if start < 0:
                return None
            try:
                head = _heads.decode(held[start:at].rstrip(_BETWEEN) + b"}")
            except NOT_JSON:
                continue  # the brace is inside a string, or opens something that is not flat
            if _follows(held, lowest, start, b","):
                return _NextItem(start, rates, head)
            return None  # it is the first of another array
        return None

    def _leap(self, item: Item) -> Item | None:
        """Leave the rates of an item that is not wanted: the next item that may be, or nothing at the array's end.

        It begins before a rate. Later it may stand before the key of a rate's prices: the last place that is certain.
        """
        text, find, codes = self._text, self._find, self._codes
        inside = False
        while True:
            escape = self._next_escape()
            held = text.held
            at = find(held, _RATES, text.at)
            while 0 <= at < escape and (found := self._next_item(at)):
                inside = False
                code, kind = found.head.billing_code, found.head.billing_code_type
                if type(code) is not str or type(kind) is not str or (kind.strip(), code.strip()) in codes:
                    return self._begin(found)
                text.at = found.rates
                self._counts["items"] += 1
                at = find(held, _RATES, text.at)
            stop = min(escape, len(held) if at < 0 else at)
            place = self._last_prices(text.at, stop)
            moved = place > text.at
            if moved:
                text.at, inside = place, True
            if stop == len(held) and (moved or len(held) - text.at < 2 * PIECE) and text.more():
                continue
            # Not sure, or at the end: bracket by bracket, past what was doubtful.
            if not self._pass(text.offset + stop - text.at, inside=inside):
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
        while text.offset <= doubt:
            text.skip()
            if not text.another():
                return False
        return True

    def _last_prices(self, lowest: int, end: int) -> int:
        """Where in what is held the last key of a rate's prices stands; -1 if nowhere."""
        held, at = self._text.held, end
        while (at := held.rfind(_PRICES, lowest, at)) > lowest:
            if _PRICES_KEY.match(held, at) and _follows(held, lowest, at, b"{,"):
                return at
        return -1

    def _next_escape(self) -> int:
        """Where in what is held a key or a number may be written with escapes; its end if nowhere."""
        text = self._text
        held, gone = text.held, text.offset - text.at
        if self._escape_at < text.offset:
            at = max(self._clean_to - _ESCAPE_BYTES - gone, text.at)
            while (at := self._find(held, self._escape, at)) >= 0:
                if _ESCAPED_KEY_OR_DIGIT.match(held, at):
                    self._escape_at = gone + at
                    return at
                at += 1
            self._clean_to = text.received
            return len(held)
        return self._escape_at - gone

    def _collect(self, item: Item) -> Item | None:
        """Read the rates of an item that is wanted, or may be: the next item, or nothing at the array's end."""
        text = self._text
        while True:
            held = text.held
            at = self._find(held, _RATES, text.at)
            found = self._next_item(at) if at >= 0 else None
            if found:
                try:
                    whole = _items.decode(b'{"negotiated_rates":[' + held[text.at : found.start].rstrip(_BETWEEN))
                except NOT_JSON:
                    pass  # more than the rest of one item lies between
                else:
                    said = _said(whole)
                    item = Item(*(old if old is not None else new for old, new in zip(item, said, strict=True)))
                    self._match_or_keep(item, whole.negotiated_rates)
                    self._finish(item)
                    return self._begin(found)
            stop = len(held) if at < 0 else at
            start = last_start(_RATE_START, held, text.at, stop)
            if start > text.at and self._collect_between(item, start):
                text.at = start
                continue
            if at < 0 and len(held) - text.at < 2 * PIECE and text.more():
                continue
            past = text.offset + max(start, text.at) - text.at
            while text.offset <= past:
                self._rate(item)
                if not text.another():
                    return None

    def _collect_between(self, item: Item, end: int) -> bool:
        """Read the rates up to the start of another; not if something else lies between."""
        text = self._text
        try:
            rates = _rates.decode(b"[" + text.held[text.at : end].rstrip(_BETWEEN) + b"]")
        except NOT_JSON:
            return False
        self._match_or_keep(item, rates)
        return True

    def _rate(self, item: Item) -> None:
        """The rate that is next, key by key, so that neither its prices nor its providers need to be held."""
        text = self._text
        if text.peek() != ord("{"):
            self._counts["coerced"] += 1
            text.skip()
            return
        references, providers = _NULL, list[bytes]()
        told = False
        prices: list[bytes] = []
        for key in text.members():
            array = text.peek() == ord("[")
            if key == "provider_references":
                references = Raw(text.value())
            elif key == "provider_groups" and array:
                told = True
                for _ in text.elements():
                    providers += [each] if self._may_be_ours(each := text.value()) else []
            elif key == "negotiated_prices" and array:
                prices = self._packed_values()
            else:
                text.skip()
        groups = Raw(b"[" + b",".join(providers) + b"]") if told else _NULL
        for some in prices:
            rate = _Rate(references, groups, Raw(b"[" + zlib.decompress(some) + b"]"))
            try:
                self._match_or_keep(item, [rate])
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

    def _match_or_keep(self, item: Item, rates: list[_Rate]) -> None:
        """Hand over what is the clinic's, and keep what cannot be told yet."""
        self._counts["rates"] += len(rates)
        waiting = rates if None in item or not self._wanted(item) else self._match(item, rates)
        if waiting:
            self._spool.put(msgspec.json.encode(waiting))

    def _match(self, item: Item, rates: list[_Rate]) -> list[_Rate]:
        """Hand over what is the clinic's; the rates that must wait for groups that are not read yet."""
        waiting: list[_Rate] = []
        for rate in rates:
            groups = self._groups_of(rate)
            if groups is None:
                waiting.append(rate)
            elif groups:
                found = rows_of(item, self._prices(bytes(rate.negotiated_prices)), groups)
                self._counts["coerced"] += found.coerced
                self._counts["rows"] += len(found.rows)
                self._counts["zero"] += sum(bool(_ZERO.fullmatch(row.negotiated_rate)) for row in found.rows)
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
                self._counts["coerced"] += 1
        return found

    # Provider groups

    def _groups_of(self, rate: _Rate) -> list[Group] | None:
        """The clinic's groups that a rate is for; absent as long as that cannot be told."""
        inline, references = bytes(rate.provider_groups), bytes(rate.provider_references)
        if inline == references == b"null":
            self._counts["without"] += 1
        referred = self._seen.get(references)
        if referred is None:
            referred = [] if references == b"null" else self._referred(references)
            if referred is None:
                return None
            self._remember(references, referred)
        if inline == b"null":
            return referred
        self._inline = True
        matches = self._clinic.matches(msgspec.json.decode(inline)) if self._may_be_ours(inline) else []
        return [*(Group(None, (), match.tin, match.by) for match in matches), *referred]

    def _remember(self, references: bytes, groups: list[Group]) -> None:
        """The same list of ids stands in many rates."""
        self._seen_bytes += len(references)
        if self._seen_bytes > _MOST_SEEN:
            self._seen.clear()
            self._seen_bytes = 0
        self._seen[references] = groups

    def _referred(self, references: bytes) -> list[Group] | None:
        """The clinic's groups among those that a rate names by their ids; absent as long as that cannot be told."""
        if not self._groups_known:
            return None
        ids = ids_of(references)
        kinds = self._groups.kinds(ids)
        most = max(kinds, default=0)
        if most & REMOTE and not self._fetched:
            return None
        if 0 in kinds:
            self._groups.note_unresolved(each for each, kind in zip(ids, kinds, strict=True) if not kind)
        if most < OURS:
            return []
        return [
            group for each, kind in zip(ids, kinds, strict=True) if kind & OURS for group in self._groups.ours[each]
        ]

    def _may_be_ours(self, groups: bytes) -> bool:
        """Whether what tells the clinic stands somewhere in them, or may."""
        return any(self._find(groups, mark, 0) >= 0 for mark in self._clinic.marks) or self._has_escapes(groups)

    def _has_escapes(self, text: bytes) -> bool:
        return self._find(text, self._escape, 0) >= 0 and bool(_ESCAPED_KEY_OR_DIGIT.search(text))

    def _references(self) -> None:
        """Define the file's groups; of those that are not the clinic's only the ids are read."""
        text = self._text
        text.expect("[")
        if text.take("]"):
            return
        while True:
            held = text.held
            items = self._find(held, _IN_NETWORK, text.at)
            stop = len(held) if items < 0 else items
            start = last_start(_GROUP_START, held, text.at, stop)
            if start > text.at and self._groups_between(held[text.at : start]):
                text.at = start
                continue
            if items < 0 and len(held) - text.at < 2 * PIECE and text.more():
                continue
            past = text.offset + max(start, text.at) - text.at
            while text.offset <= past:
                self._group()
                if not text.another():
                    return

    def _groups_between(self, text: bytes) -> bool:
        """Define the groups of a part of the list; not if something else lies in it."""
        places: dict[int, int] = {}
        if self._has_escapes(text):
            places[0] = len(text)
        else:
            for mark in (*self._clinic.marks, b'"location"'):
                at = self._find(text, mark, 0)
                while at >= 0:
                    start = max(last_start(_GROUP_START, text, 0, at), 0)
                    following = _GROUP_START.search(text, at)
                    end = places[start] = following.start() if following else len(text)
                    at = self._find(text, mark, end)
        try:
            told = [
                group
                for start, end in places.items()
                for group in _groups.decode(b"[" + text[start:end].rstrip(_BETWEEN) + b"]")
            ]
            ids = _ids(_GROUP_ID.findall(text))
        except NOT_JSON:
            return False
        self._counts["groups"] += len(ids)
        self._networks = self._networks or self._find(text, b'"network_name"', 0) >= 0
        self._groups.define(ids) if ids else None
        self._tell([(each, self._clinic.matches(each.provider_groups)) for each in told])
        return True

    def _group(self) -> None:
        """The group that is next, key by key, so that its members need not be held."""
        text = self._text
        if text.peek() != ord("{"):
            self._counts["coerced"] += 1
            text.skip()
            return
        group = _Group()
        matches: list[Match] = []
        for key in text.members():
            if key == "provider_groups" and text.peek() == ord("["):
                for _ in text.elements():
                    if self._may_be_ours(providers := text.value()):
                        matches += self._clinic.matches(msgspec.json.decode(providers))
            elif key == "provider_group_id":
                group.provider_group_id = Raw(text.value())
            elif key in {"network_name", "location"}:
                setattr(group, key, text.decoded())
            else:
                text.skip()
        self._counts["groups"] += 1
        self._networks = self._networks or group.network_name is not None
        self._groups.define([id_of(bytes(group.provider_group_id))])
        self._tell([(group, matches)])

    def _tell(self, told: list[tuple[_Group, list[Match]]]) -> None:
        """Note which groups are the clinic's, and which are told elsewhere."""
        elsewhere: list[tuple[Raw, Any, str]] = []
        for group, matches in told:
            id = bytes(group.provider_group_id)
            if isinstance(group.location, str):
                elsewhere.append((group.provider_group_id, group.network_name, group.location))
                self._groups.define([id_of(id)], REMOTE)
            self._are_ours(id, group.network_name, matches)
        self._counts["remote"] += len(elsewhere)
        if elsewhere:
            self._addresses.put(msgspec.json.encode(elsewhere))

    def _are_ours(self, id: bytes, networks: Any, matches: list[Match]) -> None:
        if matches:
            names = tuple(map(written, listed(networks)))
            self._groups.add(id_of(id), [Group(_number(id), names, match.tin, match.by) for match in matches])

    def _fetch_remote(self) -> None:
        """Read the groups told elsewhere that wanted rates name, each address once."""
        if not self._counts["remote"]:
            return
        needed: set[Id] = set()
        for kept in self._kept:
            for piece in self._spool.pieces(kept.start, kept.end):
                needed.update(each for rate in _rates.decode(piece) for each in ids_of(bytes(rate.provider_references)))
        wanted: dict[str, list[tuple[Raw, Any]]] = {}
        for piece in self._addresses.pieces(0, self._addresses.mark()):
            for id, networks, address in _elsewhere.decode(piece):
                if id_of(bytes(id)) in needed:
                    wanted.setdefault(address, []).append((Raw(bytes(id)), networks))
        for address, ids in wanted.items():
            document = self._fetch(address) if self._fetch else None
            groups = None if document is None else _provider_groups(document)
            if groups is None:
                self._counts["unread"] += len(ids)
                self._groups.note_unresolved(id_of(bytes(id)) for id, _ in ids)
                continue
            matches = self._clinic.matches(groups)
            for id, networks in ids:
                self._are_ours(bytes(id), networks, matches)


def _said(head: _Head) -> Item:
    said = (head.billing_code_type, head.billing_code, head.negotiation_arrangement)
    return Item(*(None if each is None else written(each) for each in said))


def _follows(text: bytes, lowest: int, at: int, characters: bytes) -> bool:
    """Whether one of these stands before a place, a few blanks aside."""
    if text[at - 1] in characters:
        return at > lowest
    before = text[max(lowest, at - _MOST_BLANKS) : at].rstrip()
    return bool(before) and before[-1] in characters


def _ids(found: Sequence[bytes]) -> list[Id]:
    try:
        return list(map(int, found))
    except ValueError:
        return [id_of(each) for each in found]


def _number(id: bytes) -> Raw:
    """The id as a number, if it is one that was written as text."""
    text = msgspec.json.decode(id, type=str).strip() if id.startswith(b'"') else ""
    return Raw(text.encode()) if NUMBER.fullmatch(text.encode()) else Raw(id)


def _provider_groups(document: bytes) -> list[Any] | None:
    """Those of a file of provider groups; nothing if it is none."""
    try:
        return listed(msgspec.json.decode(document, type=dict[str, Any])["provider_groups"])
    except (*NOT_JSON, KeyError):
        return None
