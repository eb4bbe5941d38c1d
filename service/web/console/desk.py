"""What a handler of the console works with, together: who asks, and what the service holds."""

from datetime import date
from typing import NamedTuple

from litestar.di import NamedDependency

from payers.catalogue.catalogue import Catalogue
from service.api.wiring import Wiring
from service.store.keys import Key
from service.web.console.visit import Visit


class Desk(NamedTuple):
    """One request of somebody who is signed in, and all that answers it."""

    visit: Visit
    catalogue: Catalogue
    today: date
    wiring: Wiring
    key: Key


def desk_of(
    visit: NamedDependency[Visit],
    catalogue: NamedDependency[Catalogue],
    today: NamedDependency[date],
    wiring: NamedDependency[Wiring],
    key: NamedDependency[Key],
) -> Desk:
    """The desk of a request."""
    return Desk(visit, catalogue, today, wiring, key)
