"""A hospital's file of any of the three templates, told apart by how it begins."""

from typing import BinaryIO

from payers.price_files.hospital.charge import Read, Wanted
from payers.price_files.hospital.opening import text_of
from payers.price_files.hospital.read_csv import read_csv
from payers.price_files.hospital.read_json import read_json
from payers.price_files.unreadable import Unreadable

_LOOK = 4096
"""Bytes within which the first character that is not blank is looked for."""


def read_hospital(file: BinaryIO, wanted: Wanted) -> Read:
    """The wanted charges of a file, which is read once; memory does not grow with it.

    Raises:
        Unreadable: it is another kind of file, breaks off, or breaks the rules of its format.
    """
    with text_of(file) as text:
        begins = text.read(_LOOK).lstrip()[:5]
        text.seek(0)
        if begins.startswith("<"):
            raise Unreadable("It is a web page, not a price file. Remedy: download the file behind the link itself.")
        if begins.startswith("%PDF"):
            raise Unreadable("It is a PDF. Remedy: get the hospital's machine-readable file, CSV or JSON.")
        return read_json(text, wanted) if begins.startswith(("{", "[")) else read_csv(text, wanted)
