"""Executes the SQL file beside it."""

from migrations.sql import run_sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_sql(__file__)
