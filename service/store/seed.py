"""Puts the catalogue that comes with the program into the database."""

import msgspec

from payers.catalogue.catalogue import release_version
from payers.catalogue.load import load_release
from service.store.database import connect_as_owner
from service.store.release import write_release


class Seeded(msgspec.Struct, frozen=True, kw_only=True):
    """What seeding did: `written` when the release was new, `put_in_force` when another (or none) answered before."""

    version: str
    written: bool
    put_in_force: bool


async def seed(url: str) -> Seeded:
    """Write the release of the packaged files and put it in force; doing so again changes nothing.

    Raises:
        payers.catalogue.load.CatalogueError: the files cannot be used.
    """
    release = load_release()
    version = release_version(release)
    connection = await connect_as_owner(url)
    try:
        async with connection.transaction():
            known = await connection.fetchval("SELECT id FROM releases WHERE version = $1", version)
            before = await connection.fetchval("SELECT release FROM current_release")
            await write_release(connection, release)
            return Seeded(version=version, written=known is None, put_in_force=known is None or known != before)
    finally:
        await connection.close()
