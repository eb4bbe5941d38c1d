"""Which connector carries a question to a payer, and as whom the network knows that payer."""

from datetime import date
from typing import Literal

from payers.catalogue.model import Frozen, Payer
from payers.eligibility.inquiry import PayerAddress
from service.clearinghouse.configuration import ANY_PAYER, Configuration, ConnectorSettings

TRANSACTION = "270"
_NAME_LENGTH = 60


class Route(Frozen):
    """The way to a payer. `payer` is its slug, `address` is what the question carries."""

    connector: str
    payer: str
    address: PayerAddress


class NoRoute(Frozen):
    """Why nobody can ask this payer, and what the clinic would have to set up."""

    reason: Literal["no-connector", "no-payer-id"]
    detail: str


def route_to(configuration: Configuration, payer: Payer, day: date) -> Route | NoRoute:
    """The way to a payer on a day.

    A connector that names the payer goes before one for all payers. The payer's id is the connector's own, or the
    first that the catalogue has for questions (270) in the connector's network: it stands for the payer at large,
    those after it for parts of it.
    """
    settings = _connector(configuration, payer.slug)
    if settings is None:
        return NoRoute(
            reason="no-connector", detail=f"No connector's routes name {payer.slug} or {ANY_PAYER}: add it to one."
        )
    payer_id = settings.payer_ids.get(payer.slug) or next(
        (
            known.value
            for known in payer.identifiers
            if known.network == settings.network and TRANSACTION in known.transactions and known.holds_on(day)
        ),
        None,
    )
    if payer_id is None:
        return NoRoute(
            reason="no-payer-id",
            detail=f"Nobody knows the id of {payer.slug} in the network {settings.network}: ask the network, and write "
            f"it into payer_ids of the connector {settings.name}.",
        )
    address = PayerAddress(id=payer_id, name=payer.name[:_NAME_LENGTH].strip())
    return Route(connector=settings.name, payer=payer.slug, address=address)


def _connector(configuration: Configuration, slug: str) -> ConnectorSettings | None:
    for wanted in (slug, ANY_PAYER):
        for settings in configuration.connectors:
            if wanted in settings.routes:
                return settings
    return None
