"""The network or plan of a payer's price files that its answer about a member names."""

from collections.abc import Iterator

from payers.catalogue.catalogue import Catalogue
from payers.eligibility.response import Transaction

_PLAN_NETWORK = "N6"
"""REF01 of a plan network: REF02 has its number, REF03 its name (005010X279A1, loop 2100C)."""


def network_named(catalogue: Catalogue, payer: str, transaction: Transaction) -> str | None:
    """Its name in the price files of the payer, by its slug: the plan's network before the plan itself."""
    known = (catalogue.rates.network(payer, name) for name in _names(transaction))
    return next((each for each in known if each), None)


def _names(transaction: Transaction) -> Iterator[str]:
    for patient in transaction.patients:
        for qualifier, *names in patient.refs:
            if qualifier == _PLAN_NETWORK:
                yield from reversed(names)
    for patient in transaction.patients:
        if patient.plan_name:
            yield patient.plan_name
