"""A table in parts: each is computed and put in its place as a whole, so that a run that was broken off goes on.

The parts lie in a folder beside the result, with a note of what they are of. Parts of another input, catalogue or day
are not used.
"""

# pyright: reportUnknownMemberType=false
# Polars names NumPy in its types, which need not be installed.

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.clinic import ClinicLayer
from payers.catalogue.model import Release
from payers.rates.on_file import OnFile, Recorded
from payers.rates.rate import Rate
from service.batch.columns import Plans
from service.batch.estimates import estimated
from service.batch.table import read, write

ROWS_A_PART = 20_000


class Knowledge(msgspec.Struct, frozen=True):
    """All that a catalogue is made of, to be handed to another process."""

    release: Release
    clinic: ClinicLayer
    recorded: Recorded
    rates: Mapping[str, Sequence[Rate]]


class Part(NamedTuple):
    """So many rows of a file from the `first` on, and where their result belongs."""

    source: Path
    first: int
    rows: int
    result: Path


class Work(NamedTuple):
    """The parts of one run; those with a result are done."""

    folder: Path
    parts: tuple[Part, ...]

    @property
    def open(self) -> list[Part]:
        """What is still to be computed."""
        return [part for part in self.parts if not part.result.exists()]


class _Of(msgspec.Struct, frozen=True):
    """What parts are of."""

    source_sha256: str
    catalogue_version: str
    today: date
    rows_a_part: int


def divided(source: Path, result: Path, catalogue: Catalogue, today: date, *, rows: int = ROWS_A_PART) -> Work:
    """The run as parts, those of an earlier one among them if it was of the same. Raises `TableError`."""
    count = read(source).select(pl.len()).collect().item()
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    of = msgspec.json.encode(_Of(digest, catalogue.version, today, rows))
    folder = result.with_name(f"{result.name}.parts")
    note = folder / "of.json"
    if not note.exists() or note.read_bytes() != of:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        note.write_bytes(of)
    starts = range(0, max(count, 1), rows)
    parts = (Part(source, first, min(rows, count - first), folder / f"{first:012}.parquet") for first in starts)
    return Work(folder, tuple(parts))


def knowledge(catalogue: Catalogue) -> bytes:
    """What a catalogue is made of, as bytes."""
    return msgspec.json.encode(
        Knowledge(catalogue.release, catalogue.clinic, catalogue.rates.recorded, catalogue.rates.by_source)
    )


def compute(part: Part, known: bytes, today: date) -> int:
    """Compute one part from a catalogue's knowledge and put its result in place; how many rows that were."""
    catalogue, plans = _at_hand(known, today)
    return compute_with(catalogue, part, today, plans)


def compute_with(catalogue: Catalogue, part: Part, today: date, plans: Plans) -> int:
    """The same with the catalogue at hand, and what was found out before about plans on that day."""
    rows = read(part.source).slice(part.first, part.rows).collect()
    unfinished = part.result.with_suffix(".unfinished")
    estimated(rows, catalogue, today, plans).write_parquet(unfinished)
    unfinished.replace(part.result)
    return part.rows


def each_here(parts: Iterable[Part], catalogue: Catalogue, today: date) -> Iterator[int]:
    """Compute the parts one after the other in this process; the rows of each as it is done."""
    plans: Plans = {}
    for part in parts:
        yield compute_with(catalogue, part, today, plans)


def join(work: Work, result: Path) -> pl.DataFrame:
    """Put the results together in the order of the input, and clear the parts away; how many rows which way."""
    done = pl.concat([pl.read_parquet(part.result) for part in work.parts])
    write(done, result)
    shutil.rmtree(work.folder)
    return done.group_by("by").len().sort("by")


@lru_cache(maxsize=1)
def _at_hand(known: bytes, day: date) -> tuple[Catalogue, Plans]:
    """Made once in each process for a `day`, on which plans depend."""
    found = msgspec.json.decode(known, type=Knowledge)
    return Catalogue(found.release, found.clinic, OnFile(found.recorded, found.rates)), {}
