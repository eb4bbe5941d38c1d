"""From nothing to the newest revision, once, however many try."""

import asyncio
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

import migrations
from service import testing
from service.store.database import connect, connect_as_owner
from service.store.migrate import current_revision, head_revision, migrate, pending
from service.store.release import read_release
from service.store.seed import Seeded, seed
from tests.cli.command import outlay


def test_alembic_and_the_file_names_agree_on_one_line_of_revisions() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [head_revision()]
    revisions = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    assert revisions == sorted(path.stem[:4] for path in Path(scripts.versions).glob("*.sql"))


async def test_from_nothing_to_head_and_seeded_once(server_url: str) -> None:
    async with testing.empty_database(server_url) as url:
        connection = await connect(url)
        assert await current_revision(connection) is None
        assert (await pending(connection))[-1] == head_revision()
        first = await migrate(url)
        assert (first.before, first.after) == (None, head_revision())
        assert await current_revision(connection) == head_revision()
        assert await pending(connection) == ()
        again = await migrate(url)
        assert (again.before, again.after) == (head_revision(), head_revision())

        seeded = await seed(url)
        assert (seeded.written, seeded.put_in_force) == (True, True)
        assert await seed(url) == Seeded(version=seeded.version, written=False, put_in_force=False)
        assert await read_release(connection, seeded.version) == await read_release(connection)
        await connection.close()


async def test_two_at_once_apply_each_migration_once(server_url: str) -> None:
    async with testing.empty_database(server_url) as url:
        both = await asyncio.gather(migrate(url), migrate(url))
        assert sorted(migrated.before or "" for migrated in both) == ["", head_revision()]
        connection = await connect(url)
        assert await pending(connection) == ()
        await connection.close()


async def test_a_migration_that_does_not_get_its_table_keeps_nobody_waiting_and_is_run_again(server_url: str) -> None:
    async with testing.empty_database(server_url) as url:
        await migrate(url, "0007")
        connection = await connect_as_owner(url)
        async with connection.transaction():
            await connection.execute("LOCK TABLE estimates IN ACCESS SHARE MODE")  # as a backup, or whoever reads
            refused = await asyncio.to_thread(outlay, "migrate", OUTLAY_DATABASE_URL=url)
            assert (refused.returncode, "the migration 0008 waited" in refused.stderr) == (1, True), refused.stderr
            assert await current_revision(connection) == "0007"
        assert (await migrate(url)).before == "0007"
        await connection.close()


def test_every_migration_begins_with_the_limits_and_those_that_take_longer_are_in_the_documentation() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    told = (Path(__file__).parents[2] / "docs/operations.md").read_text().partition("## Upgrades")[2]
    for file in folder.glob("*.sql"):
        assert "run_sql(__file__)" in file.with_suffix(".py").read_text()
        if "_timeout" in file.read_text():
            assert f"| {file.stem[:4]} |" in told


async def test_every_constraint_and_index_has_a_name_of_ours(postgres_url: str) -> None:
    """A name that Postgres makes up differs between versions, and errors are told by name."""
    connection = await connect(postgres_url)
    made = await connection.fetch(
        """
        SELECT conname FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = connamespace
        WHERE nspname = 'public' AND contype <> 'n'
        UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'
        """
    )
    await connection.close()
    folder = Path(migrations.__file__).parent / "versions"
    sql = "".join(path.read_text() for path in folder.glob("*.sql"))
    names = {record["conname"] for record in made} - {"alembic_version_pkc"}
    assert len(names) > 50
    assert {name for name in names if name not in sql} == set()
