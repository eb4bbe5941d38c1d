"""Unpacking ahead of who reads, in a thread of its own."""

import sys
from queue import SimpleQueue
from threading import Semaphore, Thread
from types import TracebackType

from payers.price_files.text import Read

_BLOCK = 2 * 1024 * 1024
"""Bytes that are unpacked at once: a handing over costs as much as the unpacking of some hundred thousand."""
_MOST_AHEAD = 2
_SWITCH_SECONDS = 1e-5
"""A block takes half a millisecond; whoever has one must not wait five until the reader lets the interpreter go."""


class Ahead:
    """What `read` reads. Once this is left, nothing is read by it any more."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._room = Semaphore(_MOST_AHEAD)
        self._blocks = SimpleQueue[bytes | BaseException]()
        self._block: bytes = b""
        self._at = 0
        self._over = False
        self._switch_seconds = sys.getswitchinterval()
        self._thread = Thread(target=self._unpack, name="unpacking", daemon=True)

    def __enter__(self) -> "Ahead":
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over = True
        self._room.release()
        self._thread.join()
        sys.setswitchinterval(self._switch_seconds)

    def _unpack(self) -> None:
        """Block by block. Each is one long call that leaves the interpreter to the reader, and nothing is copied."""
        block: bytes | BaseException = b"?"
        while block and not isinstance(block, BaseException):
            self._room.acquire()
            if self._over:
                return
            try:
                block = self._read(_BLOCK)
            except BaseException as error:  # noqa: BLE001  it is raised where it is read
                block = error
            self._blocks.put(block)

    def read(self, most: int) -> bytes:
        """At most so many of the next bytes; none at the end. Raises what reading them ahead raised."""
        if self._at == len(self._block) and not self._over:
            block = self._blocks.get()
            self._room.release()
            self._over = isinstance(block, BaseException) or not block
            if isinstance(block, BaseException):
                raise block
            self._block, self._at = block, 0
        piece = self._block[self._at : self._at + most]
        self._at += len(piece)
        return piece
