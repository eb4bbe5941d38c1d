"""`outlay eligibility`: read an answer, check a whole schedule, and look after members' data."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, get_args
from uuid import UUID

import click
import msgspec
from rich.console import Console
from rich.progress import Progress, TaskID

from payers.catalogue.catalogue import Catalogue
from payers.eligibility.plan.visit import Visit
from payers.eligibility.read_271 import read_271
from payers.eligibility.response import NotX12
from payers.estimate.question import Language
from service.cli.database import in_database, in_migrated_database, refuse_unmigrated, settings
from service.cli.eligibility_telling import tell
from service.cli.estimate import in_force
from service.cli.failures import Refused, note
from service.cli.member_data import vault_of_command, with_files, without_keys
from service.cli.progress import progress_bars
from service.clock import local_time
from service.documents.rotation import rotate_issues
from service.eligibility.batch import Prepared, prepare, store
from service.eligibility.batch_results import table
from service.eligibility.means import Means, opened
from service.eligibility.reading import parsed
from service.eligibility.rotation import rotate_checks, rotate_secrets
from service.eligibility.schedule import ScheduleError
from service.jobs.housekeeping import purge as purge_all
from service.jobs.work import working
from service.settings import SettingsError
from service.store import audit
from service.store.batch_lines import lines_of
from service.store.batches import find_batch
from service.store.database import Connection, acquire, close_pool, open_pool
from service.store.eligibility import count_unpurged, find_checks
from service.store.good_faith import count_issues
from service.store.vault import Vault

Result = TypeVar("Result")
LOOK_SECONDS = 0.5
EXIT_CODES = """\b
Exit codes:
  0  done
  1  refused, or something was found
  2  the command line or a setting was wrong
  3  the database cannot be reached"""


@click.group(
    epilog="""\b
Example:
  outlay eligibility parse answer.271"""
)
def eligibility() -> None:
    """Read payers' answers, check a schedule, and look after members' data."""


@eligibility.command(
    epilog="""\b
Example:
  outlay eligibility parse answer.271 --json

\b
Exit codes:
  0  it was read
  1  it is not X12"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--lang", type=click.Choice(get_args(Language)), default="en", help="Language of what is to be done and asked."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def parse(file: Path, lang: Language, as_json: bool) -> None:
    """What a payer says in a 271: status, plan, every row, and what to do about a rejection. Nothing is stored."""
    response = read_271(file.read_bytes())
    if isinstance(response, NotX12):
        raise Refused(
            f"{file} is not X12: {response.detail}", "Remedy: give the answer as it came, from its ISA segment on."
        )
    answer = parsed(response, Visit(), lang)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    for part in tell(answer):
        console.print(part)


@eligibility.command(
    epilog=f"""\b
Example:
  outlay eligibility batch tomorrow.csv results.csv

{EXIT_CODES}"""
)
@click.argument("schedule", metavar="IN.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("results", metavar="OUT.csv", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--minutes", type=click.IntRange(1), default=60, show_default=True, help="How long to wait for payers.")
@click.option("--lang", type=click.Choice(get_args(Language)), default="en", help="Language of what is to be done.")
@click.pass_context
def batch(context: click.Context, schedule: Path, results: Path, minutes: int, lang: Language) -> None:
    """Check a schedule and estimate its treatments; OUT.csv has every line, those that were not asked among them.

    What payers still owe after --minutes is looked for by the service, where one runs; the batch stays on file.
    """
    text = schedule.read_bytes()

    async def whole(means: Means, url: str) -> tuple[str, int]:
        catalogue, prepared, batch_id = await _begun(means, text, lang)
        note(f"Batch {batch_id}. Lines that are asked: {len(prepared.lines)}; faults: {len(prepared.faults)}.")
        async with working(url, means, lambda: catalogue):
            await _awaited(means, batch_id, minutes)
        async with acquire(means.pool) as connection:
            lines = await lines_of(connection, batch_id)
            checks = await find_checks(connection, [line.check_id for line in lines])
        return table(means.vault, lines, checks, prepared.faults, lang), len(prepared.faults)

    told, faults = _with_means(whole)
    results.write_text(told, encoding="utf-8", newline="")
    context.exit(1 if faults else 0)


@eligibility.command(
    "rotate-keys",
    epilog=f"""\b
Example:
  outlay eligibility rotate-keys

{EXIT_CODES}""",
)
def rotate_keys() -> None:
    """Seal everything anew under the first key of the file, after which the others may be taken out of it."""
    vault = vault_of_command()

    async def whole(connection: Connection) -> int:
        return await _rotated(connection, vault)

    if unopenable := in_migrated_database(whole):
        raise Refused(
            f"{unopenable} records do not open with any key of the file",
            "Remedy: put the key that sealed them back into the file and run this again.",
        )
    click.echo("Everything is sealed under the first key.")


@eligibility.command(
    epilog=f"""\b
Example:
  outlay eligibility purge

{EXIT_CODES}"""
)
def purge() -> None:
    """Take away member data that was kept for OUTLAY_MEMBER_DATA_DAYS. The service does so every hour by itself."""

    async def whole(means: Means, _: str) -> int:
        return await purge_all(means)

    click.echo(f"Purged the member data of {_with_means(whole)} checks.")


async def _begun(means: Means, text: bytes, lang: Language) -> tuple[Catalogue, Prepared, UUID]:
    if means.configuration is None:
        raise Refused("no connectors are configured", "Remedy: set OUTLAY_CONNECTORS to their file.")
    now = means.clock()
    async with acquire(means.pool) as connection:
        catalogue = await in_force(connection)
        try:
            prepared = prepare(catalogue, means.configuration, means, text, now, lang)
        except ScheduleError as error:
            raise Refused(str(error), "Remedy: the documentation names the columns (docs/eligibility.md).") from error
        return catalogue, prepared, await store(connection, prepared, now)


async def _awaited(means: Means, batch_id: UUID, minutes: int) -> None:
    """Until every check and every estimate has ended, or so long."""
    with progress_bars() as progress, suppress(TimeoutError):
        checks, estimates = progress.add_task("Checking"), progress.add_task("Estimating")
        async with asyncio.timeout(minutes * 60):
            finished = False
            while not finished:
                async with acquire(means.pool) as connection:
                    batch = await find_batch(connection, batch_id)
                if batch is None:
                    return
                finished = batch.finished_at is not None
                _advance(progress, checks, batch.counts, ("done", "failed", "cancelled"))
                _advance(progress, estimates, batch.estimates, ("given", "refused"))
                await asyncio.sleep(0 if finished else LOOK_SECONDS)


def _advance(progress: Progress, task: TaskID, counts: Mapping[str, int], ended: Sequence[str]) -> None:
    total = sum(counts.values())
    progress.update(task, total=total, completed=sum(counts.get(each, 0) for each in ended), visible=total > 0)


async def _rotated(connection: Connection, vault: Vault) -> int:
    """How many records do not open."""
    unopenable = len(await rotate_secrets(connection, vault))
    with progress_bars() as progress:
        total = await count_unpurged(connection) + await count_issues(connection)
        task = progress.add_task("Sealing", total=total)
        for rotate in (rotate_checks, rotate_issues):
            after: UUID | None = None
            while (step := await rotate(connection, vault, after)).looked_at:
                after = step.last
                unopenable += len(step.unopenable)
                progress.advance(task, step.looked_at)
    detail = {"unopenable": unopenable}
    await audit.append(connection, "member-data.rotate-keys", "member-data", "keys", detail=detail)
    return unopenable


def _with_means(work: Callable[[Means, str], Awaitable[Result]]) -> Result:
    """Do the work with what it takes to ask payers. Raises `Refused` without keys for members' data."""
    chosen = with_files(settings())

    async def whole(url: str) -> Result:
        pool = await open_pool(url)
        try:
            async with acquire(pool) as connection:
                await refuse_unmigrated(connection)
            async with opened(chosen, pool, local_time) as means:
                if means is None:
                    raise without_keys()
                return await work(means, url)
        except SettingsError as error:
            raise click.UsageError(str(error)) from error
        finally:
            await close_pool(pool)

    return in_database(whole)
