"""A table of questions: each column is an input of the question by its path, each row a patient.

A column is named as the API names the input, with dots: `payer`, `course.kind`, `benefits.deductible.individual_cents`.
An empty cell is an input that nobody told. A list or an object is told as JSON in its cell. `id` is whatever names the
row; it comes out as it went in.
"""

# pyright: reportUnknownMemberType=false
# Polars names NumPy in its types, which need not be installed.

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from payers.estimate.question import Question

ID = "id"


class TableError(Exception):
    """A file cannot be used as a table of questions: why, and what to do."""


def read(path: Path) -> pl.LazyFrame:
    """The rows, each cell as text where the file is CSV. Raises `TableError`."""
    match path.suffix:
        case ".csv":
            frame = pl.scan_csv(path, infer_schema=False)
        case ".parquet":
            frame = pl.scan_parquet(path)
        case other:
            raise TableError(f"`{path.name}` ends in `{other}`: name a file .csv or .parquet.")
    try:
        columns = frame.collect_schema().names()
    except pl.exceptions.PolarsError as error:
        raise TableError(f"`{path.name}` cannot be read: {error}.") from error
    for name in columns:
        if name != ID and name.partition(".")[0] not in Question.__struct_fields__:
            raise TableError(f"The column `{name}` is no input of a question: see the API's Question, with dots.")
    for needed in ("payer", "treatment"):
        if needed not in columns:
            raise TableError(f"The column `{needed}` is missing.")
    return frame


def write(frame: pl.DataFrame, path: Path) -> None:
    """The rows in the form that the name says."""
    if path.suffix == ".csv":
        frame.write_csv(path)
    else:
        frame.write_parquet(path)


def question(cells: Mapping[str, Any]) -> Question:
    """The question of one row. Raises `msgspec.ValidationError` with the place of what does not fit."""
    document: dict[str, Any] = {}
    for path, cell in cells.items():
        if cell is None or cell == "" or path == ID:
            continue
        *above, last = path.split(".")
        inside = document
        for step in above:
            inside = inside.setdefault(step, {})
        inside[last] = _value(path, cell)
    return msgspec.convert(document, Question, strict=False)


def _value(path: str, cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    if path.endswith(("_cents", "_bp")) and not cell.isdecimal():
        # 1500.00 may be dollars as well as cents
        raise msgspec.ValidationError(f"Expected a whole number, got `{cell}` - at `$.{path}`")
    if cell[:1] in ("[", "{"):
        try:
            return msgspec.json.decode(cell)
        except msgspec.DecodeError as error:
            raise msgspec.ValidationError(f"`{cell[:20]}...` is not JSON: {error}") from error
    return cell
