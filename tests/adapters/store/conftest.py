"""The implementations of the store's ports: the fakes, and the real store on SQLite and PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.adapters.store import open_store
from bot.model import Execution
from bot.ports import Deliveries, Dialogs, Journal, Leases, Outbox, RunHistory, Subscriptions
from tests.fakes.deliveries import FakeDeliveries
from tests.fakes.dialogs import FakeDialogs
from tests.fakes.journal import FakeJournal
from tests.fakes.leases import FakeLeases
from tests.fakes.ledger import FakeLedger
from tests.fakes.outbox import FakeOutbox
from tests.fakes.subscriptions import FakeSubscriptions
from tests.stores import StoreKind, empty_store

FAKE = "fake"


@dataclass(frozen=True)
class Sides:
    """The ports that share one store."""

    journal: Journal
    outbox: Outbox
    ledger: RunHistory
    leases: Leases
    deliveries: Deliveries
    dialogs: Dialogs
    subscriptions: Subscriptions


def customer_of(run: Execution) -> str:
    """As its search attribute says."""
    return run.hints.get("customer", "")


@pytest.fixture(params=[FAKE, *StoreKind])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Sides]:
    if request.param == FAKE:
        outbox = FakeOutbox()
        yield Sides(
            journal=FakeJournal(outbox),
            outbox=outbox,
            ledger=FakeLedger(customer_of),
            leases=FakeLeases(),
            deliveries=FakeDeliveries(),
            dialogs=FakeDialogs(),
            subscriptions=FakeSubscriptions(),
        )
        return
    async with empty_store(request.param, request) as url, open_store(url, customer_of=customer_of) as opened:
        yield Sides(
            journal=opened.journal,
            outbox=opened.outbox,
            ledger=opened.ledger,
            leases=opened.leases,
            deliveries=opened.deliveries,
            dialogs=opened.dialogs,
            subscriptions=opened.subscriptions,
        )
