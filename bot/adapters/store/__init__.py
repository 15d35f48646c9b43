"""The store: the journal and the outbox in one SQL database. Nothing outside this package knows that it is SQL."""

from bot.adapters.store.store import Store, open_store

__all__ = ["Store", "open_store"]
