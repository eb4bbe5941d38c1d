"""Ids that sort by the time they were made (RFC 9562, version 7); the standard library has them from Python 3.14."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new id: 48 bits of milliseconds since 1970, then 74 random bits beside the version and the variant."""
    return uuid.UUID(int=_number())


def uuid7_text() -> str:
    """The same as text, in half the time."""
    told = f"{_number():032x}"
    return f"{told[:8]}-{told[8:12]}-{told[12:16]}-{told[16:20]}-{told[20:]}"


def _number() -> int:
    milliseconds, drawn = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10))
    return milliseconds << 80 | 0x7 << 76 | (drawn >> 62 & 0xFFF) << 64 | 0b10 << 62 | drawn & _62_BITS


_62_BITS = (1 << 62) - 1
