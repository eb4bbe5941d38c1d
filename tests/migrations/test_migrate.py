"""From nothing to the newest revision, once, however many try."""

import asyncio
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

import migrations
from service import testing
from service.store.database import connect
from service.store.migrate import current_revision, head_revision, migrate, pending
from service.store.release import read_release
from service.store.seed import Seeded, seed


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
