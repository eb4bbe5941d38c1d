"""The text of a file that may be packed, as a stream: gzip, a zip of one file, or neither."""

import gzip
import hashlib
import io
import os
import zlib
from collections import deque
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any, Protocol

from payers.price_files.text import BrokenFile, Read
from payers.price_files.transparency.tools import Find, Tools
from payers.price_files.unreadable import Unreadable
from service.rates.ahead import Ahead
from service.rates.zip_member import SIGNATURE, ZipMember


def _optional(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


_igzip, _igzip_lib, _isal_zlib = map(_optional, ("isal.igzip", "isal.igzip_lib", "isal.isal_zlib"))
_stringzilla = _optional("stringzilla")
_IsalError: type[Exception] = _igzip_lib.IsalError if _igzip_lib else zlib.error

_GZIP = b"\x1f\x8b"
_MOST_UNPACKED = 500
"""Bytes of text for a byte of the file: payers' files have 10 to 40, a bomb has a thousand."""
_MORE_PROCESSORS = (os.cpu_count() or 1) > 1
_LARGE = 16 * 1024 * 1024
_UNSUSPICIOUS = 256 * 1024 * 1024
_DAMAGED: tuple[type[Exception], ...] = (EOFError, OSError, zlib.error, _IsalError)


def tools() -> Tools:
    """The fastest there are: those of the extra `rates`, or Python's own."""
    bytes(_LARGE)  # who gives back so much once may keep what comes later, where malloc is GNU's; it is not touched
    find: Find = _stringzilla.find if _stringzilla else bytes.find
    return Tools(find=find, compress=_isal_zlib.compress if _isal_zlib else zlib.compress)


class Source(Protocol):
    """Whatever gives its next bytes: a file, a download."""

    def read(self, most: int = -1, /) -> bytes | None:
        """At most so many of the next bytes; none at the end."""
        ...


class Packed(io.RawIOBase):
    """The bytes of a file as they come, counted and hashed on the way."""

    def __init__(self, source: Source, told: Callable[[int], object] = lambda _: None) -> None:
        self._source, self._told = source, told
        self._hash = hashlib.sha256()
        self._unhashed = deque[bytes]()
        self.bytes = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The next bytes."""
        piece = self._source.read(len(buffer)) or b""
        buffer[: len(piece)] = piece
        self._unhashed.append(piece)
        self.bytes += len(piece)
        self._told(len(piece))
        return len(piece)

    def hash(self) -> None:
        """Take what came since into the hash: not while it is read, since whoever unpacks it has more to do."""
        while self._unhashed:
            self._hash.update(self._unhashed.popleft())

    @property
    def sha256(self) -> str:
        """Of all that was read."""
        self.hash()
        return self._hash.hexdigest()


@contextmanager
def unpacked(packed: Packed, *, helper: bool = True) -> Generator[Read]:
    """Reads the text; with `helper`, a thread of its own unpacks.

    Raises:
        Unreadable: while reading, if the packing is damaged or a bomb; at once, if it is of a kind that is not read.
    """
    with io.BufferedReader(packed, 128 * 1024) as source, _opened(source) as text:
        with ExitStack() as stack:
            done = 0
            next_piece = stack.enter_context(Ahead(text.read)).read if helper and _MORE_PROCESSORS else text.read

            def read(most: int) -> bytes:
                nonlocal done
                try:
                    piece = next_piece(most)
                except _DAMAGED as error:
                    raise BrokenFile(
                        f"the packing is damaged after {packed.bytes} bytes of the file: {error}", done
                    ) from error
                packed.hash()
                done += len(piece)
                if done > _UNSUSPICIOUS and done > _MOST_UNPACKED * packed.bytes:
                    raise Unreadable(f"{packed.bytes} bytes unpack to more than {done}: no price file does that.")
                return piece

            yield read
        while packed.read(1024 * 1024):
            packed.hash()  # of the whole file


def _opened(source: "io.BufferedReader[Any]") -> Any:
    start = source.peek(len(SIGNATURE))
    if start.startswith(SIGNATURE):
        return io.BufferedReader(ZipMember(source))
    if not start.startswith(_GZIP):
        return source
    return _igzip.open(source) if _igzip else gzip.open(source)
