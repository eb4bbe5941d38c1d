"""Alembic's entry: migrates over the connection that `service.store.migrate` hands in, one transaction a file."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
