"""Forward-only migrations, reviewed as SQL; `service.store.migrate` runs them."""

from pathlib import Path

from alembic import op

LOCK_TIMEOUT = "4s"
"""A migration that cannot get a lock fails and is run again, rather than hold up the queries behind it."""

STATEMENT_TIMEOUT = "60s"


def run_sql(migration: str) -> None:
    """Execute the `.sql` file beside `migration`, statement after statement, in the migration's transaction."""
    sql = Path(migration).with_suffix(".sql").read_text()
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
    # The driver's own `execute`: the dialect prepares its statements, and a prepared one cannot hold a whole file.
    op.get_bind().connection.dbapi_connection.run_async(lambda connection: connection.execute(sql))
