"""Alembic's environment: it runs on the connection, and in the transaction, of `feeds.store.migrate`."""

from __future__ import annotations

from alembic import context

from feeds.store.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
