"""Alembic runs this for each upgrade, in the transaction that ``bot.adapters.store.migrate`` opened."""

from alembic import context

from bot.adapters.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters a table by copying it.
    render_as_batch=True,
)
context.run_migrations()
