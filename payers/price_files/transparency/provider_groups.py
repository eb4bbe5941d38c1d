"""The provider groups of a payer's file: read where it defines them, and found again where a rate names them."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import Raw, Struct

from payers.price_files.text import NOT_JSON, Text, last_start
from payers.price_files.transparency.groups import OURS, REMOTE, Groups, Id, id_of, ids_of
from payers.price_files.transparency.items import BETWEEN, NULL, Rate
from payers.price_files.transparency.query import Clinic, Match, Query, listed, written
from payers.price_files.transparency.rows import NUMBER, Group
from payers.price_files.transparency.spool import Spool
from payers.price_files.transparency.tools import Tools

Fetch = Callable[[str], bytes | None]
"""The document at an address, or nothing if it cannot be had."""

_WS = rb"[ \t\r\n]*+"
_IN_NETWORK = b'"in_network"'
_GROUP_START = re.compile(rb"\{" + _WS + rb'"(?:provider_group_id|provider_groups|network_name|location)"' + _WS + b":")
_GROUP_ID = re.compile(rb'"provider_group_id"' + _WS + b":" + _WS + rb'("[^"]*"|[^\s,}\]]+)')
_MOST_SEEN = 4 * 1024 * 1024


class _Told(Struct):
    """A group as it is written."""

    provider_group_id: Raw = NULL
    network_name: Any = None
    provider_groups: Any = None
    location: Any = None


_told = msgspec.json.Decoder(list[_Told])
_elsewhere = msgspec.json.Decoder(list[tuple[Raw, Any, str]])


class ProviderGroups:
    """Which groups are the clinic's. Of all others no more is kept than that they are defined.

    `known`: every group of the file was read; `fetched`: and those that it tells in other files. The rest are counts
    for the receipt: groups `defined`, told in other files (`remote`), and of these needed and not read (`unread`);
    rates that name nobody (`without`); values of another type than the schema's (`coerced`). `inline`: some rates tell
    their groups themselves, as schema 1.x has it; `networks`: some groups name theirs, as schema 2.x has it.
    """

    def __init__(self, query: Query, tools: Tools, addresses: Spool) -> None:
        self._clinic = Clinic(query)
        self._tools = tools
        self._groups = Groups()
        self._addresses = addresses
        self._seen: dict[bytes, list[Group]] = {}
        self._seen_bytes = 0
        self.known = self.fetched = self.inline = self.networks = False
        self.defined = self.remote = self.unread = self.without = self._odd = 0

    @property
    def ours(self) -> int:
        """How many groups of the file are the clinic's."""
        return len(self._groups.ours)

    @property
    def unresolved(self) -> int:
        """How many ids rates named that no group has."""
        return len(self._groups.unresolved)

    @property
    def coerced(self) -> int:
        """How many values had another type or spelling than the schema's."""
        return self._odd + self._clinic.coerced

    def of(self, rate: Rate) -> list[Group] | None:
        """The clinic's groups that a rate is for; absent as long as that cannot be told."""
        inline, references = bytes(rate.provider_groups), bytes(rate.provider_references)
        if inline == references == b"null":
            self.without += 1
        referred = self._seen.get(references)
        if referred is None:
            referred = [] if references == b"null" else self._referred(references)
            if referred is None:
                return None
            self._remember(references, referred)
        if inline == b"null":
            return referred
        self.inline = True
        matches = self._clinic.matches(msgspec.json.decode(inline)) if self.may_be_ours(inline) else []
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
        if not self.known:
            return None
        ids = ids_of(references)
        kinds = self._groups.kinds(ids)
        most = max(kinds, default=0)
        if most & REMOTE and not self.fetched:
            return None
        if 0 in kinds:
            self._groups.note_unresolved(each for each, kind in zip(ids, kinds, strict=True) if not kind)
        if most < OURS:
            return []
        return [
            group for each, kind in zip(ids, kinds, strict=True) if kind & OURS for group in self._groups.ours[each]
        ]

    def may_be_ours(self, groups: bytes) -> bool:
        """Whether what tells the clinic stands somewhere in them, or may."""
        find = self._tools.find
        return any(find(groups, mark, 0) >= 0 for mark in self._clinic.marks) or self._tools.has_escapes(groups)

    def read(self, text: Text) -> None:
        """Define the groups of the array that is next; of those that are not the clinic's only the ids are read.

        Raises:
            BrokenFile: a group is no JSON where it was looked at, or the text ends too early.
        """
        text.expect("[")
        if text.take("]"):
            return
        while True:
            held = text.held
            items = self._tools.find(held, _IN_NETWORK, text.at)
            stop = len(held) if items < 0 else items
            start = last_start(_GROUP_START, held, text.at, stop)
            if start > text.at and self._between(held[text.at : start]):
                text.at = start
                continue
            doubt = text.offset + max(start, text.at) - text.at
            if items < 0 and text.extend():
                continue
            if not text.singly(doubt, partial(self._one, text)):
                return

    def _between(self, text: bytes) -> bool:
        """Define the groups of a part of the list; not if something else lies in it."""
        find = self._tools.find
        places: dict[int, int] = {}
        if self._tools.has_escapes(text):
            places[0] = len(text)
        else:
            for mark in (*self._clinic.marks, b'"location"'):
                at = find(text, mark, 0)
                while at >= 0:
                    start = max(last_start(_GROUP_START, text, 0, at), 0)
                    following = _GROUP_START.search(text, at)
                    end = places[start] = following.start() if following else len(text)
                    at = find(text, mark, end)
        try:
            told = [
                group
                for start, end in places.items()
                for group in _told.decode(b"[" + text[start:end].rstrip(BETWEEN) + b"]")
            ]
            ids = _ids(_GROUP_ID.findall(text))
        except NOT_JSON:
            return False
        self.defined += len(ids)
        self.networks = self.networks or find(text, b'"network_name"', 0) >= 0
        self._groups.define(ids) if ids else None
        self._tell([(each, self._clinic.matches(each.provider_groups)) for each in told])
        return True

    def _one(self, text: Text) -> None:
        """The group that is next, key by key, so that its members need not be held."""
        if text.peek() != ord("{"):
            self._odd += 1
            text.skip()
            return
        group = _Told()
        matches: list[Match] = []
        for key in text.members():
            if key == "provider_groups" and text.peek() == ord("["):
                for _ in text.elements():
                    if self.may_be_ours(providers := text.value()):
                        matches += self._clinic.matches(msgspec.json.decode(providers))
            elif key == "provider_group_id":
                group.provider_group_id = Raw(text.value())
            elif key in {"network_name", "location"}:
                setattr(group, key, text.decoded())
            else:
                text.skip()
        self.defined += 1
        self.networks = self.networks or group.network_name is not None
        self._groups.define([id_of(bytes(group.provider_group_id))])
        self._tell([(group, matches)])

    def _tell(self, told: list[tuple[_Told, list[Match]]]) -> None:
        """Note which groups are the clinic's, and which are told elsewhere."""
        elsewhere: list[tuple[Raw, Any, str]] = []
        for group, matches in told:
            id = bytes(group.provider_group_id)
            if isinstance(group.location, str):
                elsewhere.append((group.provider_group_id, group.network_name, group.location))
                self._groups.define([id_of(id)], REMOTE)
            self._are_ours(id, group.network_name, matches)
        self.remote += len(elsewhere)
        if elsewhere:
            self._addresses.put(msgspec.json.encode(elsewhere))

    def _are_ours(self, id: bytes, networks: Any, matches: list[Match]) -> None:
        if matches:
            names = tuple(map(written, listed(networks)))
            self._groups.add(id_of(id), [Group(_number(id), names, match.tin, match.by) for match in matches])

    def complete(self, named: Iterable[Id], fetch: Fetch | None) -> None:
        """The file was read to its end: of the groups told elsewhere read those that are named, each address once.

        `named` are the ids of rates that wait; they are asked for only if some groups are told elsewhere.
        """
        self.known = True
        for address, ids in (self._needed(set(named)) if self.remote else {}).items():
            document = fetch(address) if fetch else None
            groups = None if document is None else _groups_in(document)
            if groups is None:
                self.unread += len(ids)
                self._groups.note_unresolved(id_of(bytes(id)) for id, _ in ids)
                continue
            matches = self._clinic.matches(groups)
            for id, networks in ids:
                self._are_ours(bytes(id), networks, matches)
        self.fetched = True

    def _needed(self, named: set[Id]) -> dict[str, list[tuple[Raw, Any]]]:
        """The addresses that tell these groups, with the id and the networks of each."""
        needed: dict[str, list[tuple[Raw, Any]]] = {}
        for piece in self._addresses.pieces(0, self._addresses.mark()):
            for id, networks, address in _elsewhere.decode(piece):
                if id_of(bytes(id)) in named:
                    needed.setdefault(address, []).append((Raw(bytes(id)), networks))
        return needed


def _ids(found: Sequence[bytes]) -> list[Id]:
    try:
        return list(map(int, found))
    except ValueError:
        return [id_of(each) for each in found]


def _number(id: bytes) -> Raw:
    """The id as a number, if it is one that was written as text."""
    text = msgspec.json.decode(id, type=str).strip() if id.startswith(b'"') else ""
    return Raw(text.encode()) if NUMBER.fullmatch(text.encode()) else Raw(id)


def _groups_in(document: bytes) -> list[Any] | None:
    """Those of a file of provider groups; nothing if it is none."""
    try:
        return listed(msgspec.json.decode(document, type=dict[str, Any])["provider_groups"])
    except (*NOT_JSON, KeyError):
        return None
