"""The roles may do what `migrations/grants.toml` says, table by table, and nothing else."""

import tomllib
from pathlib import Path

import migrations
from service.store.database import SERVING_ROLE, Connection
from service.store.roles import READING_ROLE

GRANTS = Path(migrations.__file__).parent / "grants.toml"
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
OF_COLUMNS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


async def may(conn: Connection, role: str, table: str) -> str:
    """What the role may do with the table, as grants.toml writes it."""
    told: list[str] = []
    for privilege in PRIVILEGES:
        if await conn.fetchval("SELECT has_table_privilege($1, $2, $3)", role, table, privilege):
            told.append(privilege)
        elif privilege in OF_COLUMNS:
            columns = await conn.fetch(
                """
                SELECT attname, has_column_privilege($1, attrelid, attnum, $3) AS may FROM pg_attribute
                WHERE attrelid = $2::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
                """,
                role,
                table,
                privilege,
            )
            but = privilege == "SELECT"
            named = ", ".join(column["attname"] for column in columns if column["may"] != but)
            if any(column["may"] for column in columns):
                told.append(f"{privilege}{' but' if but else ''} ({named})")
    return ", ".join(told)


async def test_each_role_may_do_with_each_table_what_is_written(conn: Connection) -> None:
    written = {
        table: {SERVING_ROLE: grant.get("serve", ""), READING_ROLE: grant.get("read", "")}
        for grant in tomllib.loads(GRANTS.read_text())["grants"]
        for table in grant["tables"]
    }
    tables = await conn.fetch(
        """
        SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        UNION SELECT viewname FROM pg_views WHERE schemaname = 'public'
        """
    )
    found = {
        table["tablename"]: {role: await may(conn, role, table["tablename"]) for role in (SERVING_ROLE, READING_ROLE)}
        for table in tables
    }
    differing = {table for table in {*written, *found} if written.get(table) != found.get(table)}
    assert {table: found.get(table) for table in differing} == {table: written.get(table) for table in differing}, (
        "grant it in the migration that makes the table, and write it in migrations/grants.toml"
    )


async def test_nobody_else_may_do_anything_and_nobody_but_the_owner_makes_tables(conn: Connection) -> None:
    public = await conn.fetchval(
        """
        SELECT count(*) FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'public'::regnamespace AND grantee = 0
        """
    )
    assert public == 0
    for role in (SERVING_ROLE, READING_ROLE):
        assert not await conn.fetchval("SELECT has_schema_privilege($1, 'public', 'CREATE')", role)
        attributes = await conn.fetchrow(
            """
            SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = $1
            """,
            role,
        )
        assert attributes is not None
        assert not any(attributes.values())


async def test_every_number_that_a_table_gives_itself_can_be_given(conn: Connection) -> None:
    """`serial` needs a right of its own, which is easily forgotten; `identity` does not."""
    sequences = await conn.fetch(
        """
        SELECT oid::regclass::text AS name, has_sequence_privilege($1, oid, 'USAGE') AS may
        FROM (SELECT oid FROM pg_class WHERE relkind = 'S' ORDER BY oid) AS sequence
        WHERE EXISTS (SELECT FROM pg_depend WHERE objid = oid AND deptype = 'a')
        """,
        SERVING_ROLE,
    )
    assert len(sequences) == 3
    assert [sequence["name"] for sequence in sequences if not sequence["may"]] == []
