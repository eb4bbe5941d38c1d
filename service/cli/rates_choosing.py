"""`outlay rates list`, `compare`, `pin`, `unpin`: the rates on file, and which of them price an estimate."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from payers.cost_share.money import exactly
from payers.estimate.words import amount
from payers.rates.choose import Choice, Line, choose
from payers.rates.cited import said_on
from payers.rates.on_file import Candidate, OnFile
from payers.rates.rate import Rate
from payers.rates.told import spread, unit_price
from service.cli.database import in_migrated_database
from service.cli.failures import Refused
from service.store import rates as store
from service.store.database import Connection
from service.store.rates import NoSuchRate, Placed
from service.store.release import read_release

_PLACES = click.Choice(["02", "10", "11", "19", "22", "53"])


def _day(_: click.Context, __: click.Parameter, told: datetime | None) -> date:
    return told.date() if told else datetime.now(UTC).date()


_from = click.option(
    "--from",
    "first_day",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_day,
    metavar="DATE",
    help="First day on which it holds; today, unless told.",
)


@click.command(
    "list",
    epilog="""\b
Example:
  outlay rates list --payer aetna --code J0013""",
)
@click.option("--payer", metavar="SLUG", help="Only of this payer.")
@click.option("--code", metavar="CODE", help="Only for this code.")
@click.option("--json", "as_json", is_flag=True, help="Print them whole, as JSON.")
def list_(payer: str | None, code: str | None, as_json: bool) -> None:
    """List the rates in force by payer and code, with the file, date and network that each was read from."""
    found = list(in_migrated_database(_on_file).listed(payer, code and code.upper()))
    if as_json:
        _print([_whole(ordinal, each) for ordinal, each in found])
        return
    table = _table("PAYER", "CODE", "AMOUNT", "KIND", "NETWORK", "FILE", "DATE", "RATE")
    for ordinal, each in found:
        rate, source = each
        table.add_row(
            source.payer,
            " ".join((rate.code, *rate.modifiers)),
            f"{unit_price(rate)} ({spread(rate)})" if spread(rate) else unit_price(rate),
            _kind(rate),
            ", ".join(rate.networks),
            source.name,
            said_on(each).isoformat(),
            f"{source.id}/{ordinal}",
        )
    _show(table)


@click.command(
    epilog="""\b
Example:
  outlay rates compare G2083 --on 2026-12-01"""
)
@click.argument("code", metavar="CODE")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), callback=_day, metavar="DATE", help="Day of service.")
@click.option("--place", type=_PLACES, default="11", show_default=True, help="Place of service.")
@click.option("--units", type=click.IntRange(min=1), default=1, show_default=True, help="Units of the code.")
@click.option("--network", help="The plan's network or the plan, as the price file calls it.")
@click.option("--json", "as_json", is_flag=True, help="Print the choices with their steps, as JSON.")
def compare(code: str, day: date, place: str, units: int, network: str | None, as_json: bool) -> None:
    """What an estimate takes for CODE from each payer: the amount, where it is from, and the rule that decided."""
    line = Line(code.upper(), day, units, place, network=network)
    on_file = in_migrated_database(_on_file)
    found = {
        payer: choose(line, on_file.candidates(payer, line.code), on_file.pinned(payer, line.code, day))
        for payer in sorted(on_file.payers)
        if on_file.candidates(payer, line.code)
    }
    if as_json:
        _print([_chosen(payer, choice) for payer, choice in found.items()])
        return
    table = _table("PAYER", "AMOUNT", "FROM", "DECIDED BY", "NETWORK", "FILE")
    for payer, choice in found.items():
        files = dict.fromkeys(f"{each.source.name} ({said_on(each)})" for each in choice.left)
        table.add_row(
            payer,
            amount("en", choice.amount) if choice.amount else "none",
            _from_what(choice),
            _decided_by(choice),
            ", ".join(_networks(choice)),
            ", ".join(files),
        )
    _show(table)


@click.command(
    epilog="""\b
Example:
  outlay rates pin 01993c1e-5a10-7cc1-9f55-0242ac120002/12 --from 2026-12-01 --note "by phone with the payer"

\b
The RATE is told by `outlay rates list`. The choice holds until another one, or `outlay rates unpin`."""
)
@click.argument("rate")
@_from
@click.option("--note", help="Why, for whoever looks at it later.")
def pin(rate: str, first_day: date, note: str | None) -> None:
    """Let RATE price its payer's code from a day on, whatever the rules say. It goes on record."""
    place = Placed.read(rate)

    async def work(connection: Connection) -> str:
        chosen = await store.pin(connection, place, first_day, note=note) if place else NoSuchRate()
        if isinstance(chosen, NoSuchRate):
            raise Refused(f"no rate is {rate}", "Remedy: look it up with `outlay rates list`.")
        return f"{chosen.code} of {chosen.payer} is priced by it from {first_day} on."

    click.echo(in_migrated_database(work))


@click.command(
    epilog="""\b
Example:
  outlay rates unpin aetna J0013 --from 2027-01-01"""
)
@click.argument("payer")
@click.argument("code")
@_from
def unpin(payer: str, code: str, first_day: date) -> None:
    """Let the rules choose again for PAYER's CODE from a day on. It goes on record."""

    async def work(connection: Connection) -> None:
        if (await store.on_file(connection)).pinned(payer, code.upper(), first_day) is None:
            raise Refused(
                f"no rate of {payer} is pinned for {code.upper()} on {first_day}",
                "Remedy: look at `outlay rates compare`.",
            )
        await store.unpin(connection, payer, code.upper(), first_day)

    in_migrated_database(work)
    click.echo(f"The rules choose for {code.upper()} of {payer} from {first_day} on.")


@click.command(
    epilog="""\b
Example:
  outlay rates multiple aetna 140 --from 2026-12-01
  outlay rates multiple aetna none --from 2027-01-01"""
)
@click.argument("payer")
@click.argument("percent")
@_from
def multiple(payer: str, percent: str, first_day: date) -> None:
    """Assume that PAYER allows PERCENT of Medicare's fee where no rate tells. Estimates call it an assumption."""
    percent_bp = None if percent == "none" else _percent_bp(percent)

    async def work(connection: Connection) -> None:
        if payer not in {each.slug for each in (await read_release(connection)).payers}:
            raise Refused(
                f'"{payer}" is not the slug of a payer', "Remedy: write the slug of a payer of the catalogue."
            )
        await store.take_multiple(connection, payer, percent_bp, first_day)

    in_migrated_database(work)
    click.echo(
        f"From {first_day} on, {percent_bp / 100:g}% of Medicare's fee is assumed of {payer}."
        if percent_bp
        else f"From {first_day} on, nothing is assumed of {payer}."
    )


def _percent_bp(text: str) -> int:
    """Basis points of a percentage that may be above a hundred. Raises `click.BadParameter` for anything else."""
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)%?", text)
    if not found or not Decimal(found[1]):
        raise click.BadParameter(f"{text!r} is not a percentage, such as 140 or 112.5; or write none.")
    return int(Decimal(found[1]) * 100)


async def _on_file(connection: Connection) -> OnFile:
    return await store.on_file(connection)


def _decided_by(choice: Choice) -> str:
    """The last rule that left some rates out; for a choice with nothing left, the one that left none."""
    telling = [step.rule for step in choice.steps if step.left < step.of or step.rule == "pinned"]
    return telling[-1] if telling else ""


def _from_what(choice: Choice) -> str:
    """The evidence, and the median in the amount's range where that is what was chosen."""
    if not choice.left:
        return ""
    median = f"median {amount('en', exactly(choice.median_cents))}" if choice.median_cents else ""
    return ", ".join(filter(None, (choice.evidence, median, "stale" if choice.stale else "")))


def _kind(rate: Rate) -> str:
    claims = f" of {rate.remittances} claims" if rate.remittances else ""
    return rate.kind + claims + ("" if rate.arrangement == "ffs" else f" ({rate.arrangement})")


def _networks(choice: Choice) -> Iterable[str]:
    return dict.fromkeys(network for each in choice.left for network in each.rate.networks)


def _whole(ordinal: int, each: Candidate) -> dict[str, Any]:
    return {
        "rate": f"{each.source.id}/{ordinal}",
        **msgspec.to_builtins(each.rate),
        "source": msgspec.to_builtins(each.source),
    }


def _chosen(payer: str, choice: Choice) -> dict[str, Any]:
    return {
        "payer": payer,
        "code": choice.line.code,
        "units": choice.line.units,
        "amount": msgspec.to_builtins(choice.amount),
        "median_cents": choice.median_cents,
        "basis": choice.evidence if choice.left else None,
        "stale": choice.stale,
        "pinned": choice.pin is not None,
        "networks": list(_networks(choice)),
        "steps": [step._asdict() for step in choice.steps],
        "sources": [
            msgspec.to_builtins(source) for source in {each.source.id: each.source for each in choice.left}.values()
        ],
    }


def _print(value: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _show(table: Table) -> None:
    Console(highlight=False, markup=False, emoji=False).print(table)
