"""The whole database as one file and back: a snapshot of every table, and the same rows in an empty database.

Tables go through COPY, in and out, and so need no program beside this one. What is written is also what is hashed: rows
as COPY writes them under settings that are the same everywhere, in the order of the primary key. Restored tables are
written once more and must have the hashes of the manifest.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TypeAlias

import asyncpg
import msgspec

from service.store import audit
from service.store.backup_file import (
    FORMAT,
    BackupReader,
    BackupUnusable,
    BackupWriter,
    Manifest,
    Progress,
    Table,
    Tally,
    writing,
)
from service.store.database import CONNECT_SECONDS, connect
from service.store.migrate import current_revision, head_revision, migrate
from service.store.vault import HEAD_BYTES, key_of

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

SUBJECT = "backup"
"""What backups are called in the audit trail; the id is the checksum."""
_REVISION = "alembic_version"
_SETTINGS = {
    "application_name": "outlay",
    "client_encoding": "UTF8",
    "timezone": "UTC",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "lock_timeout": "4s",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "jit": "off",
}
"""What the text of a value depends on, and as much time as it takes."""


class NotMigrated(Exception):
    """There are no tables to back up."""


class NotEmpty(Exception):
    """The database that is to be restored into holds something already."""


class TooNew(Exception):
    """The backup has a migration that this program does not know."""


class BeingMigrated(Exception):
    """A migration is running in the database."""


class DifferentlyRestored(Exception):
    """A table that was restored is not the one that was backed up. Nothing was kept."""


class _Layout(msgspec.Struct, frozen=True, kw_only=True):
    """A table as it is read and written: columns whose values are kept, and what its rows are ordered by."""

    name: str
    columns: tuple[str, ...]
    order: str

    @property
    def listed(self) -> str:
        return ", ".join(f'"{column}"' for column in self.columns)

    @property
    def query(self) -> str:
        return f'SELECT {self.listed} FROM "{self.name}" ORDER BY {self.order}'  # noqa: S608  the schema's own names


async def count_rows(url: str) -> int:
    """How many rows a backup would have now."""
    async with _connected(url) as connection:
        return sum(
            [
                await connection.fetchval(f'SELECT count(*) FROM "{each.name}"')  # noqa: S608  the schema's own names
                for each in await _layouts(connection)
            ]
        )


async def back_up(url: str, path: Path, version: str, now: datetime, told: Progress) -> tuple[Manifest, str]:
    """Write everything that is in the database at one moment to a new file; what is in it, and its checksum.

    Others go on reading and writing meanwhile; migrations wait. Whoever signs in must own the tables. That there is a
    backup goes on record.

    Raises:
        NotMigrated: there are no tables.
        BeingMigrated: a migration is running.
        BackupUnwritable: there is a file of this name, or it cannot be written.
    """
    async with _connected(url) as connection:
        if await current_revision(connection) is None:
            raise NotMigrated
        async with connection.transaction(isolation="repeatable_read"):
            # Before the snapshot, which begins with the first query. Every migration writes to this table.
            try:
                await connection.execute(f"LOCK TABLE {_REVISION} IN SHARE MODE")
            except asyncpg.LockNotAvailableError as error:
                raise BeingMigrated from error
            with writing(path) as file:
                layouts = await _layouts(connection)
                manifest = Manifest(
                    format=FORMAT,
                    created_at=now,
                    software_version=version,
                    server_version=await connection.fetchval("SHOW server_version"),
                    revision=await current_revision(connection) or "",
                    member_data_keys=await _key_names(connection, layouts),
                    tables=tuple([await _written(connection, layout, file, told) for layout in layouts]),
                    # After the tables: a sequence is no part of the snapshot, and may be ahead of them but not behind.
                    sequences=await _sequences(connection),
                )
                file.finish(manifest)
    await _on_record(url, "backup.create", file.checksum, manifest)
    return manifest, file.checksum


async def restore(url: str, backup: BackupReader, told: Progress) -> None:
    """Make the backup's tables in an empty database, fill them, and compare all of it with the manifest.

    Whoever signs in owns them then. The tables are as the backup's migration has them: `pending` says whether there are
    newer ones. Nothing is kept where anything is wrong. That it was restored goes on record.

    Raises:
        NotEmpty: there is something in the database.
        TooNew: the backup has migrations that are not known here.
        BackupUnusable: its rows do not fit.
        DifferentlyRestored: a table has other rows than the backup.
    """
    manifest = backup.manifest
    if manifest.revision > head_revision():
        raise TooNew(manifest.software_version)
    async with _connected(url) as connection:
        if not await _is_unused(connection, manifest.revision):
            raise NotEmpty
    await migrate(url, manifest.revision)
    async with _connected(url) as connection:
        async with connection.transaction():
            layouts = {layout.name: layout for layout in await _layouts(connection)}
            if {name: set(layout.columns) for name, layout in layouts.items()} != {
                table.name: set(table.columns) for table in manifest.tables
            }:
                raise BackupUnusable("it has other tables than its migration makes")
            async with _without_triggers(connection):
                await _empty(connection, manifest.tables)
                for table in manifest.tables:
                    await _fill(connection, backup, table, told)
            for sequence, value in manifest.sequences.items():
                await connection.execute("SELECT setval(quote_ident($1)::regclass, $2)", sequence, value)
            for table in manifest.tables:
                await _compare(connection, layouts[table.name], table, told)
        await connection.execute("ANALYZE")
    await _on_record(url, "backup.restore", backup.checksum, manifest)


async def _written(connection: Connection, layout: _Layout, file: BackupWriter, told: Progress) -> Table:
    tally = Tally(told)
    with file.table(layout.name) as write_to_file:

        async def write(rows: bytes) -> None:
            write_to_file(rows)
            tally.add(rows)

        await connection.copy_from_query(layout.query, output=write)
    return tally.table(layout.name, layout.columns)


async def _fill(connection: Connection, backup: BackupReader, table: Table, told: Progress) -> None:
    async def rows() -> AsyncIterator[bytes]:
        for some in backup.rows(table):
            told(some.count(b"\n"))
            yield some

    try:
        await connection.copy_to_table(table.name, source=rows(), columns=table.columns)
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
        # What the server says holds the row.
        raise BackupUnusable(f"rows of its table {table.name} do not fit ({type(error).__name__})") from None


async def _compare(connection: Connection, layout: _Layout, table: Table, told: Progress) -> None:
    tally = Tally(told)

    async def read(rows: bytes) -> None:
        tally.add(rows)

    layout = msgspec.structs.replace(layout, columns=table.columns)
    await connection.copy_from_query(layout.query, output=read)
    if tally.table(table.name, table.columns) != table:
        raise DifferentlyRestored(table.name)


async def _layouts(connection: Connection) -> tuple[_Layout, ...]:
    """Every table but the one that has the revision; those that others refer to come first."""
    records = await connection.fetch(
        """
        SELECT pg_class.oid, relname AS name,
          array_agg(attname::text ORDER BY attnum) FILTER (WHERE attgenerated = '') AS columns,
          string_agg(
            quote_ident(attname) || CASE WHEN attcollation = 0 THEN '' ELSE ' COLLATE "C"' END, ', '
            ORDER BY array_position(indkey::smallint[], attnum), attnum
          ) FILTER (WHERE indkey IS NULL OR attnum = ANY (indkey)) AS order,
          array(
            SELECT confrelid FROM pg_constraint
            WHERE conrelid = pg_class.oid AND contype = 'f' AND confrelid <> conrelid
          ) AS refers_to
        FROM pg_class
        JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        LEFT JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> $1
        GROUP BY pg_class.oid ORDER BY relname
        """,
        _REVISION,
    )
    by_oid = {record["oid"]: record for record in records}
    graph = {oid: record["refers_to"] for oid, record in by_oid.items()}
    in_order = [by_oid[oid] for oid in TopologicalSorter(graph).static_order()]
    return tuple(
        _Layout(name=record["name"], columns=tuple(record["columns"]), order=record["order"]) for record in in_order
    )


async def _sequences(connection: Connection) -> dict[str, int]:
    records = await connection.fetch(
        """
        SELECT sequencename, last_value FROM pg_sequences
        WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename
        """
    )
    return {record["sequencename"]: record["last_value"] for record in records}


async def _key_names(connection: Connection, layouts: Iterable[_Layout]) -> tuple[str, ...]:
    """Which keys open what is sealed, as a vault calls them."""
    names: set[str] = set()
    for layout in layouts:
        for column in layout.columns:
            if column.startswith("sealed_"):
                heads = await connection.fetch(
                    f'SELECT DISTINCT substr("{column}", 1, {HEAD_BYTES}) AS head FROM "{layout.name}" '  # noqa: S608  own names
                    f'WHERE "{column}" IS NOT NULL'
                )
                names |= {key_of(record["head"]) for record in heads}
    return tuple(sorted(names))


async def _is_unused(connection: Connection, revision: str) -> bool:
    """Whether nothing is in the database, or the tables of this migration or one before it and nothing of anybody's."""
    names = {layout.name for layout in await _layouts(connection)}
    current = await current_revision(connection)
    if current is None or current > revision:
        return not names and current is None
    # Nobody can do anything before there is a release or a key.
    return not any(
        [
            await connection.fetchval(f'SELECT EXISTS (SELECT FROM "{name}")')  # noqa: S608  our own names
            for name in names & {"releases", "keys"}
        ]
    )


@asynccontextmanager
async def _without_triggers(connection: Connection) -> AsyncGenerator[None]:
    """Rows go in as they were, past the triggers that refuse and announce changes. Foreign keys are looked at."""
    triggers = await connection.fetch(
        """
        SELECT quote_ident(relname) AS table, quote_ident(tgname) AS trigger, tgenabled FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal AND tgenabled <> 'D'
        """
    )
    for record in triggers:
        await connection.execute(f"ALTER TABLE {record['table']} DISABLE TRIGGER {record['trigger']}")
    yield
    enable: Mapping[bytes, str] = {b"O": "ENABLE", b"A": "ENABLE ALWAYS", b"R": "ENABLE REPLICA"}
    for record in triggers:
        how = enable[record["tgenabled"]]
        await connection.execute(f"ALTER TABLE {record['table']} {how} TRIGGER {record['trigger']}")


async def _empty(connection: Connection, tables: tuple[Table, ...]) -> None:
    """Take away the rows that migrations made."""
    for table in reversed(tables):
        await connection.execute(f'DELETE FROM "{table.name}"')  # noqa: S608  the schema's own names, as compared


async def _on_record(url: str, action: audit.Action, checksum: str, manifest: Manifest) -> None:
    connection = await connect(url)
    try:
        detail = {"rows": manifest.rows, "revision": manifest.revision}
        await audit.append(connection, action, SUBJECT, checksum, detail=detail)
    finally:
        await connection.close()


@asynccontextmanager
async def _connected(url: str) -> AsyncGenerator[Connection]:
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS, server_settings=_SETTINGS)
    try:
        yield connection
    finally:
        await connection.close()
