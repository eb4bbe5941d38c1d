"""A hospital's file of any of the three templates, told apart by how it begins."""

from typing import BinaryIO

from payers.price_files.hospital.charge import Read, Wanted
from payers.price_files.hospital.read_csv import read_csv
from payers.price_files.hospital.read_json import read_json
from payers.price_files.opening import text_of

_LOOK = 4096
"""Bytes within which the first character that is not blank is looked for."""


def read_hospital(file: BinaryIO, wanted: Wanted) -> Read:
    """The wanted charges of a file, which is read once; memory does not grow with it.

    Raises:
        Unreadable: it is another kind of file, breaks off, or breaks the rules of its format.
    """
    with text_of(file) as text:
        is_json = text.read(_LOOK).lstrip().startswith(("{", "["))
        text.seek(0)
        return read_json(text, wanted) if is_json else read_csv(text, wanted)
