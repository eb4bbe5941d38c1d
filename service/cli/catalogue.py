"""`outlay catalogue`: the files of the catalogue, looked at without a database."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
import msgspec

from payers.catalogue.catalogue import release_version
from payers.catalogue.check import Finding, check
from payers.catalogue.load import DATA, CatalogueError, load_release
from service.cli.failures import Refused

FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=DATA,
    show_default="the files of this version",
    help="Where the files lie.",
)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `outlay catalogue check --json` prints."""

    errors: int
    warnings: int
    findings: list[Finding]


@click.group(
    epilog="""\b
Example:
  outlay catalogue check"""
)
def catalogue() -> None:
    """Check the catalogue's files and name their version."""


@catalogue.command(
    "check",
    epilog="""\b
Example:
  outlay catalogue check --json

\b
Exit codes:
  0  no errors (warnings are listed and counted)
  1  errors""",
)
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def check_files(context: click.Context, folder: Path, as_json: bool) -> None:
    """Find what is wrong in the files: file, key, problem, remedy."""
    findings = _findings(folder)
    errors = sum(finding.severity == "error" for finding in findings)
    report = Report(errors=errors, warnings=len(findings) - errors, findings=findings)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2))
    else:
        for finding in findings:
            click.echo(f"{finding.severity}: {finding.file}: {finding.key}: {finding.problem}; {finding.remedy}")
        click.echo(f"{report.errors} errors, {report.warnings} warnings")
    context.exit(1 if errors else 0)


@catalogue.command(
    epilog="""\b
Example:
  outlay catalogue version"""
)
@FOLDER
def version(folder: Path) -> None:
    """Print the content hash of the files, under which `outlay seed` keeps them."""
    with sound_files():
        click.echo(release_version(load_release(folder)))


@contextmanager
def sound_files() -> Generator[None]:
    """Tell of a file that cannot be used as a refusal, for commands that need them all."""
    try:
        yield
    except CatalogueError as error:
        raise Refused(str(error), "Remedy: put it right until `outlay catalogue check` finds no errors.") from error


def _findings(folder: Path) -> list[Finding]:
    """Everything that is wrong; a file that cannot be read at all stops the reading and is the only finding."""
    try:
        return check(load_release(folder), datetime.now().astimezone().date())
    except CatalogueError as error:
        remedy = "put this right, then check again"
        return [Finding(severity="error", file=error.file, key=error.key, problem=error.problem, remedy=remedy)]
