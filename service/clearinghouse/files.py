"""Questions and answers as files, for a payer that is reached by file transfer, or by hand.

Another program carries the outbox to the payer and brings answers into the inbox. An answer belongs to the question
whose trace it returns (TRN02); its name says nothing. What was read lies in `read` within the inbox, each answer under
its trace, so that it can be looked for again; what cannot be read lies in `refused`.
"""

import asyncio
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from payers.eligibility.inquiry import Inquiry
from payers.eligibility.read_271 import decoded
from payers.eligibility.write_270 import write_270
from service.clearinghouse.answers import taken
from service.clearinghouse.configuration import FilesSettings
from service.clearinghouse.connector import Failed, Outcome, Pending
from service.clearinghouse.interchanges import envelope
from service.clearinghouse.single_answers import single_answers
from service.clearinghouse.web import MAX_ANSWER_BYTES

POLL_SECONDS = 60.0
SETTLED_SECONDS = 600.0
"""A file without its end that nobody has written to for so long is as whole as it will be."""

_MAX_TRACE = 50
"""Characters of a trace in a 270: a longer one answers no question of ours."""
_READ, _REFUSED = "read", "refused"


class FilesConnector:
    """Two folders. Several processes may share them."""

    def __init__(self, settings: FilesSettings, clock: Callable[[], datetime]) -> None:
        self.name = settings.name
        self._settings = settings
        self._clock = clock

    async def submit(self, inquiry: Inquiry) -> Outcome:
        """Lay the question into the outbox. The ticket is its trace."""
        sent = write_270(inquiry, envelope(self._settings, self._clock()))
        try:
            await asyncio.to_thread(_put, self._settings.outbox, _name(inquiry.trace, "270"), sent)
        except OSError:
            return Failed(fault="unreachable", detail="The outbox cannot be written to.", asked=False)
        return Pending(ticket=inquiry.trace, after_seconds=POLL_SECONDS, sent=sent)

    async def poll(self, ticket: str) -> Outcome:
        """Read what has come into the inbox, whosever it is, and give out the answer to this question."""
        if len(ticket) > _MAX_TRACE:
            return Failed(fault="invalid", detail="The ticket is not one of this connector's.", asked=False)
        try:
            raw = await asyncio.to_thread(self._fetch, ticket)
        except OSError:
            return Failed(fault="unreachable", detail="The inbox cannot be read.")
        return Pending(ticket=ticket, after_seconds=POLL_SECONDS) if raw is None else taken("x12", raw, "")

    async def cancel(self, ticket: str) -> None:
        """Take the question out of the outbox, if it still lies there."""
        if len(ticket) <= _MAX_TRACE:
            (self._settings.outbox / _name(ticket, "270")).unlink(missing_ok=True)

    async def close(self) -> None:
        """Nothing is held."""

    def _fetch(self, ticket: str) -> str | None:
        inbox = self._settings.inbox
        for folder in (inbox / _READ, inbox / _REFUSED):
            folder.mkdir(exist_ok=True)
        with os.scandir(inbox) as entries:
            arrived = [Path(each) for each in entries if not each.name.startswith(".") and _is_file(each)]
        for path in arrived:
            self._sort(path)
        try:
            return (inbox / _READ / _name(ticket, "271")).read_bytes().decode()
        except FileNotFoundError:
            return None

    def _sort(self, path: Path) -> None:
        """Keep each answer of a file under its trace, or put the file aside; one still being written is left alone."""
        try:
            status = path.stat()
            text = decoded(path.read_bytes())[0] if status.st_size <= MAX_ANSWER_BYTES else ""
        except FileNotFoundError:
            return  # another process was faster
        if "IEA" not in text[-_MAX_TRACE:] and self._clock().timestamp() - status.st_mtime < SETTLED_SECONDS:
            return
        answers = single_answers(text)
        for trace, message in answers.items():
            if 0 < len(trace) <= _MAX_TRACE:
                _put(path.parent / _READ, _name(trace, "271"), message)
        if answers:
            path.unlink(missing_ok=True)
        else:
            path.replace(path.parent / _REFUSED / f"{secrets.token_hex(4)}-{path.name}")


def _is_file(entry: "os.DirEntry[str]") -> bool:
    return entry.is_file(follow_symlinks=False)


def _name(trace: str, suffix: str) -> str:
    """A file name for a trace, whatever is in it: everything but letters, digits and `_.-~` is escaped."""
    return f"{quote(trace, safe='')}.{suffix}"


def _put(folder: Path, name: str, text: str) -> None:
    """Write a file that is there whole or not at all: whoever watches the folder must not see half of it."""
    half = folder / f".{secrets.token_hex(8)}"
    try:
        half.write_bytes(text.encode())
        half.replace(folder / name)
    finally:
        half.unlink(missing_ok=True)
