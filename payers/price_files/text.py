"""JSON that comes in pieces, read from front to back in bounded memory."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import msgspec

from payers.price_files.unreadable import Unreadable

NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises."""
Read = Callable[[int], bytes]
"""At most so many of the next bytes; none at the end."""

PIECE = 512 * 1024
"""Bytes that are read at once: what stays in the processor's own memory is found fastest."""
_BRIDGE = 32 * 1024
LONGEST_VALUE = 8 * 1024 * 1024
"""Bytes of one value that must be held whole."""

_BLANKS = re.compile(rb"[ \t\r\n]*+")
_STRING = rb'"(?:[^"\\]|\\.)*+"'
_FLAT = rb'[\[{](?:[^"\[\]{}]++|%b)*+[\]}]' % _STRING
_TO_BRACKET = re.compile(
    rb'(?:[^"\[\]{}]++|%b|[\[{](?:[^"\[\]{}]++|%b|%b)*+[\]}])*+' % (_STRING, _STRING, _FLAT), re.DOTALL
)
"""Over everything, lists and objects with no more than flat ones in them, up to the bracket of a deeper one."""
_SCALAR = re.compile(rb"%b|[^\s,:\[\]{}\"]++" % _STRING, re.DOTALL)
_OPENING, _QUOTE = frozenset(b"[{"), ord('"')
_anything = msgspec.json.Decoder(Any)
_key = msgspec.json.Decoder(str)


class BrokenFile(Unreadable):
    """The file cannot be read to its end: what is wrong, and at which byte of its text."""

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(f"It breaks at byte {offset} of its text: {problem}. Remedy: fetch it again.")
        self.problem, self.offset = problem, offset


class Text:
    """The text from `at` on, as far as it was read: `held[at:]`. Bytes before `at` are let go with the next piece."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.held: bytes = b""
        self.at = 0
        self._gone = 0
        self._piece = b""
        self._bridge = 0

    @property
    def offset(self) -> int:
        """How far into the whole text `at` is."""
        return self._gone + self.at

    @property
    def received(self) -> int:
        """How much of the text came so far."""
        return self._gone + len(self.held)

    def more(self) -> bool:
        """Read on, and let go what lies before `at`, even at the end. Whether there was more."""
        if self._piece:
            return self._whole_piece()
        left = len(self.held) - self.at
        tail = self.held[self.at :]
        self._gone += self.at
        self.held, self.at = tail, 0  # first: what comes is best put where the processor has what was let go
        piece = self._read(max(PIECE, left))  # what is kept is copied, so it must not grow by small steps
        if not piece:
            return False
        if left < len(piece) // 4 > _BRIDGE:
            # To copy a piece costs as much as to search it, and what was begun nearly always ends in its first part.
            self.held, self._piece, self._bridge = tail + piece[:_BRIDGE], piece, left
        else:
            self.held = tail + piece
        return True

    def _whole_piece(self) -> bool:
        """After the first part of a piece comes all of it, by itself if nothing from before it is needed any more."""
        before = self._bridge - self.at
        self._gone += self.at
        if before <= 0:
            self.held, self.at = self._piece, -before
            self._gone += before
        else:
            self.held, self.at = self.held[self.at : self._bridge] + self._piece, 0
        self._piece = b""
        return True

    def extend(self) -> bool:
        """Read on, unless more than a piece is held already. Whether there was more."""
        return len(self.held) - self.at < 2 * PIECE and self.more()

    def broken(self, problem: str) -> NoReturn:
        """Say what is wrong where the reading stands. Raises `BrokenFile`."""
        raise BrokenFile(problem, self.offset)

    def peek(self) -> int:
        """The next byte that is not blank, which is not taken. Raises `BrokenFile` at the end of the text."""
        while True:
            self.at = _end(_BLANKS, self.held, self.at)
            if self.at < len(self.held):
                return self.held[self.at]
            if not self.more():
                self.broken("the text ends before its last bracket")

    def at_end(self) -> bool:
        """Whether nothing but blanks is left."""
        while True:
            self.at = _end(_BLANKS, self.held, self.at)
            if self.at < len(self.held):
                return False
            if not self.more():
                return True

    def end(self) -> None:
        """Nothing but blanks may be left. Raises `BrokenFile`."""
        if not self.at_end():
            self.broken("something follows the end of the document")

    def take(self, character: str) -> bool:
        """Whether this is next; if so, it is taken."""
        if self.peek() != ord(character):
            return False
        self.at += 1
        return True

    def expect(self, character: str) -> None:
        """Take what must be next. Raises `BrokenFile`."""
        if not self.take(character):
            self.broken(f"{character!r} is expected and {chr(self.peek())!r} stands there")

    def members(self) -> Iterator[str]:
        """The keys of the object that is next; whoever takes a key reads or skips its value."""
        self.expect("{")
        if not self.take("}"):
            yield self.key()
            yield from self.other_members()

    def other_members(self) -> Iterator[str]:
        """The keys that follow a value inside an object."""
        while not self.take("}"):
            self.expect(",")
            yield self.key()

    def key(self) -> str:
        """A key with its colon, decoded. Raises `BrokenFile`."""
        if self.peek() != _QUOTE:
            self.broken("a key is expected")
        key: str = self._decode(_key, self._scalar(), "a key is no JSON")
        self.expect(":")
        return key

    def elements(self) -> Iterator[None]:
        """Stands before each element of the array that is next; whoever is told reads or skips it."""
        self.expect("[")
        if not self.take("]"):
            yield
            while self.another():
                yield

    def runs(self, start: re.Pattern[bytes], decoder: msgspec.json.Decoder[list[Any]]) -> Iterator[list[Any]]:
        """The elements of the array that is next, decoded, as many at once as came.

        `start` is how an element usually begins, so that the last one that came is found from behind. It decides
        nothing: what lies before it is a run of elements if it can be decoded as one, since brackets would miss else.

        Raises:
            BrokenFile: an element is no JSON, or too long to hold.
        """
        self.expect("[")
        if self.take("]"):
            return
        while True:
            last = last_start(start, self.held, self.at, len(self.held))
            if last > self.at and (run := self._run(last, decoder)) is not None:
                self.at = last
                yield run
                continue
            doubt = self.offset + max(last - self.at, 0)
            if self.extend():
                continue
            while self.offset <= doubt:
                yield self._decode(decoder, b"[" + self.value() + b"]", "a value is no JSON")
                if not self.another():
                    return

    def _run(self, end: int, decoder: msgspec.json.Decoder[list[Any]]) -> list[Any] | None:
        """The elements up to the one that begins at `end`, if something else does not lie between."""
        run = self.held[self.at : end].rstrip()
        try:
            return decoder.decode(b"[" + run[:-1] + b"]") if run.endswith(b",") else None
        except NOT_JSON:
            return None

    def another(self) -> bool:
        """Whether an element follows the one before; if not, the array's closing bracket is taken."""
        if self.take("]"):
            return False
        self.expect(",")
        return True

    def singly(self, doubt: int, one: Callable[[], object]) -> bool:
        """Take the next elements one by one, up to the first behind a doubt. Whether the array goes on there."""
        while self.offset <= doubt:
            one()
            if not self.another():
                return False
        return True

    def value(self) -> bytes:
        """The next value as it is written, its brackets matched. Raises `BrokenFile` if it is too long to hold."""
        if self.peek() not in _OPENING:
            return self._scalar()
        depth = ahead = 1
        while depth:
            ahead = self._bracket(ahead, keep=True)
            depth += 1 if self.held[self.at + ahead] in _OPENING else -1
            ahead += 1
        self.at += ahead
        return self.held[self.at - ahead : self.at]

    def decoded(self, decoder: msgspec.json.Decoder[Any] = _anything) -> Any:
        """The next value as the decoder makes it. Raises `BrokenFile` if it is no JSON, or too long to hold."""
        return self._decode(decoder, self.value(), "a value is no JSON")

    def _decode(self, decoder: msgspec.json.Decoder[Any], raw: bytes, problem: str) -> Any:
        """What was taken just now."""
        try:
            return decoder.decode(raw)
        except NOT_JSON as error:
            raise BrokenFile(problem, self.offset - len(raw)) from error

    def skip(self) -> None:
        """Pass over the next value, however long it is; of what is inside only brackets and quotes are looked at."""
        if self.peek() not in _OPENING:
            self._scalar()
            return
        depth = 1
        self.at += 1
        while depth:
            ahead = self._bracket(0, keep=False)
            self.at += ahead
            depth += 1 if self.held[self.at] in _OPENING else -1
            self.at += 1

    def _bracket(self, ahead: int, *, keep: bool) -> int:
        """How far beyond `at` the next bracket is of what is not flat; without `keep`, `at` may move towards it."""
        while True:
            end = _end(_TO_BRACKET, self.held, self.at + ahead)
            ahead = end - self.at
            if end < len(self.held) and self.held[end] != _QUOTE:
                return ahead
            if not keep:
                self.at, ahead = end, 0
            self._grow()

    def _scalar(self) -> bytes:
        while True:
            end = _end(_SCALAR, self.held, self.at)
            if self.at < end < len(self.held):
                raw = self.held[self.at : end]
                self.at = end
                return raw
            if end == self.at < len(self.held) and self.held[end] != _QUOTE:
                self.broken("a value is expected")
            self._grow()

    def _grow(self) -> None:
        if len(self.held) - self.at > LONGEST_VALUE:
            self.broken("a value is longer than any price file has")
        if not self.more():
            self.at = len(self.held)
            self.broken("the text ends inside a value")


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    """Where the pattern ends that is looked for here; here, where there is none."""
    found = pattern.match(text, at)
    return found.end() if found else at


def last_start(pattern: re.Pattern[bytes], text: bytes, lowest: int, end: int) -> int:
    """The last brace from `lowest` on and before `end` with which such an object begins; -1 if there is none."""
    at = end
    while (at := text.rfind(b"{", lowest, at)) >= 0:
        if pattern.match(text, at):
            return at
    return -1
