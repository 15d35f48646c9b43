"""Thinning out the outbox takes one query for episodes, however many messages wait, and drops no call of people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.fleet.alerts.episodes import card
from bot.model import ActiveSnooze, Episode, EscalationStep, JournalEntry, Route
from bot.usecases.escalate import escalate
from bot.usecases.outbox_backlog import discard_stale_messages
from tests.fakes.episodes import episode
from tests.fakes.journal import FakeJournal
from tests.fakes.services import FakeWorld


@dataclass
class Counting(FakeJournal):
    """Counts how often it is asked for episodes."""

    reads: int = 0

    async def episode(self, episode_id: str) -> Episode | None:
        self.reads += 1
        return await super().episode(episode_id)

    async def episodes_by_id(self, episode_ids: Collection[str]) -> Mapping[str, Episode]:
        self.reads += 1
        return await super().episodes_by_id(episode_ids)


async def test_a_hundred_alerts_that_wait_are_judged_after_one_question() -> None:
    world = FakeWorld()
    world.journal = journal = Counting(world.outbox)
    episodes = tuple(episode(f"customer-{number}", revision=0) for number in range(100))
    await journal.record(JournalEntry(episodes=episodes, messages=tuple(card(each) for each in episodes)), world.now)
    world.now += timedelta(hours=1)
    await discard_stale_messages(world.services)

    assert journal.reads == 1
    assert len(await world.outbox.undelivered()) == 100


async def test_a_mention_after_a_snooze_is_not_stale_although_no_pass_has_seen_its_end() -> None:
    """Slack and the alert's cluster may be away at the same time."""
    world = FakeWorld()
    route = Route(escalate=(EscalationStep(timedelta(minutes=15), ("S0ONCALL",)),))
    snooze = ActiveSnooze("U1", world.now + timedelta(minutes=30))
    alert = episode(opened_at=world.now, route=route, quiet=snooze, revision=0)
    await world.journal.record(JournalEntry(episodes=(alert,)), world.now)
    world.now += timedelta(minutes=45)
    await escalate(world.services)
    world.now += timedelta(minutes=5)

    assert not await discard_stale_messages(world.services)
    assert len(await world.outbox.undelivered()) == 1
