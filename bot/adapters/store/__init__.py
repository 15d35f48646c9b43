"""The store: journal, ledger, outbox, lease and deliveries in one database. Nobody outside knows that it is SQL."""

from bot.adapters.store.store import Store, open_store

__all__ = ["Store", "open_store"]
