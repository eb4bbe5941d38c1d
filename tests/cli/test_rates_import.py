"""`outlay rates import`: a payer's files put in force whole, by one worker or many, once."""

import asyncio
import gzip
import json
import os
import signal
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from payers.price_files.transparency.query import Query
from service.rates.importing import Ended, import_files
from service.rates.reading import Outcome, Task, read_file
from service.rates.workers import processes
from service.store.database import connect
from service.store.rates import list_sources, rates_of
from tests.cli.command import outlay
from tests.payers.price_files.transparency.test_extract import SMALL, SMALL_TEXT
from tests.service.rates.payer_server import Payer, payer_server

OURS = ("--payer", "aetna", "--tin", "84-5556670", "--code", "99213")
PACKED = gzip.compress(SMALL_TEXT.encode())


@pytest.fixture
def payer() -> Generator[Payer]:
    with payer_server() as server:
        yield server


def imported(url: str, *arguments: str | Path) -> tuple[int, list[dict[str, Any]], str]:
    done = outlay(
        "rates", "import", *arguments, *OURS, "--json", OUTLAY_DATABASE_URL=url, OUTLAY_RATE_FILE_HOSTS="127.0.0.1"
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else [], done.stderr


async def in_force(url: str) -> dict[str, int]:
    """How many rates each source has."""
    connection = await connect(url)
    sources = await list_sources(connection)
    found = {source.name: len(await rates_of(connection, [source.id])) for source in sources}
    await connection.close()
    return found


async def test_the_files_of_a_plan_are_read_once_each(database_url: str, payer: Payer) -> None:
    payer.files = {
        "/2026-11-01_index.json": json.dumps(
            {
                "reporting_structure": [
                    {
                        "reporting_plans": [{"plan_name": name, "plan_id": "1", "plan_market_type": "group"}],
                        "in_network_files": [{"description": "", "location": f"{payer.url}/{file}?sign={name}"}],
                    }
                    for name, file in (("PPO", "a.json.gz"), ("PPO 2", "a.json.gz"), ("PPO 3", "gone"), ("HMO", "b"))
                ]
            }
        ).encode(),
        "/a.json.gz": PACKED,
    }
    payer.etags["/a.json.gz"] = '"one"'
    index = f"{payer.url}/2026-11-01_index.json"

    code, files, said = imported(database_url, index, "--plan-name", "ppo")
    assert "3 of 4 plans, in 2 files" in said
    states = {each["file"]: (each["state"], each["rates"]) for each in files}
    assert (code, states) == (1, {"127.0.0.1/a.json.gz": ("read", 1), "127.0.0.1/gone": ("refused", None)})
    assert "sign=" not in json.dumps(files)
    assert await in_force(database_url) == {"127.0.0.1/a.json.gz": 1}
    asked = sorted(path.partition("?")[0] for path, _, _ in payer.asked)
    assert asked == ["/2026-11-01_index.json", "/a.json.gz", "/gone"]

    _, again, _ = imported(database_url, index, "--plan-name", "ppo")
    assert {each["state"] for each in again} == {"unchanged", "refused"}
    assert ("/a.json.gz?sign=PPO", None, '"one"') in payer.asked
    assert await in_force(database_url) == {"127.0.0.1/a.json.gz": 1}


async def test_a_newer_file_replaces_the_one_before_and_a_broken_one_nothing(database_url: str, tmp_path: Path) -> None:
    first, newer, broken = (tmp_path / f"2026-{month}-01_rates.json.gz" for month in (10, 11, 12))
    first.write_bytes(PACKED)
    newer.write_bytes(gzip.compress(SMALL_TEXT.replace("42.5", "43.5").encode()))
    broken.write_bytes(PACKED[:-9])
    assert imported(database_url, first)[1][0]["rates"] == 1
    assert imported(database_url, first)[1][0]["state"] == "unchanged"
    assert imported(database_url, newer)[1][0]["replaced"] == "2026-11-01"
    code, (refused,), _ = imported(database_url, broken)
    assert (code, refused["state"], "the packing is damaged" in refused["problem"]) == (1, "refused", True)
    assert await in_force(database_url) == {newer.name: 1}


def test_what_is_told_wrong_is_said_before_anything_is_read(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "rates.json").write_text(SMALL_TEXT)
    here = {"OUTLAY_DATABASE_URL": database_url}
    for arguments, code, said in (
        ((tmp_path / "rates.json", "--payer", "aetna"), 2, "Give --tin or --npi"),
        ((tmp_path / "rates.json", "--payer", "aetna", "--tin", "84-555"), 2, "is no tax number"),
        ((tmp_path / "rates.json", "--payer", "aetna", "--npi", "123"), 2, "is no NPI"),
        ((tmp_path / "rates.json", "--payer", "aetan", "--npi", "1669999991"), 1, "write aetna"),
        ((tmp_path / "nothing.json", *OURS), 2, "is no file and no https address"),
        (("https://127.0.0.1/x_index.json", *OURS), 1, "private network"),
    ):
        done = outlay("rates", "import", *arguments, **here)
        assert (done.returncode, said in done.stderr) == (code, True), done.stderr


def many(folder: Path, count: int) -> list[str]:
    """Files with an amount each of its own."""
    for number in range(count):
        file = folder / f"rates-{number}.json"
        file.write_text(json.dumps(SMALL).replace("42.5", f"{number + 1}.25"))
    return sorted(map(str, folder.iterdir()))


def die_once(folder: Path, task: Task) -> Outcome:
    """Read a file, unless nobody has died yet."""
    try:
        (folder / "died").touch(exist_ok=False)
    except FileExistsError:
        return read_file(task)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


async def test_a_worker_that_is_killed_costs_nothing(database_url: str, tmp_path: Path) -> None:
    folder, files = tmp_path / "marks", tmp_path / "files"
    folder.mkdir()
    files.mkdir()
    ended: list[Ended] = []
    connection = await connect(database_url)
    query = Query(codes=("99213",), tins=("845556670",))
    async with processes(2, partial(die_once, folder)) as run:
        await import_files(connection, "aetna", query, many(files, 4), run, at_once=2, ended=ended.append)
    await connection.close()
    assert [each.state for each in ended] == ["read"] * 4
    assert await in_force(database_url) == {f"rates-{number}.json": 1 for number in range(4)}


async def test_two_machines_share_the_work(database_url: str, tmp_path: Path) -> None:
    addresses = many(tmp_path, 6)
    query = Query(codes=("99213",), tins=("845556670",))
    shares: list[list[Ended]] = [[], []]
    both_read = asyncio.Barrier(2)

    async def machine(share: list[Ended]) -> None:
        async def run(task: Task) -> Outcome:
            if not share:
                await both_read.wait()  # so that neither does all of it
            return read_file(task)

        connection = await connect(database_url)
        await import_files(connection, "aetna", query, addresses, run, ended=share.append)
        await connection.close()

    await asyncio.gather(*map(machine, shares))
    names = [each.name for share in shares for each in share]
    assert sorted(names) == [f"rates-{number}.json" for number in range(6)]
    assert all(shares)
    assert await in_force(database_url) == dict.fromkeys(names, 1)
