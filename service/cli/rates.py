"""`outlay rates`: real rates, from the files that payers and hospitals publish."""

import click

from service.cli import Lazy

COMMANDS = {
    "extract": "service.cli.rates_extract:extract",
    "import": "service.cli.rates_import:import_rates",
    "hospital": "service.cli.rates_hospital:hospital",
    "remittance": "service.cli.rates_remittance:remittance",
    "medicare": "service.cli.rates_medicare:medicare",
    "list": "service.cli.rates_choosing:list_",
    "compare": "service.cli.rates_choosing:compare",
    "pin": "service.cli.rates_choosing:pin",
    "multiple": "service.cli.rates_choosing:multiple",
    "unpin": "service.cli.rates_choosing:unpin",
}


@click.group(
    cls=Lazy,
    places=COMMANDS,
    epilog="""\b
Example:
  outlay rates extract rates.json.gz --query query.json --out rows.json
  outlay rates import rates.json.gz --payer aetna --tin 84-5556677
  outlay rates hospital charges.csv --payer aetna --payer-name "Aetna"
  outlay rates medicare PFALL26A.TXT --locality 04112-01
""",
)
def rates() -> None:
    """What payers really allow, from price files."""
