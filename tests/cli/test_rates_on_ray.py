"""Ray reads the same; a worker that is killed costs nothing."""

import importlib.util
from functools import partial
from pathlib import Path

import pytest

from payers.price_files.transparency.query import Query
from service.rates.importing import Ended, import_files
from service.rates.workers import ray_cluster
from service.store.database import connect
from tests.cli.test_rates_import import die_once, in_force, many

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="the extra ray is not installed"),
    pytest.mark.filterwarnings("default"),  # Ray's own
]


async def test_two_workers_of_which_one_is_killed(database_url: str, tmp_path: Path) -> None:
    folder, files = tmp_path / "marks", tmp_path / "files"
    folder.mkdir()
    files.mkdir()
    ended: list[Ended] = []
    connection = await connect(database_url)
    query = Query(codes=("99213",), tins=("845556670",))
    async with ray_cluster(partial(die_once, folder), num_cpus=2) as run:
        await import_files(connection, "aetna", query, many(files, 6), run, at_once=2, ended=ended.append)
    await connection.close()
    assert [each.state for each in ended] == ["read"] * 6
    assert (folder / "died").exists()
    assert await in_force(database_url) == {f"rates-{number}.json": 1 for number in range(6)}
