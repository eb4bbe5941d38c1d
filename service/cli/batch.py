"""`outlay batch`: what every patient of a table will pay, in one file, without asking one by one."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from service.cli.catalogue import sound_files
from service.cli.database import in_migrated_database
from service.cli.estimate import in_force
from service.cli.failures import Refused
from service.cli.progress import progress_bars

if TYPE_CHECKING:
    from service.batch.parts import Part


@click.command(
    epilog="""\b
Example:
  outlay batch patients.csv amounts.parquet

\b
A column is an input of the API's question by its path, an empty cell is unknown:
  id,payer,treatment,start_on,course.kind,course.count,benefits.deductible.individual_cents,...

\b
Each row of the result says how it was computed:
  columns  a plain course, computed for whole columns of patients at once
  engine   one by one: something is open, or more than one plan pays
  refused  not at all; `problem` says why

\b
A run that was broken off goes on where it was: give the same command again.

\b
Exit codes:
  0  done
  1  the table cannot be used, or some rows were refused
  2  the command line was wrong
  3  the database cannot be reached (with --database)"""
)
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("result", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Answer as on this day.")
@click.option("--database", is_flag=True, help="Use the database's catalogue with the clinic's own prices and rules.")
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    default=1,
    show_default=True,
    help="Processes at once; more than one run on Ray, on this machine or on the cluster of RAY_ADDRESS.",
)
def batch(source: Path, result: Path, today: datetime | None, database: bool, workers: int) -> None:
    """What every patient of SOURCE will pay, into RESULT: CSV or Parquet. Nothing is stored anywhere else."""
    try:
        from service.batch import parts
        from service.batch.table import TableError
    except ModuleNotFoundError as error:
        raise Refused("tables need the extra `batch`", "Remedy: pip install 'outlay[batch]'.") from error
    with sound_files():
        catalogue = in_migrated_database(in_force) if database else Catalogue(load_release())
    day = (today or datetime.now().astimezone()).date()
    if result.suffix not in (".csv", ".parquet"):
        raise click.UsageError(f"RESULT must end in .csv or .parquet, not `{result.suffix}`.")
    try:
        work = parts.divided(source, result, catalogue, day)
    except TableError as error:
        raise Refused(str(error)) from error
    total = sum(part.rows for part in work.parts)
    with progress_bars() as progress:
        task = progress.add_task("patients", total=total, completed=total - sum(part.rows for part in work.open))
        each = _on_ray(work.open, catalogue, day, workers) if workers > 1 else None
        for rows in each or parts.each_here(work.open, catalogue, day):
            progress.advance(task, rows)
    counts = dict(parts.join(work, result).iter_rows())
    told = ", ".join(f"{counts[way]:,} by {way}" for way in ("columns", "engine") if way in counts)
    Console(stderr=True).print(f"{total:,} patients: {told or 'none computed'}, {counts.get('refused', 0):,} refused.")
    if counts.get("refused"):
        raise SystemExit(1)


def _on_ray(open_parts: "list[Part]", catalogue: Catalogue, day: date, workers: int) -> Iterator[int]:
    try:
        from service.batch.on_ray import each_on_ray
    except ModuleNotFoundError as error:
        raise Refused("several workers need the extra `ray`", "Remedy: pip install 'outlay[ray]'.") from error
    return each_on_ray(open_parts, catalogue, day, workers)
