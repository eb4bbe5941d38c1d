"""Whether the service can serve, and if not: what is wrong, since when, and what to do about it."""

from datetime import datetime
from typing import Literal, NamedTuple

from payers.catalogue.model import Frozen
from service.api.wiring import Wiring
from service.store.database import DatabaseUnavailable, acquire
from service.store.migrate import pending
from service.store.roles import SIGNED_IN_AS_OWNER, signed_in_as_owner

Check = Literal["database", "migrations", "catalogue"]

_REMEDIES = {
    "InvalidCatalogNameError": "Make the database, or put its name in OUTLAY_DATABASE_URL right.",
    "InvalidPasswordError": "Put the user and the password of OUTLAY_DATABASE_URL right.",
    "InvalidAuthorizationSpecificationError": "Put the user and the password of OUTLAY_DATABASE_URL right.",
    "TooManyConnectionsError": "Allow the server more connections, or run fewer processes: each takes up to ten.",
    "TimeoutError": "Look for long queries and for a slow disk on the server; if it is well, run more processes.",
}
"""By the driver's error."""
_WAIT = "See to the server, its network and OUTLAY_DATABASE_URL. The service goes on by itself when it answers."


class Failure(Frozen):
    """A check that fails, since when as far as this process knows, what is wrong and what to do."""

    check: Check
    since: datetime
    detail: str
    remedy: str


class Standing(NamedTuple):
    """How the service stands. Nothing can be known of the migrations while the database is away."""

    database: bool
    migrations_pending: tuple[str, ...]
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]


async def standing(wiring: Wiring) -> Standing:
    """Look at the database, its migrations and the catalogue in memory. What only follows is not told as well."""
    found: dict[Check, tuple[str, str]] = {}
    lacking: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    try:
        async with acquire(wiring.pool) as connection:
            lacking = await pending(connection)
            warnings = (SIGNED_IN_AS_OWNER,) if await signed_in_as_owner(connection) else ()
    except DatabaseUnavailable as error:
        found["database"] = f"The database does not answer: {error}.", _REMEDIES.get(str(error), _WAIT)
    else:
        if lacking:
            found["migrations"] = f"The database lacks the migrations {', '.join(lacking)}.", "Run `outlay migrate`."
        elif not wiring.live.healthy:
            found["catalogue"] = _catalogue(wiring)
    return Standing("database" not in found, lacking, _since(wiring, found), warnings)


def _catalogue(wiring: Wiring) -> tuple[str, str]:
    if wiring.live.age is None:
        return (
            "No catalogue has been loaded.",
            "Run `outlay seed`; if it was, the log says why: catalogue.not_followed.",
        )
    return "The catalogue in memory is no longer followed.", "The log says why: catalogue.not_followed."


def _since(wiring: Wiring, found: dict[Check, tuple[str, str]]) -> tuple[Failure, ...]:
    now = wiring.clock().replace(microsecond=0)
    for check in set(wiring.failing) - set(found):
        del wiring.failing[check]
    # The catalogue is compared every second, so whoever looks late is still told when it began.
    began = now if wiring.live.healthy or wiring.live.age is None else now - wiring.live.age
    return tuple(
        Failure(check=check, since=wiring.failing.setdefault(check, began), detail=detail, remedy=remedy)
        for check, (detail, remedy) in found.items()
    )
