"""The table of attacks, `attacks.toml`, put into every place of `places.toml`: requests to be sent."""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import quote

import msgspec

FOLDER = Path(__file__).parent
_NAMED = re.compile(r"{([^{}]+)}")
_MARK = "@"
"""Where in a text of a place something is put."""
_HERE = "5e1f-here"
"""Stands in a document where something is put."""
_MOST_IN_HEAD = 7_000
"""What is longer is refused before there is a request (`tests/public/test_connection.py`)."""
_PART = '--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n'
FORM = "application/x-www-form-urlencoded"

Who = Literal["nobody", "api", "console"]


class Attack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something in the place of a value: as `text`, as a `json` token, or `percent`-encoded as it stands."""

    name: str
    text: str | None = None
    json: str | None = None
    percent: str | None = None
    times: int = 1

    @property
    def words(self) -> str | None:
        """The text."""
        return None if self.text is None else self.text * self.times

    @property
    def encoded(self) -> str | None:
        """As it stands in an address or a form."""
        if self.percent is not None:
            return self.percent * self.times
        return None if self.words is None else quote(self.words, safe="")

    @property
    def token(self) -> str | None:
        """As it stands in a JSON document."""
        if self.json is not None:
            return self.json * self.times
        return None if self.words is None else json.dumps(self.words)


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something in the place of a whole body."""

    name: str
    text: str = ""
    hex: str = ""
    before: str = ""
    after: str = ""
    times: int = 1
    gzip: int = 0
    sent_as: str | None = None
    encoded: str | None = None

    @property
    def content(self) -> bytes:
        """The bytes."""
        if self.gzip:
            return gzip.compress(b" " * self.gzip)
        return self.before.encode() + (self.text.encode() + bytes.fromhex(self.hex)) * self.times + self.after.encode()


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A header that comes with an ordinary request."""

    name: str
    text: str
    before: str = ""
    after: str = ""
    times: int = 1

    @property
    def value(self) -> bytes:
        """The bytes."""
        return (self.before + self.text * self.times + self.after).encode("latin-1")


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"who": "as"}):
    """An ordinary request, any part of which may be replaced."""

    ask: str
    who: Who = "nobody"
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    body: str | None = None
    text: str | None = None
    type: str = "application/json"
    form: dict[str, str] | None = None
    page: str | None = None

    @property
    def method(self) -> str:
        """GET, say."""
        return self.ask.partition(" ")[0]

    @property
    def path(self) -> str:
        """With names in braces."""
        return self.ask.partition(" ")[2]


class Request(NamedTuple):
    """One request. A console's still lacks the cookie, an API's its key: whoever sends it has them."""

    told: str
    """What is put where, for whoever reads of a failure."""
    who: Who
    method: str
    target: str
    """Path and query, percent-encoded."""
    headers: tuple[tuple[str, bytes], ...] = ()
    body: bytes = b""
    planted: str = ""
    """The text that was put there."""


class Ground(NamedTuple):
    """What a service holds that the places name: ids, and by page what its form holds, its token among it."""

    ids: Mapping[str, str]
    forms: Mapping[str, Mapping[str, str]]


class _Attacks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    attack: tuple[Attack, ...]
    body: tuple[Body, ...]
    header: tuple[Header, ...]


class _Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    place: tuple[Place, ...]


_TABLE = msgspec.toml.decode((FOLDER / "attacks.toml").read_bytes(), type=_Attacks)
ATTACKS, BODIES, HEADERS = _TABLE.attack, _TABLE.body, _TABLE.header
PLACES = msgspec.toml.decode((FOLDER / "places.toml").read_bytes(), type=_Places).place


class Spot(NamedTuple):
    """One part of a place that may be replaced: `kind` is path, query, header, json, text or form."""

    place: Place
    kind: str
    at: Any

    def with_(self, attack: Attack, ground: Ground) -> Request | None:
        """The place's request with the attack there; nothing where the attack has no form for such a spot."""
        put = attack.token if self.kind == "json" else attack.words if self.kind == "text" else attack.encoded
        if self.kind == "header" and attack.words is not None:
            # What no HTTP library sends is tried over a bare socket.
            put = re.sub(r"[\x00-\x1f\x7f]", " ", attack.words).encode("utf-8").decode("latin-1").strip()
        if put is None or (self.kind == "path" and put in ("", ".", "..")):
            return None
        if self.kind in ("path", "query", "header") and len(put) > _MOST_IN_HEAD:
            return None
        told = f"{self.place.ask} {self.kind} {self.at}: {attack.name}"
        return _request(self.place, ground, told, self, put, planted=attack.words or "")


def spots(place: Place, ground: Ground) -> list[Spot]:
    """Every part of the place that may be replaced."""
    found = [Spot(place, "path", name) for name in _NAMED.findall(place.path)]
    found += [Spot(place, "query", name) for name in place.query]
    found += [Spot(place, "header", name) for name in place.headers]
    if place.body is not None:
        found += [Spot(place, "json", pointer) for pointer in _leaves(json.loads(place.body), ())]
    if place.text is not None:
        found += [Spot(place, "text", at) for at in range(place.text.count(_MARK))]
    if place.form is not None:
        found += [Spot(place, "form", name) for name in _filled(place, ground) if name != "csrf"]
    return found


def ordinary(place: Place, ground: Ground) -> Request:
    """The request that the place describes, with nothing replaced."""
    return _request(place, ground, place.ask)


def with_body(place: Place, body: Body, ground: Ground) -> Request:
    """The place's request with another body."""
    asked = _request(place, ground, f"{place.ask} body: {body.name}")
    headers = dict(asked.headers)
    if body.sent_as:
        headers["Content-Type"] = body.sent_as.encode()
    if body.encoded:
        headers["Content-Encoding"] = body.encoded.encode()
    content = body.content
    if token := _filled(place, ground).get("csrf"):
        # A form without it is refused before it is read.
        content = (
            (_PART % token).encode() + content if content.startswith(b"--b") else f"csrf={token}&".encode() + content
        )
    return asked._replace(headers=tuple(headers.items()), body=content)


def with_header(place: Place, header: Header, ground: Ground) -> Request:
    """The place's request with another header."""
    asked = _request(place, ground, f"{place.ask} header {header.name}: {header.text[:40]}")
    headers = {**dict(asked.headers), header.name: header.value}
    return asked._replace(headers=tuple(headers.items()))


def requests(ground: Ground, each: int, chance: Random) -> Iterator[Request]:
    """The table over all places: as many attacks in each spot, every body and header at as many places each."""
    for place in PLACES:
        yield ordinary(place, ground)
        for spot in spots(place, ground):
            made = (spot.with_(attack, ground) for attack in chance.sample(ATTACKS, min(each, len(ATTACKS))))
            yield from filter(None, made)
    posts = [place for place in PLACES if place.method == "POST"]
    for body in BODIES:
        fitting = [place for place in posts if place.type == body.sent_as]
        for place in (*fitting, *chance.sample(posts, min(each, len(posts)))):
            yield with_body(place, body, ground)
    for header in HEADERS:
        for place in chance.sample(PLACES, min(each, len(PLACES))):
            yield with_header(place, header, ground)


def _request(
    place: Place, ground: Ground, told: str, spot: Spot | None = None, put: str = "", planted: str = ""
) -> Request:
    def at(kind: str, where: Any) -> bool:
        return spot is not None and spot.kind == kind and spot.at == where

    def named(found: re.Match[str]) -> str:
        return put if at("path", found[1]) else ground.ids.get(found[1], found[1])

    target = _NAMED.sub(named, place.path)
    query = "&".join(
        f"{name}={put if at('query', name) else quote(_NAMED.sub(named, value), safe='')}"
        for name, value in place.query.items()
    )
    headers = {
        name: (put if at("header", name) else value.replace(_MARK, str(abs(hash(told))))).encode("latin-1")
        for name, value in place.headers.items()
    }
    body = b""
    if place.body is not None:
        document = json.loads(_ids(place.body, ground))
        if spot and spot.kind == "json":
            document = _replaced(document, spot.at)
        body = json.dumps(document).replace(f'"{_HERE}"', put).encode()
    elif place.text is not None:
        parts = place.text.split(_MARK)
        body = "".join(
            part + ("" if each == len(parts) - 1 else put if at("text", each) else "X")
            for each, part in enumerate(parts)
        ).encode()
    elif place.form is not None:
        fields = _filled(place, ground)
        body = "&".join(
            f"{quote(name)}={put if at('form', name) else quote(value, safe='')}" for name, value in fields.items()
        ).encode()
    if place.method == "POST" and (body or place.form is not None):
        headers["Content-Type"] = (FORM if place.form is not None else place.type).encode()
    return Request(
        told, place.who, place.method, target + (f"?{query}" if query else ""), tuple(headers.items()), body, planted
    )


def _ids(text: str, ground: Ground) -> str:
    return re.sub(r"{(\w+)}", lambda found: ground.ids.get(found[1], found[0]), text)


def page_of(place: Place, ground: Ground) -> str:
    """Where the form of the place is."""
    return _ids(place.page or place.path, ground)


def _filled(place: Place, ground: Ground) -> dict[str, str]:
    return {**ground.forms.get(place.ask, {}), **(place.form or {})}


def _leaves(part: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Where the document has a value, and where it has a whole."""
    if at:
        yield at
    children: list[tuple[str | int, Any]] = []
    if isinstance(part, dict):
        children = list(cast("dict[str | int, Any]", part).items())
    elif isinstance(part, list):
        children = list(enumerate(cast("list[Any]", part)))
    for step, child in children:
        yield from _leaves(child, (*at, step))


def _replaced(document: Any, at: tuple[str | int, ...]) -> Any:
    inside = document
    for step in at[:-1]:
        inside = inside[step]
    inside[at[-1]] = _HERE
    return document
