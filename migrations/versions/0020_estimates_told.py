"""Executes the SQL file beside it."""

from migrations.sql import run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql(__file__)
