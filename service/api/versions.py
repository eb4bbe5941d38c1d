"""Catalogues of the past, rebuilt from the database for a replay and kept for the next one."""

from collections import OrderedDict

from payers.catalogue.catalogue import Catalogue
from service.store.catalogue import read_version
from service.store.database import Pool, acquire

KEPT = 4


class Versions:
    """The catalogues that were asked for last. A version is its content's hash, so what is kept never grows stale."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: OrderedDict[str, Catalogue] = OrderedDict()

    async def __call__(self, version: str) -> Catalogue:
        """The catalogue of that version. Raises `LookupError` when it is not on file, `DatabaseUnavailable`."""
        if version not in self._kept:
            async with acquire(self._pool) as connection:
                self._kept[version] = await read_version(connection, version)
        self._kept.move_to_end(version)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[version]
