"""What finds bytes and what packs them. Faster ones than Python's own may be had; they find and pack the same."""

import re
import zlib
from collections.abc import Callable
from typing import NamedTuple

from payers.price_files.transparency.spool import Compress

Find = Callable[[bytes, bytes, int], int]
"""Where the second stands in the first, from a place on; -1 if nowhere."""

ESCAPED_KEY_OR_DIGIT = re.compile(rb"\\u00(?:3[0-9]|[4-7])")
"""A letter or digit that is written as an escape: a key or number with one is not found by its bytes."""
ESCAPE_BYTES = 6
BACKSLASH = b"\\"
_BEGINNING = BACKSLASH + b"u00"


class Tools(NamedTuple):
    """Python's own where nothing else is given."""

    find: Find = bytes.find
    compress: Compress = zlib.compress

    @property
    def escape(self) -> bytes:
        """What to find first where an escape is looked for: Python finds one byte much faster than four."""
        return BACKSLASH if self.find is bytes.find else _BEGINNING

    def has_escapes(self, text: bytes) -> bool:
        """Whether a key or a number may be written with escapes somewhere in it."""
        return self.find(text, self.escape, 0) >= 0 and bool(ESCAPED_KEY_OR_DIGIT.search(text))
