"""The text of a file as it is handed out: plain, gzip, or alone in a zip; UTF-8 with or without a mark, or cp1252."""

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import IO, BinaryIO

from payers.price_files.unreadable import Unreadable

_FALLBACK = "outlay-cp1252"
_LOOK = 1024
"""Characters within which a document shows what it is."""


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """A byte that is not UTF-8 is what it is in cp1252: spreadsheets write that."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_FALLBACK, _as_cp1252)


@contextmanager
def text_of(file: BinaryIO) -> Generator[TextIOWrapper]:
    """The text of the file, unpacked and decoded while it is read; line ends are left as they are.

    Raises:
        Unreadable: it is a zip of several files, a web page or a PDF, or what is packed breaks off or is damaged.
    """
    content = _unpacked(file)
    text = TextIOWrapper(content, encoding="utf-8-sig", errors=_FALLBACK, newline="")
    try:
        _refuse_documents(text.read(_LOOK).lstrip())
        text.seek(0)
        yield text
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise Unreadable(
            f"What is packed breaks off or is damaged near byte {content.tell()} of its text ({error}). "
            "Remedy: get the file again."
        ) from error
    finally:
        text.detach()


def _refuse_documents(begins: str) -> None:
    if begins.startswith("<"):
        raise Unreadable("It is a web page, not a price file. Remedy: download the file behind the link itself.")
    if begins.startswith("%PDF"):
        raise Unreadable("It is a PDF. Remedy: get the file that is made for machines, CSV or JSON.")


def _unpacked(file: BinaryIO) -> IO[bytes] | gzip.GzipFile:
    magic = file.read(4)
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.open(file)
    if magic != b"PK\x03\x04":
        return file
    try:
        archive = zipfile.ZipFile(file)
        members = [member for member in archive.infolist() if not member.is_dir()]
        if any(member.filename == "[Content_Types].xml" for member in members):
            raise Unreadable("It is a spreadsheet (xlsx). Remedy: save it as CSV, or get the CSV or JSON file.")
        if len(members) != 1:
            raise Unreadable(f"The zip holds {len(members)} files. Remedy: unpack it, and give one of them.")
        return archive.open(members[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:  # the last: it wants a password
        raise Unreadable(f"The zip cannot be opened ({error}). Remedy: get the file again.") from error
