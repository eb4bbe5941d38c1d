"""The first start with an empty database: everything is there, and one key to begin with."""

from pathlib import Path

from service import testing
from service.first_start import prepare
from service.store.database import connect
from service.store.keys import list_keys


async def test_the_first_start_leaves_one_admin_key_readable_by_its_owner(server_url: str, tmp_path: Path) -> None:
    place = tmp_path / "admin-key"
    async with testing.empty_database(server_url) as url:
        secret = await prepare(url, place)
        again = await prepare(url, tmp_path / "other")
        connection = await connect(url)
        try:
            keys = await list_keys(connection)
        finally:
            await connection.close()
    assert secret is not None
    assert place.read_text() == f"{secret}\n"
    assert place.stat().st_mode & 0o777 == 0o600
    assert [key.scopes for key in keys] == [("admin",)]
    assert again is None
    assert not (tmp_path / "other").exists()
