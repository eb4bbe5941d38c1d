"""A zip that holds one file, read as it comes: neither its end nor a place to seek in is needed."""

import io
import struct
import zlib
from typing import BinaryIO

from payers.price_files.text import BrokenFile
from payers.price_files.unreadable import Unreadable

SIGNATURE = b"PK\x03\x04"
_HEADER = struct.Struct("<4s5H3I2H")
_DEFLATED = 8
_ENCRYPTED, _DESCRIBED_AFTERWARDS = 0x1, 0x8
_DESCRIPTOR = b"PK\x07\x08"
_DESCRIPTOR_BYTES = (0, 12, 16, 20, 24)
"""With and without signature, sizes of four bytes or eight."""
_PIECE = 64 * 1024


class ZipMember(io.RawIOBase):
    """The text of the only file in a zip.

    Raises:
        Unreadable: there are more files in it, or it is of a kind that is not read.
        zlib.error, EOFError: while reading, if it is damaged.
    """

    def __init__(self, source: BinaryIO) -> None:
        header = source.read(_HEADER.size)
        if len(header) < _HEADER.size:
            raise BrokenFile("the zip ends in its header", 0)
        _, _, self._flags, method, _, _, self._crc, _, _, name, extra = _HEADER.unpack(header)
        source.read(name + extra)
        if method != _DEFLATED or self._flags & _ENCRYPTED:
            raise Unreadable("The zip is encrypted or packed in a way that is not read. Remedy: unpack it.")
        self._source = source
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._seen_crc = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The next bytes of the text."""
        piece = b""
        while not piece and not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._source.read(_PIECE)
            if not packed:
                raise EOFError("the zip ends inside its file")
            piece = self._inflate.decompress(packed, len(buffer))
            self._seen_crc = zlib.crc32(piece, self._seen_crc)
            if self._inflate.eof:
                self._check_end()
        buffer[: len(piece)] = piece
        return len(piece)

    def _check_end(self) -> None:
        rest = self._inflate.unused_data + self._source.read(_PIECE)
        if self._flags & _DESCRIBED_AFTERWARDS:
            self._crc = int.from_bytes(rest.removeprefix(_DESCRIPTOR)[:4], "little")
        if self._crc != self._seen_crc:
            raise zlib.error("the checksum of the file in the zip is another")
        if any(rest[size:].startswith(SIGNATURE) for size in _DESCRIPTOR_BYTES):
            raise Unreadable("The zip holds several files. Remedy: unpack it, and give the one with the rates.")
