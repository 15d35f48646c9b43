"""A page over real sockets, from a real store, by a bot that is killed and started again between all of its steps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.adapters.store import open_store
from bot.adapters.store.store import Store
from bot.adapters.webhooks import HttpWebhooks, Webhook
from bot.model import Ending, Episode, EscalationStep, JournalEntry, Route
from bot.outgoing.pages import PageDispatcher
from bot.services import Services
from bot.usecases.escalate import escalate
from tests.adapters.webhooks.receiver import Receiver
from tests.fakes.episodes import episode
from tests.fakes.leading import always
from tests.fakes.services import FakeWorld

OPENED = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
STEPS = (EscalationStep(timedelta(minutes=30), webhook="pagerduty"),)
ALERT = episode(opened_at=OPENED, route=Route("C0VOICE", escalate=STEPS), revision=0)


class Bots:
    """One bot after the other on one store."""

    def __init__(self, url: str, receiver: Receiver) -> None:
        self._url = url
        self._world = FakeWorld(now=OPENED)
        self._webhooks = HttpWebhooks({"pagerduty": Webhook(receiver.url, routing_key="R0")})

    async def record(self, alert: Episode) -> None:
        async with self._started() as (store, services):
            known = await store.journal.episode(alert.id)
            recorded = replace(alert, revision=known.revision if known else 0)
            await store.journal.record(JournalEntry(episodes=(recorded,)), services.now())

    async def pass_by(self, span: timedelta) -> None:
        until = self._world.now + span
        while self._world.now < until:
            self._world.now += timedelta(minutes=5)
            async with self._started() as (_, services):
                await escalate(services)
            async with self._started() as (_, services):
                await PageDispatcher(services, always).dispatch()

    @asynccontextmanager
    async def _started(self) -> AsyncIterator[tuple[Store, Services]]:
        async with open_store(self._url) as store:
            services = replace(
                self._world.services, journal=store.journal, outbox=store.outbox, webhooks=self._webhooks
            )
            yield store, services


async def test_lost_replies_and_restarts_open_one_incident_which_is_acknowledged_and_resolved(tmp_path: Path) -> None:
    async with Receiver(answers=[None, 503, None, 202]).serving() as receiver:
        bots = Bots(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}", receiver)
        await bots.record(ALERT)
        await bots.pass_by(timedelta(hours=2))
        await bots.record(replace(ALERT, acked_by="U1"))
        await bots.pass_by(timedelta(minutes=10))
        await bots.record(replace(ALERT, acked_by="U1", ending=Ending.COMPLETED, ended_at=OPENED))
        await bots.pass_by(timedelta(minutes=10))

    actions = [body["event_action"] for body in receiver.bodies]
    assert actions == ["trigger"] * 4 + ["acknowledge", "resolve"]
    assert len({body["dedup_key"] for body in receiver.bodies}) == 1
    assert len({key for key in receiver.keys if key.endswith(":trigger")}) == 1
