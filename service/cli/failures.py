"""How a command says no: the problem first, then where it is and what to do."""

import click


class Refused(click.ClickException):
    """The command was understood and the answer is no."""

    exit_code = 1

    def __init__(self, problem: str, *details: str) -> None:
        super().__init__("\n".join((problem, *(f"  {detail}" for detail in details))))


class DatabaseUnavailable(click.ClickException):
    """There is no database to talk to."""

    exit_code = 3


def note(text: str) -> None:
    """Say something to the person at the terminal without disturbing what a machine reads."""
    click.echo(text, err=True)
