"""`outlay sandbox`: a payer to practise with, before and without a contract with a clearinghouse."""

import socket
from contextlib import suppress

import click
import uvicorn
from rich.console import Console
from rich.table import Table

from service.cli.failures import Refused
from service.sandbox import PASSWORD, USER
from service.sandbox.app import create_sandbox
from service.sandbox.roster import Roster, roster

PORT = 8271


@click.command(
    epilog="""\b
Example:
  outlay sandbox --port 8271

\b
Exit codes:
  0  ended by the keyboard
  1  the address cannot be listened on
  2  the command line was wrong"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="The port; 0 for any.")
def sandbox(host: str, port: int) -> None:
    """Serve payers about people who do not exist: CAQH CORE, Stedi's JSON, Availity's coverages. No database."""
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise Refused(f"nobody can listen on {host}:{port}", "Remedy: choose another --host or --port.") from error
    url = f"http://{host}:{listening.getsockname()[1]}"
    click.echo(
        f"Payers to practise with at {url}\n"
        f"  CAQH CORE, real time      {url}/core/realtime\n"
        f"  CAQH CORE, batches        {url}/core/batch/submit and {url}/core/batch/pickup\n"
        f"  Stedi's JSON              {url}/stedi\n"
        f"  Availity's coverages      {url}/availity\n"
        f"  sign in as {USER} with {PASSWORD} (as password, key or client secret)\n"
    )
    Console(highlight=False, markup=False, emoji=False).print(_members(roster()))
    server = uvicorn.Server(
        uvicorn.Config(create_sandbox(), log_config=None, access_log=False, server_header=False, lifespan="off")
    )
    with listening, suppress(KeyboardInterrupt):
        server.run([listening])


def _members(known: Roster) -> Table:
    table = Table(box=None, pad_edge=False, header_style="")
    for heading in ("MEMBER", "PAYER ID", "NAME", "BORN", "SHOWS"):
        table.add_column(heading, no_wrap=heading != "SHOWS", overflow="fold")
    ids = {payer.slug: payer.ids[0] for payer in known.payers}
    for each in known.members:
        table.add_row(each.id, ids[each.payer], f"{each.first_name} {each.last_name}", str(each.birth_date), each.shows)
    return table
