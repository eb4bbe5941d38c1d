"""The command `outlay`: by hand what the service does by itself.

Exit codes: 0 done, 1 refused or something was found, 2 the command line was wrong, 3 the database cannot be reached.
"""

import importlib
from collections.abc import Mapping
from typing import Any

import click

COMMANDS = {
    "serve": "service.cli.server:serve",
    "migrate": "service.cli.server:migrate",
    "seed": "service.cli.server:seed",
    "openapi": "service.cli.server:openapi",
    "keys": "service.cli.keys:keys",
    "audit": "service.cli.audit:audit",
    "clinic": "service.cli.clinic:clinic",
    "rates": "service.cli.rates:rates",
    "catalogue": "service.cli.catalogue:catalogue",
    "estimate": "service.cli.estimate:estimate",
    "batch": "service.cli.batch:batch",
    "eligibility": "service.cli.eligibility:eligibility",
    "retention": "service.cli.retention:retention",
    "patient": "service.cli.patient:patient",
    "backup": "service.cli.backup:backup",
    "restore": "service.cli.backup:restore",
    "sandbox": "service.cli.sandbox:sandbox",
}


class Lazy(click.Group):
    """A group that imports a command only when it is asked for, so that an estimate does not wait for a server."""

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of a first day."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command by its name."""
        if cmd_name not in self._places:
            return None
        module, name = self._places[cmd_name].split(":")
        return getattr(importlib.import_module(module), name)


@click.command(
    cls=Lazy,
    places=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Example:
  outlay estimate --payer Aetna --treatment spravato --sessions 12

\b
Exit codes:
  0  done
  1  refused, or something was found
  2  the command line was wrong
  3  the database cannot be reached

Settings come from the environment (OUTLAY_...).""",
)
@click.version_option(package_name="outlay")
def main() -> None:
    """What a patient will really pay for esketamine or ketamine treatment, session by session, and why."""
