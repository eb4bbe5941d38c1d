"""One large JSON object, member by member and item by item, in memory for no more than one of them.

Exact: every value is decoded by the standard library's own scanner, whatever the order, blanks and escapes. Numbers
with a point are `Decimal`, so that no amount goes through a float.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TextIO

from payers.price_files.unreadable import Unreadable

PIECE = 1 << 20
"""Characters that are read at a time."""
LONGEST = 1 << 26
"""Characters of one member or item. A text that is no JSON, or one without an end, must not fill the memory."""

_BLANK = " \t\r\n"
_AFTER = frozenset(" \t\r\n,]}")
_WHOLE: tuple[type, ...] = (str, list, dict)
"""Values that show their own end."""
_NEAR = 16
"""Characters before the end within which a value may have been cut: as long as an escape or `-Infinity`."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


class JsonStream:
    """A JSON text that is read from its beginning to its end, once."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)
        self._buffer, self._at, self._before, self._ended = "", 0, 0, False

    @property
    def byte(self) -> int:
        """How many bytes of the text, in UTF-8, come before what is read next."""
        return self._before + len(self._buffer[: self._at].encode())

    def members(self) -> Iterator[str]:
        """The keys of the object, each once it is time to read its value with `value`, `items` or `skip`.

        Raises:
            Unreadable: here, as in the other methods, the text is no JSON or breaks off; it says at which byte.
        """
        self._expect("{")
        if self.peek() == "}":
            self._at += 1
        else:
            while True:
                if self.peek() != '"':
                    raise self._refusal("the name of a member is missing")
                key: str = self.value()
                self._expect(":")
                yield key
                if self._expect(",}") == "}":
                    break
        if self.peek():
            raise self._refusal("something follows the end of the object")

    def items(self) -> Iterator[Any]:
        """The items of the array that stands next."""
        self._expect("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield self.value()
            if self._expect(",]") == "]":
                return

    def skip(self) -> None:
        """Pass over the value that stands next."""
        if self.peek() == "[":
            for _ in self.items():
                pass
        else:
            self.value()

    def value(self) -> Any:
        """The value that stands next."""
        self.peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                cut = error.pos >= len(self._buffer) - _NEAR or error.msg.startswith("Unterminated string")
                if not cut or self._ended:
                    self._at = error.pos
                    raise self._refusal(error.msg) from error
            except (RecursionError, ValueError) as error:
                raise self._refusal(f"a value cannot be read ({error})") from error
            else:
                # A number may go on where what was read so far ends: `1` may be `1.5`, `1.` never ends one.
                if self._ended or self._buffer[end : end + 1] in _AFTER or isinstance(found, _WHOLE):
                    self._at = end
                    return found
            if len(self._buffer) - self._at > LONGEST:
                raise self._refusal(f"a value has more than {LONGEST} characters")
            self._more()

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._ended:
                return ""
            self._more()

    def _more(self) -> None:
        """Read on, as much again as is there, so that the work for a long value grows no faster than it does."""
        left = self._buffer[self._at :]
        self._before += len(self._buffer[: self._at].encode())
        piece = self._text.read(max(PIECE, len(left)))
        self._buffer, self._at, self._ended = left + piece, 0, not piece

    def _expect(self, characters: str) -> str:
        found = self.peek()
        if not found:
            raise self._refusal("it breaks off")
        if found not in characters:
            raise self._refusal(f"{' or '.join(characters)} is expected, not {found}")
        self._at += 1
        return found

    def _refusal(self, what: str) -> Unreadable:
        return Unreadable(f"It is not whole JSON: at byte {self.byte} {what}. Remedy: get the file again.")
