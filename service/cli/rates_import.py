"""`outlay rates import`: what a payer's own files say it pays this clinic, put in force."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from io import FileIO
from pathlib import Path
from typing import Literal

import click
import msgspec
from rich.progress import Progress

from payers.price_files.transparency.contents import Plans, read_contents
from payers.price_files.transparency.query import NPI_DIGITS, Query, number_of, tin_of
from payers.price_files.unreadable import Unreadable
from payers.rates.rate import ANY_OTHER_CODE
from service.cli.database import in_migrated_database, settings
from service.cli.failures import Refused, note
from service.cli.progress import progress_bars
from service.cli.rates_hospital import refuse_unknown
from service.rates.download import Download, is_address
from service.rates.importing import Ended, import_files
from service.rates.receipt_words import LEFT_OUT, told_receipt
from service.rates.unpacked import Packed, unpacked
from service.rates.workers import RayMissing, Run, here, processes, ray_cluster
from service.store.database import Connection
from service.store.release import read_release

_TYPES = ("CPT", "HCPCS", "CSTM-ALL")
_MOST_WORKERS = 64
Market = Literal["individual", "group"]


@click.command(
    "import",
    epilog="""\b
Example:
  outlay rates import 2026-11-01_aetna_index.json --payer aetna --tin 84-5556677 --plan-name "Choice POS II"

\b
Exit codes:
  0  every file was read, and its rates are in force
  1  a file was refused, and why is told; the others are in force
  2  the command line was wrong
  3  the database cannot be reached""",
)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option("--payer", required=True, metavar="SLUG", help="The payer in the catalogue that the rates are of.")
@click.option("--tin", "tins", multiple=True, metavar="TIN", help="A tax number of the clinic; repeatable.")
@click.option("--npi", "npis", multiple=True, metavar="NPI", help="An NPI of the clinic or its people; repeatable.")
@click.option("--code", "codes", multiple=True, metavar="CODE", help="These codes instead of all in the catalogue.")
@click.option("--plan-name", "names", multiple=True, metavar="TEXT", help="Of a table of contents: plans named so.")
@click.option("--plan-id", "ids", multiple=True, metavar="ID", help="Of a table of contents: plans with this id.")
@click.option("--market", type=click.Choice(["group", "individual"]), help="Of a table of contents: plans sold so.")
@click.option("--workers", type=click.IntRange(1, _MOST_WORKERS), default=1, show_default=True, help="Files at once.")
@click.option("--ray", "on_ray", is_flag=True, help="Read on a Ray cluster: RAY_ADDRESS names it.")
@click.option("--json", "as_json", is_flag=True, help="Print what came of each file as JSON.")
@click.pass_context
def import_rates(
    context: click.Context,
    sources: tuple[str, ...],
    payer: str,
    tins: tuple[str, ...],
    npis: tuple[str, ...],
    codes: tuple[str, ...],
    names: tuple[str, ...],
    ids: tuple[str, ...],
    market: Market | None,
    workers: int,
    on_ray: bool,
    as_json: bool,
) -> None:
    """Read in-network files: paths, https addresses, or tables of contents (..._index.json) that name them.

    Nothing is kept on disk. Other machines that are told the same files, payer and clinic share the work.
    """
    if not tins and not npis:
        raise click.UsageError("Whose rates? Give --tin or --npi, or both.")
    hosts = settings().rate_file_hosts
    plans = Plans(names=names, ids=ids, market=market)

    async def work(connection: Connection) -> list[Ended]:
        release = await read_release(connection)
        refuse_unknown(payer, release)
        query = Query(
            codes=(*(codes or sorted({each.code for each in release.codes})), ANY_OTHER_CODE),
            billing_code_types=_TYPES,
            tins=tuple(map(_tin, tins)),
            npis=tuple(map(_npi, npis)),
        )
        files = await asyncio.to_thread(_files, sources, plans, hosts)
        ended: list[Ended] = []
        with progress_bars() as progress:
            bar = progress.add_task("Files", total=len(files))

            def tell(one: Ended) -> None:
                ended.append(one)
                progress.advance(bar)

            async with _runner(workers, progress, on_ray=on_ray) as run:
                await import_files(connection, payer, query, files, run, at_once=workers, hosts=hosts, ended=tell)
        return ended

    try:
        ended = in_migrated_database(work)
    except RayMissing as error:
        raise Refused("Ray is not installed", 'Remedy: install outlay with its extra "ray".') from error
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode([_shown(each) for each in ended]), indent=2))
    else:
        click.echo("\n".join(line for each in ended for line in _told(each)))
    context.exit(1 if any(each.state == "refused" for each in ended) else 0)


def _runner(workers: int, progress: Progress, *, on_ray: bool) -> AbstractAsyncContextManager[Run]:
    if on_ray:
        return ray_cluster()
    if workers > 1:
        return processes(workers)
    bar = progress.add_task("Bytes", total=None)
    return here(lambda read: progress.advance(bar, read))


def _files(sources: Sequence[str], plans: Plans, hosts: tuple[str, ...]) -> list[str]:
    """The files to read, those that tables of contents name among them."""
    files: dict[str, None] = {}
    for source in sources:
        if not is_address(source) and not Path(source).is_file():
            raise click.UsageError(f"{source} is no file and no https address.")
        address = source if is_address(source) else str(Path(source).resolve())
        if "index.json" not in address.partition("?")[0]:
            files[address] = None
            continue
        try:
            with _opened(address, hosts) as content, unpacked(Packed(content)) as read:
                contents = read_contents(read, plans)
        except (Unreadable, OSError) as error:
            raise Refused(f"{source} cannot be read", str(error), "Nothing was imported.") from error
        note(f"{source}: {contents.meant} of {contents.plans} plans, in {len(contents.files)} files.")
        if not contents.files:
            raise Refused(
                f"{source} has no file of these plans",
                "Remedy: look at its reporting_plans, and write --plan-name, --plan-id or --market accordingly.",
            )
        files.update(dict.fromkeys(each.location for each in contents.files))
    return list(files)


def _opened(address: str, hosts: tuple[str, ...]) -> Download | FileIO:
    return Download(address, hosts) if is_address(address) else Path(address).open("rb", buffering=0)


def _tin(text: str) -> str:
    tin = tin_of(text)
    if not tin.isdecimal() or len(tin) not in {9, NPI_DIGITS}:
        raise click.BadParameter(f"{text!r} is no tax number: nine digits, like 84-5556677.", param_hint="--tin")
    return tin


def _npi(text: str) -> int:
    npi = number_of(text)
    if npi is None:
        raise click.BadParameter(f"{text!r} is no NPI: ten digits.", param_hint="--npi")
    return npi


def _shown(ended: Ended) -> dict[str, object]:
    result = ended.result
    return {
        "file": ended.name,
        "state": ended.state,
        "rates": ended.rates,
        "replaced": ended.replaced,
        "problem": ended.problem,
        "receipt": result and result.receipt,
        "left_out": result and result.left_out,
    }


def _told(ended: Ended) -> Iterable[str]:
    yield ended.name
    if ended.problem:
        yield f"  Refused: {ended.problem}"
    elif ended.result is None:
        yield "  Unchanged since it was last read."
    else:
        for line in told_receipt(ended.result.receipt):
            yield f"  {line}"
        for reason, count in ended.result.left_out.items():
            yield f"  Rows left out because {LEFT_OUT[reason]}: {count:,}."
        yield f"  Rates in force: {ended.rates:,}."
        if ended.state == "unchanged":
            yield "  They were in force already: nothing was changed."
        elif ended.replaced:
            yield f"  They replace those of {ended.replaced}."
