"""One file as one task: what any worker anywhere does with it. It may be done twice, and half of it counts nothing."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from payers.price_files.transparency.query import Query
from payers.price_files.transparency.rates import LeftOut, rates_of
from payers.price_files.transparency.rows import Row
from payers.price_files.unreadable import Unreadable
from payers.rates.rate import Rate
from service.rates.download import Download, Unchanged, is_address
from service.rates.extraction import FileReceipt, extract_file
from service.rates.unpacked import Packed, Source, unpacked

_LARGEST_GROUPS = 64 * 1024 * 1024


class Task(Struct, frozen=True, kw_only=True):
    """A file, what is looked for, the hosts that are allowed whatever they are, and what it was when last read."""

    address: str
    query: Query
    hosts: tuple[str, ...] = ()
    etag: str | None = None
    length: int | None = None


class Found(Struct, frozen=True, kw_only=True):
    """A file that was read to its end, its rates, and how many rows gave none, by the reason."""

    receipt: FileReceipt
    rates: tuple[Rate, ...]
    left_out: dict[LeftOut, int]
    etag: str | None = None
    length: int | None = None


class Refusal(Struct, frozen=True):
    """Why a file was not read; nothing of it is used."""

    problem: str


class Same(Struct, frozen=True):
    """The file is the one that was read before."""


Outcome = Found | Refusal | Same
Told = Callable[[int], object]


def read_file(task: Task, told: Told = lambda _: None, *, helper: bool = False) -> Outcome:
    """Read a file of this machine or behind an address; `told` hears how many bytes were read.

    A `helper` thread unpacks ahead for whoever reads alone; of several workers each has a processor of its own to fill.
    """
    try:
        if not is_address(task.address):
            with Path(task.address).open("rb", buffering=0) as file:
                return _found(task, file, told, helper)
        with Download(task.address, task.hosts, etag=task.etag, length=task.length) as file:
            return _found(task, file, told, helper)
    except Unchanged:
        return Same()
    except (Unreadable, OSError) as error:
        return Refusal(str(error))


def _found(task: Task, file: Source, told: Told, helper: bool) -> Outcome:
    def fetch(address: str) -> bytes | None:
        return _groups(address, task.hosts)

    rows: list[Row] = []
    receipt = extract_file(file, task.query, rows.extend, told, fetch=fetch, helper=helper)
    if receipt.read.remote_unread:
        return Refusal(
            f"{receipt.read.remote_unread} groups that its rates name are told in other files, which cannot be read. "
            "Remedy: try again later, or ask the payer for them."
        )
    found = rates_of(rows, "", receipt.read.about.get("plan_name"))
    etag, length = (file.etag, file.length) if isinstance(file, Download) else (None, None)
    return Found(receipt=receipt, rates=found.rates, left_out=dict(found.left_out), etag=etag, length=length)


def _groups(address: str, hosts: tuple[str, ...]) -> bytes | None:
    """A file of provider groups, unless it cannot be had or is larger than any."""
    try:
        with Download(address, hosts) as file, unpacked(Packed(file), helper=False) as read:
            pieces, size = list[bytes](), 0
            while size <= _LARGEST_GROUPS and (piece := read(1024 * 1024)):
                pieces.append(piece)
                size += len(piece)
            return b"".join(pieces) if size <= _LARGEST_GROUPS else None
    except Unreadable:
        return None
