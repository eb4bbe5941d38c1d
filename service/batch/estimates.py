"""What every patient of a table will pay: plain courses by columns, all others by the engine, and which was which."""

# pyright: reportUnknownMemberType=false
# Polars names NumPy in its types, which need not be installed.

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import polars as pl

from payers.catalogue.catalogue import Catalogue
from payers.cost_share.money import Range
from payers.estimate.estimate import Refusal, worlds
from service.batch.columns import ROW, Plans, plain
from service.batch.table import ID, question

HEADLINE = ("first_session", "typical_session", "course")
RESULT = pl.Schema(
    {
        "by": pl.String,
        "status": pl.String,
        "sessions": pl.Int64,
        **{f"{name}_{end}_cents": pl.Int64 for name in HEADLINE for end in ("low", "high")},
        "problem": pl.String,
    }
)
"""`by` is `columns`, `engine` or `refused`; a row that was refused has its `problem` and no amounts."""


def estimated(rows: pl.DataFrame, catalogue: Catalogue, today: date, known: Plans | None = None) -> pl.DataFrame:
    """A row for each row, in the same order, behind its `id` where it has one.

    `known` is what the tables before this one of the same catalogue and day found out.
    """
    numbered = rows.with_row_index(ROW)
    by_columns = plain(numbered, catalogue, today, {} if known is None else known).select(
        ROW,
        pl.lit("columns").alias("by"),
        "status",
        "sessions",
        *(
            pl.col(short).alias(f"{name}_{end}_cents")
            for name, short in zip(HEADLINE, ("first", "typical", "course"), strict=True)
            for end in ("low", "high")
        ),
        pl.lit(None, pl.String).alias("problem"),
    )
    others = numbered.join(by_columns.select(ROW), on=ROW, how="anti")
    by_engine = pl.DataFrame(
        [{ROW: row[ROW], **_by_engine(row, catalogue, today)} for row in _rows(others)],
        schema={ROW: numbered.schema[ROW], **RESULT},
    )
    done = pl.concat([by_columns, by_engine]).sort(ROW)
    own = [numbered.get_column(ID)] if ID in rows.columns else []
    return done.drop(ROW).select(*own, pl.all())


def _rows(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    yield from rows.iter_rows(named=True)


def _by_engine(row: dict[str, Any], catalogue: Catalogue, today: date) -> dict[str, Any]:
    cells = {name: cell for name, cell in row.items() if name != ROW}
    try:
        found = worlds(catalogue, question(cells), today)
    except msgspec.ValidationError as error:
        return {"by": "refused", "problem": str(error)}
    if isinstance(found, Refusal):
        return {"by": "refused", "problem": found.detail}
    amounts: dict[str, Range] = dict(zip(HEADLINE, found.headline, strict=True))
    ends = {
        f"{name}_{end}_cents": cents
        for name, amount in amounts.items()
        for end, cents in (("low", amount.low_cents), ("high", amount.high_cents))
    }
    return {"by": "engine", "status": found.decision.status, "sessions": len(found.main.slots), **ends}
