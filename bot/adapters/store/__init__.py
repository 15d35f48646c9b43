"""The store: journal, ledger, outbox, lease and deliveries in one database. Nobody outside knows that it is SQL."""

from bot.adapters.store.database import OnGone
from bot.adapters.store.store import Store, open_store

__all__ = ["OnGone", "Store", "open_store"]
