"""The store: journal, run history, outbox, leases, deliveries, dialogs and subscriptions in one SQL database."""

from bot.adapters.store.database import OnGone
from bot.adapters.store.store import Store, open_store

__all__ = ["OnGone", "Store", "open_store"]
