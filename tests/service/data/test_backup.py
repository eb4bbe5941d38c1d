"""`outlay backup` and `restore`: everything comes back as it was, in a new server; nobody is readable in the file."""

import asyncio
import os
import subprocess
import sys
import zipfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest

from service import testing
from service.documents.issuing import open_documents
from service.eligibility.sealing import open_answer, open_inquiry
from service.store import embedded
from service.store.audit import append
from service.store.backup import DifferentlyRestored, NotEmpty, TooNew, back_up, restore
from service.store.backup_file import BackupUnusable, Manifest, reading, writing
from service.store.database import connect, connect_as_owner
from service.store.eligibility import find_check
from service.store.good_faith import find_issue
from service.store.migrate import migrate
from service.store.vault import read_vault
from tests.cli.command import outlay
from tests.conftest import NOW
from tests.payers.good_faith.issued import IV
from tests.service.data.conftest import PLANTED, Filled
from tests.service.eligibility.test_worker import serving

ROOT = Path(__file__).parents[3]
QUEUE = {"pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics"}
BUSY = {"estimates", "audit", "audit_chain", "stamps", "webhook_attempts", "webhook_deliveries", *QUEUE}
"""Tables that somebody writes to while the backup is made."""
USED = {
    *("estimates", "audit", "pgqueuer", "catalogue_versions", "clinic_prices", "keys", "webhook_endpoints"),
    *("good_faith_estimates", "good_faith_bills", "eligibility_checks", "eligibility_attempts"),
    *("eligibility_batches", "eligibility_batch_rows", "eligibility_batch_estimates"),
}
"""Tables that the office has written to."""


async def rows(url: str) -> dict[str, set[str]]:
    """Every row of every table as the server prints it."""
    connection = await connect_as_owner(url)
    try:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {
            name: {row for (row,) in await connection.fetch(f'SELECT t::text FROM "{name}" AS t')}  # noqa: S608
            for (name,) in tables
        }
    finally:
        await connection.close()


@asynccontextmanager
async def asking(office: httpx.AsyncClient) -> AsyncGenerator[list[str]]:
    """Somebody who asks for one estimate after the other; the ids of those that were answered."""
    answered: list[str] = []

    async def ask() -> None:
        while True:
            made = await office.post("/v1/estimates", json=IV)
            answered.append(made.json()["id"])
            await asyncio.sleep(0.1)

    task = asyncio.create_task(ask())
    yield answered
    task.cancel()
    await asyncio.wait({task})


async def test_everything_comes_back_as_it_was_in_a_new_server(
    office: httpx.AsyncClient, filled: Filled, tmp_path: Path
) -> None:
    url, keys = filled.settings.database_url or "", filled.settings.member_data_keys
    assert keys
    before = await rows(url)
    async with asking(office) as answered:
        at_first = len(answered)
        told = await asyncio.to_thread(as_documented, tmp_path, at(keys, OUTLAY_DATABASE_URL=url))
        assert len(answered) > at_first
    after = await rows(url)
    assert [word for word in PLANTED if word in told.lower()] == []
    assert told.count(f"key {next(iter(read_vault(keys).key_names))}\n") == 3
    assert told.count("NOT IN THE FILE") == 3

    server = embedded.start(tmp_path / "drill/postgres")
    try:
        found = await rows(server.url)
        quiet = found.keys() - BUSY
        assert found.keys() == before.keys()
        assert {name: found[name] for name in quiet} == {name: before[name] for name in quiet}
        assert before["estimates"] < found["estimates"] <= after["estimates"]
        assert all(before[name] <= found[name] for name in ("audit", "audit_chain"))
        await opened(server.url, filled, keys)
        served = msgspec.structs.replace(filled.settings, database_url=server.url)
        async with serving(served, filled.settings.connectors or tmp_path) as (_, address):
            path, headers = f"/v1/estimates/{filled.estimate}", {"Authorization": f"Bearer {filled.secret}"}
            async with httpx.AsyncClient(base_url=address, headers=headers) as client:
                assert (await client.post(f"{path}/replay")).json()["identical"] is True
                assert (await client.get(path)).content == (await office.get(path)).content
    finally:
        server.stop()


async def test_nobody_is_readable_in_the_file(filled: Filled, tmp_path: Path) -> None:
    file = tmp_path / "clinic.backup"
    await back_up(filled.settings.database_url or "", file, "1.2.3", NOW, lambda _: None)
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name).decode().lower() for name in archive.namelist()}
    assert [(name, word) for name, text in members.items() for word in PLANTED if word in text] == []
    assert {Path(name).stem for name, text in members.items() if text} >= USED
    verified = await asyncio.to_thread(outlay, "backup", "verify", file)
    assert (verified.returncode, ": NOT AT HAND" in verified.stdout) == (0, True), verified.stderr


def as_documented(folder: Path, environment: dict[str, str]) -> str:
    """What the commands of the documentation say, run one after the other."""
    section = (ROOT / "docs/operations.md").read_text().partition("## Backups")[2]
    block = section.partition("```console\n")[2].partition("```")[0]
    script = "set -eu\n" + "".join(line.removeprefix("$ ") + "\n" for line in block.splitlines())
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OUTLAY_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", script],  # noqa: S607
        cwd=folder,
        env=inherited | environment | {"PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def at(keys: Path, **more: str) -> dict[str, str]:
    return {"OUTLAY_MEMBER_DATA_KEYS": str(keys)} | more


async def opened(url: str, filled: Filled, keys: Path) -> None:
    """What was sealed opens, and ids go on where they were."""
    vault, connection = read_vault(keys), await connect(url)
    try:
        check = await find_check(connection, UUID(filled.check))
        assert check
        asked = open_inquiry(vault, check)
        assert asked
        assert asked.subscriber.last_name == "Nightingale"
        assert open_answer(vault, check)
        issue = await find_issue(connection, UUID(filled.issue))
        assert issue
        assert b"Nightingale" in open_documents(vault, issue)["es"]
        last = await connection.fetchval("SELECT max(id) FROM audit")
        await append(connection, "audit.export", "", "")
        assert await connection.fetchval("SELECT max(id) FROM audit") > last
    finally:
        await connection.close()


@pytest.fixture
async def file(postgres_url: str, tmp_path: Path) -> Path:
    """A backup of a database with nothing but a catalogue."""
    path = tmp_path / "catalogue.backup"
    await back_up(postgres_url, path, "1.2.3", NOW, lambda _: None)
    return path


def forged(
    file: Path, table: str, change: Callable[[bytes], bytes], tell: Callable[[Manifest], Manifest] = lambda told: told
) -> Path:
    """A copy of a backup with a checksum that fits, in which a table or the manifest was changed."""
    path = file.with_name("forged.backup")
    with reading(file) as backup, writing(path) as forgery:
        for each in backup.manifest.tables:
            with forgery.table(each.name) as write:
                whole = b"".join(backup.rows(each))
                write(change(whole) if each.name == table else whole)
        forgery.finish(tell(backup.manifest))
    return path


async def restored(url: str, file: Path) -> None:
    with reading(file) as backup:
        await restore(url, backup, lambda _: None)


async def test_a_backup_that_was_tampered_with_leaves_no_row(server_url: str, file: Path) -> None:
    tampered: tuple[tuple[str, Callable[[bytes], bytes], type[Exception]], ...] = (
        ("payers", lambda rows: rows.replace(b"Aetna", b"Aetnb"), DifferentlyRestored),
        ("payers", lambda rows: rows + rows, BackupUnusable),
        ("stamps", lambda _: b"", DifferentlyRestored),
        ("stamps", lambda _: b"one\n", BackupUnusable),
        ("releases", lambda _: b"", BackupUnusable),
    )
    async with testing.empty_database(server_url) as url:
        for table, change, error in tampered:
            forgery = forged(file, table, change)
            with pytest.raises(error):
                await restored(url, forgery)
            forgery.unlink()
        assert {name for name, found in (await rows(url)).items() if found} == {"alembic_version", "stamps"}
        await restored(url, file)
        assert (await rows(url))["payers"]


async def test_a_database_with_anything_in_it_is_left_alone(server_url: str, database_url: str, file: Path) -> None:
    before = await rows(database_url)
    with pytest.raises(NotEmpty):
        await restored(database_url, file)
    assert await rows(database_url) == before
    async with testing.empty_database(server_url) as url:
        connection = await connect_as_owner(url)
        await connection.execute("CREATE TABLE theirs (id int)")
        await connection.close()
        with pytest.raises(NotEmpty):
            await restored(url, file)
        assert (await rows(url)).keys() == {"theirs"}


async def test_an_older_backup_is_restored_as_it_was_and_migrated_after(server_url: str, tmp_path: Path) -> None:
    old, file = "0005", tmp_path / "old.backup"
    async with testing.empty_database(server_url) as url:
        await migrate(url, old)
        await back_up(url, file, "0.0.1", NOW, lambda _: None)
    async with testing.empty_database(server_url) as url:
        done = await asyncio.to_thread(outlay, "restore", file, OUTLAY_DATABASE_URL=url)
        assert (done.returncode, "newer migrations (0006" in done.stderr) == (0, True), done.stderr
        found = await rows(url)
        assert (found["alembic_version"], "people" in found) == ({f"({old})"}, False)
        assert (await migrate(url)).before == old


async def test_a_newer_backup_needs_a_newer_program(server_url: str, file: Path) -> None:
    newer = forged(file, "", bytes, lambda told: msgspec.structs.replace(told, revision="9999"))
    async with testing.empty_database(server_url) as url:
        with pytest.raises(TooNew):
            await restored(url, newer)
        assert await rows(url) == {}


async def test_it_waits_for_no_migration_and_none_runs_meanwhile(database_url: str, tmp_path: Path) -> None:
    connection = await connect_as_owner(database_url)
    async with connection.transaction():
        await connection.execute("UPDATE alembic_version SET version_num = version_num")
        refused = await asyncio.to_thread(outlay, "backup", tmp_path / "x.backup", OUTLAY_DATABASE_URL=database_url)
    await connection.close()
    assert (refused.returncode, "being migrated" in refused.stderr) == (1, True), refused.stderr
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_the_audit_trail_knows_of_it(database_url: str, server_url: str, tmp_path: Path) -> None:
    file = tmp_path / "x.backup"
    manifest, checksum = await back_up(database_url, file, "1.2.3", NOW, lambda _: None)
    async with testing.empty_database(server_url) as url:
        await restored(url, file)
        for where, action in ((database_url, "backup.create"), (url, "backup.restore")):
            connection = await connect(where)
            last = await connection.fetchrow("SELECT action, subject_id, detail FROM audit ORDER BY id DESC LIMIT 1")
            await connection.close()
            assert last
            assert tuple(last) == (action, checksum, {"rows": manifest.rows, "revision": manifest.revision})


def test_a_full_disk_leaves_no_file(postgres_url: str, tmp_path: Path) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))"
    program = f"{limited}; from service.cli import main; main(['backup', 'x.backup'])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"OUTLAY_DATABASE_URL": postgres_url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "x.backup cannot be written: File too large" in done.stderr) == (1, True), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("Dear clinic")
    refused = outlay("restore", letter, OUTLAY_DATA_DIR=str(tmp_path / "data"))
    assert (refused.returncode, "it is no backup" in refused.stderr) == (1, True), refused.stderr
    assert list(tmp_path.iterdir()) == [letter]
