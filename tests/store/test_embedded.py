"""The embedded server keeps what it was told, and two processes share it."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.store.database import connect
from service.store.embedded import FolderRefused, start

PROBE = """
import asyncio, sys
from pathlib import Path
from service.store.database import connect
from service.store.embedded import start

async def main(url):
    connection = await connect(url)
    print(await connection.fetchval("SELECT count(*) FROM kept"), await connection.fetchval("SHOW fsync"))
    await connection.close()

asyncio.run(main(start(Path(sys.argv[1])).url))
"""


def probe(folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", PROBE, str(folder)], check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()


async def test_a_second_process_joins_the_server_and_a_later_one_finds_the_data(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "postgres"
    server = start(folder)
    connection = await connect(server.url)
    await connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    assert probe(folder) == "1 on"
    # The one that joined has ended, and the server goes on for the one that is still here.
    assert await connection.fetchval("SELECT count(*) FROM kept") == 1
    await connection.close()
    server.stop()
    assert not (folder / "postmaster.pid").exists()
    assert probe(folder) == "1 on"
    assert not (folder / "postmaster.pid").exists()


def test_a_folder_that_the_server_could_not_find_again_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match="without spaces"):
        start(tmp_path / "my data")
