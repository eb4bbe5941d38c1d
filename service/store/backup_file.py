"""A backup as a file: a zip with one member for each table, as COPY writes it, a manifest, and a checksum at the end.

Any unzip opens it. The checksum is the archive's comment: the SHA-256 of every byte before it. Reading and writing take
little memory, however large the tables are.
"""

import errno
import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

FORMAT = 1
_MANIFEST = "manifest.json"
_CHECKSUM_BYTES = 64
_CHUNK_BYTES = 1 << 18

Progress = Callable[[int], None]
"""Told how many rows were done since it was told last."""


class BackupUnwritable(Exception):
    """The file cannot be written: why."""


class BackupUnusable(Exception):
    """The file is no backup, or not as it was written: what is wrong with it."""


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table in a backup. `sha256` is of its rows as COPY writes them, in the order of its primary key."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is in a backup; nothing about anybody.

    `tables` have those that others refer to first. `member_data_keys` name the keys that open what is sealed, which are
    not in the file.
    """

    format: int
    created_at: datetime
    software_version: str
    server_version: str
    revision: str
    tables: tuple[Table, ...]
    sequences: dict[str, int]
    member_data_keys: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)


class Tally:
    """Counts a table's rows and hashes them while they go by."""

    def __init__(self, told: Progress) -> None:
        self._told = told
        self._rows = 0
        self._digest = hashlib.sha256()

    def add(self, rows: bytes) -> None:
        """Take some. COPY ends each row with a line break, and writes those inside of values otherwise."""
        count = rows.count(b"\n")
        self._rows += count
        self._digest.update(rows)
        self._told(count)

    def table(self, name: str, columns: tuple[str, ...]) -> Table:
        """The table whose rows they were."""
        return Table(name=name, columns=columns, rows=self._rows, sha256=self._digest.hexdigest())


class BackupWriter:
    """Writes a backup, a table after the other and the manifest last. `checksum` is there when it is whole."""

    checksum = ""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def table(self, name: str) -> Generator[Callable[[bytes], None]]:
        """What writes the table's rows, some at a time. Raises `BackupUnwritable`."""
        with _writable():
            member = self._archive.open(_member(name), "w", force_zip64=True)

        def write(rows: bytes) -> None:
            with _writable():
                member.write(rows)

        yield write
        with _writable():
            member.close()

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest. Raises `BackupUnwritable`."""
        with _writable():
            self._archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))


@contextmanager
def writing(path: Path) -> Generator[BackupWriter]:
    """A new backup, readable by its owner alone; it appears under its name when it is whole, or not at all.

    Raises:
        BackupUnwritable: there is a file of this name, the disk is full, or the folder lets nobody write.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    with _writable():
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        unfinished.touch(mode=0o600, exist_ok=False)
        file = unfinished.open("r+b")
    archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    archive.comment = b"0" * _CHECKSUM_BYTES
    writer = BackupWriter(archive)
    try:
        yield writer
        with _writable():
            archive.close()
            writer.checksum = _checksum(file)
            file.seek(-_CHECKSUM_BYTES, os.SEEK_END)
            file.write(writer.checksum.encode())
            file.flush()
            os.fsync(file.fileno())
            os.link(unfinished, path)  # which, unlike a rename, takes nobody's place
    finally:
        archive.fp = None  # or it would write its end, which after a fault nobody wants
        with suppress(OSError):
            file.close()
        unfinished.unlink()


class BackupReader:
    """Reads a backup that is as it was written."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest, checksum: str) -> None:
        self._archive = archive
        self.manifest = manifest
        self.checksum = checksum

    def rows(self, table: Table) -> Iterator[bytes]:
        """The table's rows, some at a time. Raises `BackupUnusable`."""
        with _readable(), self._archive.open(_member(table.name)) as member:
            while chunk := member.read(_CHUNK_BYTES):
                yield chunk


@contextmanager
def reading(path: Path) -> Generator[BackupReader]:
    """A backup whose checksum was compared with its bytes.

    Raises:
        BackupUnusable: it is no backup, is cut off, was changed, or was written in a form that is not known here.
    """
    with path.open("rb") as file:
        with _readable():
            archive = zipfile.ZipFile(file)
            checksum = _checksum(file)
            if _MANIFEST not in archive.namelist() or len(archive.comment) != _CHECKSUM_BYTES:
                raise BackupUnusable("it is a zip file, and no backup")
            if archive.comment.decode("ascii", "replace") != checksum:
                raise BackupUnusable("it is not as it was written: its checksum is another one")
            manifest = _manifest(archive.read(_MANIFEST))
        yield BackupReader(archive, manifest, checksum)


def verify(backup: BackupReader, told: Progress) -> None:
    """Compare every table in the file with what the manifest says of it. Raises `BackupUnusable`."""
    for table in backup.manifest.tables:
        tally = Tally(told)
        for rows in backup.rows(table):
            tally.add(rows)
        if tally.table(table.name, table.columns) != table:
            raise BackupUnusable(f"the table {table.name} in it is not the one that its manifest tells of")


def _member(table: str) -> str:
    return f"tables/{table}.copy"


def _manifest(text: bytes) -> Manifest:
    class Form(msgspec.Struct):
        format: int

    try:
        written = msgspec.json.decode(text, type=Form).format
        if written != FORMAT:
            raise BackupUnusable(f"it has the form {written}, and this version reads {FORMAT}")
        return msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise BackupUnusable("its manifest cannot be read") from error


def _checksum(file: BinaryIO) -> str:
    """Of everything before the checksum at the end."""
    left = file.seek(0, os.SEEK_END) - _CHECKSUM_BYTES
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (chunk := file.read(min(left, _CHUNK_BYTES))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


@contextmanager
def _writable() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise BackupUnwritable(error.strerror or type(error).__name__) from error


@contextmanager
def _readable() -> Generator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError) as error:
        raise BackupUnusable("it is no backup, or it was cut off or damaged") from error
