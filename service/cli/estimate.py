"""`outlay estimate`: one question answered at the terminal, from the files of the catalogue or from the database."""

from datetime import datetime
from pathlib import Path

import click
import msgspec
from rich.console import Console

from payers.catalogue.catalogue import Catalogue
from payers.catalogue.load import load_release
from payers.estimate import answer
from payers.estimate.estimate import Refusal
from payers.estimate.question import Question
from service.api import problems
from service.api.bodies import decode
from service.cli.catalogue import sound_files
from service.cli.database import in_migrated_database
from service.cli.failures import Refused
from service.cli.questions import Document, fill, options, options_at
from service.cli.telling import tell
from service.store.catalogue import current_catalogue
from service.store.database import Connection
from service.uuid7 import uuid7

REMEDIES = {
    "unknown-payer": "say the name as the card prints it, or one of the names above.",
    "ambiguous-payer": "answer the question, for instance with --state or --county, or say one of the names above.",
    "impossible-question": "change this field and ask again.",
}


@click.command(
    epilog="""\b
Example:
  outlay estimate --payer Aetna --treatment spravato --sessions 12 \\
    --deductible 1500 --deductible-met 0 --coinsurance 20 --allowed 1240

\b
Exit codes:
  0  answered
  1  the question was refused, with the field and the remedy
  2  the command line was wrong
  3  the database cannot be reached (with --database)

An option that is left out is unknown: it widens the answer and is never taken for zero."""
)
@options
@click.option(
    "--question",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A question as the HTTP API takes it; options go before it.",
)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Answer as on this day.")
@click.option("--database", is_flag=True, help="Use the database's catalogue with the clinic's own prices and rules.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def estimate(file: Path | None, today: datetime | None, database: bool, as_json: bool, **given: object) -> None:
    """What a patient will pay, session by session, and why. Nothing is stored."""
    question = read(file, given)
    now = datetime.now().astimezone()
    day = today.date() if today else now.date()
    with sound_files():
        catalogue = in_migrated_database(in_force) if database else Catalogue(load_release())
    answered = answer(catalogue, question, day, id=str(uuid7()), created_at=now.isoformat(timespec="seconds"))
    if isinstance(answered, Refusal):
        raise refused(answered)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(answered), indent=2))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    for part in tell(answered, day, console.width):
        console.print(part)


def read(file: Path | None, given: dict[str, object]) -> Question:
    """The question of the file with the options above it. Raises `Refused` with the field and what is wrong."""
    try:
        document: Document = decode(file.read_bytes(), Document) if file else {}
        fill(document, given)
        for needed in ("payer", "treatment"):
            if needed not in document:
                raise click.UsageError(f"Missing option '--{needed}'.")
        return decode(msgspec.json.encode(document), Question)
    except problems.Refused as error:
        places = (_place(each.pointer) for each in error.errors if each.pointer)
        raise Refused(
            error.detail, *places, "Remedy: see `outlay estimate --help` for what each option takes."
        ) from error


def refused(refusal: Refusal) -> Refused:
    """The refusal as the command line says it: problem, field, nearest names, what to do."""
    details = [_place(refusal.pointer)] if refusal.pointer else []
    resolution = refusal.resolution
    if resolution and resolution.question and refusal.kind == "unknown-payer":
        details.append(f"Question: {resolution.question}")
    if resolution:
        details += [f"Perhaps: {each.name} (--payer {each.slug}): {each.why}" for each in resolution.candidates]
    return Refused(refusal.detail, *details, f"Remedy: {REMEDIES[refusal.kind]}")


async def in_force(connection: Connection) -> Catalogue:
    """The database's catalogue. Raises `Refused` when it holds none."""
    try:
        return await current_catalogue(connection)
    except LookupError as error:
        raise Refused("the database holds no catalogue", "Remedy: run `outlay seed`.") from error


def _place(pointer: str) -> str:
    filled_by = ", ".join(options_at(pointer))
    return f"Field: {pointer}" + (f" ({filled_by})" if filled_by else "")
