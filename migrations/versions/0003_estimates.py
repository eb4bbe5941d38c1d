"""Executes the SQL file beside it."""

from migrations.sql import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(__file__)
