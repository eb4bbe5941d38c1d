"""Executes the SQL file beside it."""

from migrations.sql import run_sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_sql(__file__)
