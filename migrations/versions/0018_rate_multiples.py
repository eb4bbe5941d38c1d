"""Executes the SQL file beside it."""

from migrations.sql import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql(__file__)
