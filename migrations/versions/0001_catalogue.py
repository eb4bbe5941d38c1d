"""Executes the SQL file beside it."""

from migrations.sql import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql(__file__)
