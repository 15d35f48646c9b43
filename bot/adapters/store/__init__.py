"""The store: journal, outbox, lease and deliveries in one SQL database. Nobody outside knows that it is SQL."""

from bot.adapters.store.store import Store, open_store

__all__ = ["Store", "open_store"]
