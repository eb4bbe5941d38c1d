"""What cannot be decided before the end of the file, kept compressed."""

import zlib
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType

Compress = Callable[[bytes, int], bytes]

_IN_MEMORY = 8 * 1024 * 1024
"""Compressed bytes; what is beyond goes to a file without a name."""
_FASTEST = 1
_LENGTH_BYTES = 4


class Spool:
    """Pieces of bytes, in order. What was put after a mark can be taken back."""

    def __init__(self, compress: Compress = zlib.compress) -> None:
        self._compress = compress
        self._file = SpooledTemporaryFile[bytes](_IN_MEMORY)
        self._end = 0

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def put(self, piece: bytes) -> None:
        """Keep it."""
        packed = self._compress(piece, _FASTEST)
        self._file.seek(self._end)
        self._end += self._file.write(len(packed).to_bytes(_LENGTH_BYTES)) + self._file.write(packed)

    def mark(self) -> int:
        """Where the next piece will be."""
        return self._end

    def take_back(self, mark: int) -> None:
        """Let go what was put since the mark."""
        self._end = mark

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """The pieces between two marks."""
        at = start
        while at < end:
            self._file.seek(at)
            length = int.from_bytes(self._file.read(_LENGTH_BYTES))
            yield zlib.decompress(self._file.read(length))
            at += _LENGTH_BYTES + length
