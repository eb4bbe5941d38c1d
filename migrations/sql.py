"""Executes a migration's SQL. Apart from the package itself, which the service imports without Alembic."""

from collections.abc import Awaitable
from pathlib import Path
from typing import cast

import asyncpg
from alembic import op
from sqlalchemy import AdaptedConnection

LOCK_TIMEOUT = "4s"
"""A migration that cannot get a lock fails and is run again, rather than hold up the queries behind it."""

STATEMENT_TIMEOUT = "60s"


def run_sql(migration: str) -> None:
    """Execute the `.sql` file beside `migration`, statement after statement, in the migration's transaction."""
    sql = Path(migration).with_suffix(".sql").read_text()

    def execute(connection: "asyncpg.Connection[asyncpg.Record]") -> Awaitable[str]:
        return connection.execute(sql)

    # These also open the transaction, which the dialect does not do before its first statement.
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
    # The driver's own `execute`: the dialect prepares its statements, and a prepared one cannot hold a whole file.
    cast("AdaptedConnection", op.get_bind().connection.dbapi_connection).run_async(execute)
