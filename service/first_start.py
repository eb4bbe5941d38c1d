"""A database of our own made ready: migrated, seeded, and with one key to begin with."""

import asyncio
from pathlib import Path

from service.store.database import connect
from service.store.keys import create_key, list_keys
from service.store.migrate import migrate
from service.store.seed import seed


def prepared(url: str, admin_key: Path) -> str | None:
    """`prepare` for a process that does nothing else."""
    return asyncio.run(prepare(url, admin_key))


async def prepare(url: str, admin_key: Path) -> str | None:
    """Migrate and seed; without any key on file make an admin key, leave it at `admin_key` and return its secret."""
    await migrate(url)
    await seed(url)
    connection = await connect(url)
    try:
        async with connection.transaction():
            if await list_keys(connection):
                return None
            secret = (await create_key(connection, name="admin", scopes=("admin",))).secret
            # Inside the transaction: a key that could not be written down is not on file either.
            _keep_secret(admin_key, secret)
            return secret
    finally:
        await connection.close()


def _keep_secret(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(f"{secret}\n")
