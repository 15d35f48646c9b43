"""Snoozing an open alert."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from bot.commands import Snooze
from bot.fleet.alerts.lookup import ClusterSnoozeResult, SnoozeResult
from bot.model import ActiveSnooze, Actor, JournalEntry
from bot.services import Services
from bot.usecases.snooze import snooze
from tests.fakes.episodes import episode
from tests.fakes.journal import FakeJournal
from tests.fakes.services import CHANNEL, GROUP_OPERATOR, NOW, OPERATOR, TEAM, FakeWorld
from tests.wording import declines

OLIVIA = Actor(OPERATOR, TEAM, CHANNEL)
OSCAR = Actor(GROUP_OPERATOR, TEAM, CHANNEL)
HILTON = episode()


async def snooze_one(command: Snooze, actor: Actor, services: Services) -> SnoozeResult:
    """The result for the one alert that the command names."""
    result = await snooze(command, actor, services)
    assert isinstance(result, SnoozeResult)
    return result


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.journal.episodes[HILTON.id] = HILTON
    return world


async def test_an_alert_is_quiet_for_the_span_that_was_asked_for(world: FakeWorld) -> None:
    result = await snooze_one(Snooze(target="hilton", span=timedelta(hours=2)), OLIVIA, world.services)

    assert result.until == NOW + timedelta(hours=2)
    assert result.is_news
    assert world.journal.episodes[HILTON.id].quiet == ActiveSnooze(OPERATOR, result.until)


async def test_without_a_span_it_is_quiet_until_it_changes(world: FakeWorld) -> None:
    result = await snooze_one(Snooze(episode=HILTON.id), OLIVIA, world.services)

    assert result.until is None
    assert world.journal.episodes[HILTON.id].quiet == ActiveSnooze(OPERATOR, None)


@pytest.mark.parametrize("span", [timedelta(hours=2), None])
async def test_the_same_snooze_again_changes_and_says_nothing(world: FakeWorld, span: timedelta | None) -> None:
    await snooze(Snooze(target="hilton", span=span), OLIVIA, world.services)
    posted = dict(world.outbox.messages)
    world.now += timedelta(seconds=3)

    result = await snooze_one(Snooze(target="hilton", span=span), OSCAR, world.services)

    assert not result.is_news
    assert result.until == (NOW + span if span else None)
    assert world.outbox.messages == posted
    assert world.journal.episodes[HILTON.id].quiet == ActiveSnooze(OPERATOR, NOW + span if span else None)


async def test_another_span_replaces_the_snooze_and_is_told(world: FakeWorld) -> None:
    await snooze(Snooze(target="hilton"), OLIVIA, world.services)
    posted = len(world.outbox.messages)

    result = await snooze_one(Snooze(target="hilton", span=timedelta(hours=8)), OSCAR, world.services)

    assert result.is_news
    assert world.journal.episodes[HILTON.id].quiet == ActiveSnooze(GROUP_OPERATOR, NOW + timedelta(hours=8))
    assert len(world.outbox.messages) >= posted


async def test_the_audit_has_each_change_once_with_before_and_after(world: FakeWorld) -> None:
    for span in (None, None, timedelta(hours=2), timedelta(hours=2)):
        await snooze(Snooze(target="hilton", span=span), OLIVIA, world.services)

    assert [(record.before, record.after) for record in world.journal.audited] == [
        ("not snoozed", "snoozed until it changes"),
        ("snoozed until it changes", "snoozed until 2026-02-22 11:00 UTC"),
    ]
    assert {(record.user_id, record.command) for record in world.journal.audited} == {(OPERATOR, "snooze")}


async def test_a_customer_without_an_alert_cannot_be_snoozed(world: FakeWorld) -> None:
    with declines("No alert is open for “vivint”"):
        await snooze(Snooze(target="vivint"), OLIVIA, world.services)


@dataclass
class OvertakenOnce(FakeJournal):
    """Oscar acknowledges the alert between the first read and the first write."""

    overtaken: bool = False

    async def record(self, entry: JournalEntry, now: datetime) -> None:
        if not self.overtaken:
            self.overtaken = True
            await super().record(JournalEntry(episodes=(replace(HILTON, acked_by=GROUP_OPERATOR),)), now)
        await super().record(entry, now)


async def test_a_snooze_that_was_overtaken_changes_what_is_there_now(world: FakeWorld) -> None:
    world.journal = OvertakenOnce(world.outbox, episodes=world.journal.episodes)

    result = await snooze_one(Snooze(target="hilton"), OLIVIA, world.services)

    assert world.journal.episodes[HILTON.id].acked_by == GROUP_OPERATOR
    assert world.journal.episodes[HILTON.id].quiet == ActiveSnooze(OPERATOR, None)
    assert result.episode.acked_by == GROUP_OPERATOR


async def test_a_cluster_means_all_its_open_alerts_with_an_audit_record_each(world: FakeWorld) -> None:
    two_hours = timedelta(hours=2)
    quiet = episode("spirit", quiet=ActiveSnooze(GROUP_OPERATOR, NOW + two_hours))
    world.journal.episodes |= {each.id: each for each in (quiet, episode("nrg"), episode("marriott", "chat-prod"))}
    result = await snooze(Snooze(target="voice-prod", span=two_hours), OLIVIA, world.services)

    snoozed = {each.customer: each.quiet.by for each in world.journal.episodes.values() if each.quiet}
    assert result == ClusterSnoozeResult("voice-prod", NOW + two_hours, snoozed=2, already=1)
    assert snoozed == {"hilton": OPERATOR, "nrg": OPERATOR, "spirit": GROUP_OPERATOR}
    assert sorted(record.subject.customer for record in world.journal.audited) == ["hilton", "nrg"]


async def test_a_cluster_without_an_open_alert_says_so(world: FakeWorld) -> None:
    world.journal.episodes.clear()

    with declines("No alert of voice-prod is open."):
        await snooze(Snooze(target="voice-prod"), OLIVIA, world.services)
