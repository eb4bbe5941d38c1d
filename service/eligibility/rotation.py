"""Everything sealed is sealed anew under the newest key, so that the older ones can be thrown away."""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from service.eligibility.sealing import place
from service.jobs.webhooks import secret_place
from service.store.database import Connection
from service.store.eligibility import SealedCheck, lock_unpurged, reseal_check
from service.store.vault import Unopenable, Vault
from service.store.webhooks import list_endpoints, reseal_endpoint


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """What a step of a rotation did: the last check it looked at, how many there were, and those that do not open."""

    last: UUID | None
    looked_at: int
    unopenable: tuple[UUID, ...]


async def rotate_checks(connection: Connection, vault: Vault, after: UUID | None) -> Rotated:
    """Seal the next checks above `after` anew. A step that was done once more changes nothing."""
    async with connection.transaction():
        checks = await lock_unpurged(connection, after=after)
        unopenable: list[UUID] = []
        for check in checks:
            try:
                resealed = msgspec.structs.replace(check, **dict(_resealed(vault, check)))
            except Unopenable:
                unopenable.append(check.id)
            else:
                if resealed != check:
                    await reseal_check(connection, resealed)
    last = checks[-1].id if checks else None
    return Rotated(last=last, looked_at=len(checks), unopenable=tuple(unopenable))


async def rotate_secrets(connection: Connection, vault: Vault) -> tuple[UUID, ...]:
    """Seal the secrets of webhooks anew; those that do not open."""
    unopenable: list[UUID] = []
    for endpoint in await list_endpoints(connection):
        try:
            resealed = vault.resealed(endpoint.sealed_secret, secret_place(endpoint.id))
        except Unopenable:
            unopenable.append(endpoint.id)
        else:
            await reseal_endpoint(connection, endpoint.id, resealed)
    return tuple(unopenable)


def _resealed(vault: Vault, check: SealedCheck) -> Iterator[tuple[str, bytes]]:
    for column in ("sealed_inquiry", "sealed_ticket", "sealed_answer"):
        sealed: bytes | None = getattr(check, column)
        if sealed is not None:
            yield column, vault.resealed(sealed, place(check.id, column))
