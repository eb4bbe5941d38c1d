"""`outlay rates extract`: a clinic's rates out of a payer's file, into another file."""

import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import click
import msgspec

from payers.price_files.transparency.query import Query
from payers.price_files.transparency.rows import COLUMNS, Row
from payers.price_files.unreadable import Unreadable
from service.cli.failures import Refused, note
from service.cli.progress import progress_bars
from service.rates.extraction import FileReceipt, extract_file
from service.rates.receipt_words import told_receipt


@click.command(
    epilog="""\b
Example:
  outlay rates extract 2026-11_in-network-rates.json.gz --query query.json --out rows.json

\b
QUERY.json: {"codes": ["G2082"], "billing_code_types": ["CPT", "HCPCS"], "tins": ["84-5556677"], "npis": []}

\b
Exit codes:
  0  the rows are written (there may be none: the receipt says why)
  1  the file is damaged or another kind of file; nothing is written
  2  the command line was wrong"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--query",
    "asked",
    required=True,
    metavar="QUERY.json",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What is looked for.",
)
@click.option(
    "--out",
    required=True,
    metavar="ROWS.json",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where the rows go; packed, if it ends in .gz.",
)
def extract(file: Path, asked: Path, out: Path) -> None:
    """Write what a payer's FILE (JSON, also packed) says of the codes and the clinic of a query. No database is used.

    Amounts and group ids are written in the file's own digits.
    """
    query = _query(asked)
    unfinished = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with _writing(unfinished, packed=out.suffix == ".gz") as rows:
            receipt = _extracted(file, query, rows)
        unfinished.replace(out)
    except Unreadable as error:
        raise Refused(f"{file} cannot be read", str(error), "Nothing was written.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    for line in told_receipt(receipt):
        note(line)


def _query(file: Path) -> Query:
    try:
        return msgspec.json.decode(_content(file), type=Query, strict=False)
    except (msgspec.DecodeError, OSError, EOFError) as error:
        raise Refused(f"{file} is no query: {error}", "Remedy: --help shows one.") from error


def _content(file: Path) -> bytes:
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


def _writing(file: Path, *, packed: bool) -> BinaryIO:
    return cast("BinaryIO", gzip.open(file, "wb")) if packed else file.open("wb")


def _extracted(file: Path, query: Query, out: BinaryIO) -> FileReceipt:
    """Write the rows as they are found, and after them what reading came to."""
    out.write(b'{"columns":' + msgspec.json.encode(COLUMNS) + b',"rows":[')
    between = b""

    def take(rows: Sequence[Row]) -> None:
        nonlocal between
        for row in rows:
            out.write(between + msgspec.json.encode(row[: len(COLUMNS)]))
            between = b",\n"

    with file.open("rb", buffering=0) as source, progress_bars() as progress:
        task = progress.add_task("Reading", total=file.stat().st_size)
        receipt = extract_file(source, query, take, lambda read: progress.advance(task, read))
    out.write(b'],"receipt":' + msgspec.json.encode(receipt) + b"}\n")
    return receipt
