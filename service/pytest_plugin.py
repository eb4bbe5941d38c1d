"""Fixtures that give a test suite a seeded Postgres and a running service."""
