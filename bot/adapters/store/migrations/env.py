"""Alembic runs this file for each upgrade, in the transaction that ``bot.adapters.store.migrate`` has opened."""

from alembic import context

from bot.adapters.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most of a table in place, so Alembic copies it.
    render_as_batch=True,
)
context.run_migrations()
