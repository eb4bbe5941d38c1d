"""Ids that sort by the time they were made (RFC 9562, version 7); the standard library has them from Python 3.14."""

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new id: 48 bits of milliseconds since 1970, then 74 random bits beside the version and the variant."""
    milliseconds, drawn = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10))
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | (drawn >> 62 & 0xFFF) << 64 | 0b10 << 62 | drawn & _62_BITS)


def uuid7_text() -> str:
    """The same as text, in half the time: the variant's two bits make one of four digits."""
    made, drawn = f"{time.time_ns() // 1_000_000:012x}", os.urandom(10)
    told = drawn.hex()
    return f"{made[:8]}-{made[8:]}-7{told[:3]}-{'89ab'[drawn[9] & 3]}{told[3:6]}-{told[6:18]}"


_62_BITS = (1 << 62) - 1
