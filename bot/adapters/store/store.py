"""Opens the store: connects, migrates, and provides the ports that share one database."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.adapters.store.database import OnGone, ignore_gone, open_database
from bot.adapters.store.deliveries import SqlDeliveries
from bot.adapters.store.dialogs import SqlDialogs
from bot.adapters.store.journal import SqlJournal
from bot.adapters.store.leases import SqlLeases
from bot.adapters.store.migrate import migrate
from bot.adapters.store.outbox import SqlOutbox
from bot.adapters.store.run_history import SqlRunHistory, nobody
from bot.adapters.store.run_history_cache import CustomerOf
from bot.adapters.store.subscriptions import SqlSubscriptions


@dataclass(frozen=True, slots=True)
class Store:
    """The ports that share one database."""

    journal: SqlJournal
    outbox: SqlOutbox
    ledger: SqlRunHistory
    leases: SqlLeases
    deliveries: SqlDeliveries
    dialogs: SqlDialogs
    subscriptions: SqlSubscriptions


@asynccontextmanager
async def open_store(
    url: str,
    clusters: Collection[str] = (),
    on_gone: OnGone = ignore_gone,
    data: Collection[str] = (),
    customer_of: CustomerOf = nobody,
) -> AsyncIterator[Store]:
    """The store at ``url``, migrated to this version's schema, until the end of the block. The run history of
    ``clusters`` is read ahead. ``on_gone`` is called when the database turns out to be gone. ``data`` names the hints
    of runs that are stored unchanged (``SqlRunHistory``). ``customer_of`` finds the customer of a run.

    Raises ConfigError for an unusable URL; Refused for a database that cannot be used (not writable, not a database,
    wrong password, newer than this program); Unavailable for one that cannot be used now (locked, disk full, server
    gone).
    """
    async with open_database(url, on_gone) as database:
        await migrate(database)
        ledger = SqlRunHistory(database, data, customer_of)
        async with ledger.read_ahead(clusters):
            yield Store(
                journal=SqlJournal(database),
                outbox=SqlOutbox(database),
                ledger=ledger,
                leases=SqlLeases(database),
                deliveries=SqlDeliveries(database),
                dialogs=SqlDialogs(database),
                subscriptions=SqlSubscriptions(database),
            )
