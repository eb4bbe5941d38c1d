"""`outlay rates`: real rates, from the files that payers and hospitals publish."""

import click

from service.cli.rates_hospital import hospital


@click.group(
    epilog="""\b
Example:
  outlay rates hospital charges.csv --payer aetna --payer-name "Aetna"
"""
)
def rates() -> None:
    """What payers really allow, from price files."""


rates.add_command(hospital)
