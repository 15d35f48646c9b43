"""Slack is gone for an hour and comes back: what is still true is said, once and in order; what is not is not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.adapters.store import open_store
from bot.errors import Unavailable
from bot.fleet.alerts.episodes import card, end_episode
from bot.fleet.notifications.attempts import ended_attempts
from bot.fleet.notifications.keys import card_key
from bot.fleet.notifications.notification import CancelLine, DigestCard, Notification, ReminderLine, dump
from bot.fleet.runs.observation import DescribedRun
from bot.fleet.status.digest import Digest
from bot.fleet.status.fleet_eta import FleetEta
from bot.fleet.status.snapshot import News
from bot.model import (
    MIN_EDIT_INTERVAL,
    Actor,
    Ending,
    Episode,
    ExecutionStatus,
    Failure,
    FailureKind,
    JournalEntry,
    OutboxMessage,
    SeenFailure,
    Window,
)
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.services import Services
from bot.usecases.digest import announce
from tests.fakes.episodes import acknowledge_episode, episode
from tests.fakes.leading import always
from tests.fakes.services import NOW, OPERATOR, FakeWorld
from tests.fleet.builders import execution
from tests.stores import StoreKind, empty_store

FAKE = "fake"
MINUTE = timedelta(minutes=1)
AWAY = Unavailable("slack", "chat.postMessage: no connection")
TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
DIGEST = Digest(
    at=NOW,
    range=Window(date(2026, 1, 1), date(2026, 2, 21)),
    complete=0,
    total=95,
    clusters=(),
    silent=(),
    news=News(since=None),
    struggling=(),
    eta=FleetEta(),
)
ACTOR = Actor(OPERATOR, "T0FAKE", "C0BACKFILLS")


@dataclass
class Hour:
    """A world on a real store."""

    world: FakeWorld
    services: Services

    def __post_init__(self) -> None:
        self.dispatcher = OutboxDispatcher(self.services, always)

    async def record(self, *messages: OutboxMessage, of: Episode | None = None) -> None:
        """Record what a pass of the watcher would, and make one pass of the dispatcher."""
        known = await self.services.journal.episode(of.id) if of else None
        changed = [replace(of, revision=known.revision if known else 0)] if of else []
        await self.services.journal.record(JournalEntry(episodes=tuple(changed), messages=messages), self.world.now)
        await self.dispatcher.dispatch()

    async def pass_by(self, minutes: int) -> None:
        """Let time pass while the dispatcher keeps trying."""
        for _ in range(minutes):
            self.world.now += MINUTE
            await self.dispatcher.dispatch()

    async def back(self) -> list[str]:
        """Slack answers again; returns the keys posted since, in order."""
        before = len(self.world.channel.messages)
        self.world.channel.away = None
        await self.pass_by(10)
        return [posted.key for posted in self.world.channel.messages[before:]]


@pytest.fixture(params=[FAKE, *StoreKind])
async def hour(request: pytest.FixtureRequest) -> AsyncIterator[Hour]:
    world = FakeWorld()
    if request.param == FAKE:
        yield Hour(world, world.services)
        return
    async with empty_store(request.param, request) as url, open_store(url) as store:
        yield Hour(world, replace(world.services, journal=store.journal, outbox=store.outbox))


def line(of: Episode, what: str, saying: Notification) -> OutboxMessage:
    return OutboxMessage(f"{card_key(of)}:{what}", dump(saying), of.root_key)


def reminder(of: Episode, number: int) -> OutboxMessage:
    shown = ReminderLine(of.name, 2, of.opened_at, after_snooze=False)
    return replace(line(of, f"reminder:{number}", shown), broadcast=True)


def attempt(of: Episode, number: int) -> OutboxMessage:
    """The notification of one attempt."""
    run = DescribedRun(**of.standing(), alert_reason=of.alert_reason, activity_id="1")
    seen = SeenFailure(of.ref, "1", number, TIMED_OUT, of.opened_at)
    (shown,) = ended_attempts(of.name, number, replace(run, attempt=number + 1), [seen], of.opened_at)
    return line(of, f"attempt:1:{number}", replace(shown, alike=0))


async def test_an_alert_that_opened_and_ended_meanwhile_is_one_line(hour: Hour) -> None:
    hilton = episode()
    hour.world.channel.away = AWAY
    await hour.record(card(hilton), attempt(hilton, 1), line(hilton, "cancel", CancelLine("hilton")), of=hilton)
    await hour.pass_by(40)
    over = end_episode(hilton, Ending.COMPLETED, hour.world.now)
    await hour.record(*over.messages, of=over.episode)
    await hour.pass_by(20)
    keys = await hour.back()

    (posted,) = hour.world.channel.messages
    assert keys == [card_key(hilton)]
    assert "complete on attempt 2" in posted.message.text
    assert posted.edits == 0
    assert await hour.services.outbox.dead_letters(NOW) == []


async def test_an_alert_that_ended_meanwhile_says_its_end_and_nothing_that_it_overtook(hour: Hour) -> None:
    hilton = episode()
    await hour.record(card(hilton), attempt(hilton, 1), of=hilton)
    hour.world.channel.away = AWAY
    await hour.record(attempt(hilton, 2), line(hilton, "cancel", CancelLine("hilton")), reminder(hilton, 1))
    await hour.pass_by(30)
    over = end_episode(hilton, Ending.CANCELLED, hour.world.now)
    await hour.record(*over.messages, of=over.episode)
    await hour.pass_by(30)
    keys = await hour.back()

    assert keys == [f"{card_key(hilton)}:attempt:1:2", f"{card_key(hilton)}:end"]
    assert hour.world.channel.messages[0].edits == 1


async def test_an_acknowledged_alert_is_reminded_of_no_more(hour: Hour) -> None:
    hilton = episode()
    await hour.record(card(hilton), of=hilton)
    hour.world.channel.away = AWAY
    await hour.record(reminder(hilton, 1))
    await hour.pass_by(30)
    taken, messages = acknowledge_episode(hilton, ACTOR, hour.world.now)
    await hour.record(*messages, of=taken)
    await hour.pass_by(30)

    assert await hour.back() == [f"{card_key(hilton)}:ack"]


async def test_of_five_reminders_one_is_left(hour: Hour) -> None:
    hilton = episode()
    await hour.record(card(hilton), of=hilton)
    hour.world.channel.away = AWAY
    for number in range(1, 6):
        await hour.record(reminder(hilton, number))
        await hour.pass_by(12)

    assert await hour.back() == [f"{card_key(hilton)}:reminder:5"]


async def test_many_attempts_that_ended_alike_are_told_in_a_few_lines(hour: Hour) -> None:
    hilton = episode()
    hour.world.channel.away = AWAY
    await hour.record(card(hilton), of=hilton)
    for number in range(1, 13):
        await hour.record(attempt(hilton, number))
        await hour.pass_by(5)
    keys = await hour.back()

    shown = hour.world.channel.messages[2].message.text
    assert keys == [card_key(hilton), *(f"{card_key(hilton)}:attempt:1:{number}" for number in (1, 10, 11, 12))]
    assert shown.startswith("hilton, attempts 2 to 9: ended as attempt 1 did. hilton, attempt 10:")


async def test_of_two_digests_the_newer_is_said(hour: Hour) -> None:
    hour.world.channel.away = AWAY
    for day in (21, 22):
        await hour.record(OutboxMessage(f"digest:{day}", dump(DigestCard(replace(DIGEST, complete=day)))))
        await hour.pass_by(30)

    assert await hour.back() == ["digest:22"]


async def test_the_digest_that_is_said_tells_what_those_left_out_had_to_tell(hour: Hour) -> None:
    hilton = hour.world.engines["voice-prod"].add(execution()).execution
    await hour.services.journal.record(JournalEntry(seen={"voice-prod": NOW - MINUTE}), NOW)
    await announce(hour.world.now, hour.services)
    await hour.pass_by(1)
    hour.world.channel.away = AWAY
    hour.world.engines["voice-prod"].add(replace(hilton, status=ExecutionStatus.COMPLETED, closed_at=hour.world.now))
    for _ in range(3):
        await announce(hour.world.now, hour.services)
        await hour.pass_by(30)
    await hour.back()

    _, posted = hour.world.channel.messages
    assert "1 finished: hilton on voice-prod." in posted.message.text


async def test_alerts_keep_their_order_and_a_short_silence_leaves_nothing_out(hour: Hour) -> None:
    hilton, vivint = episode(), episode("vivint")
    hour.world.channel.away = AWAY
    await hour.record(card(hilton), line(hilton, "cancel", CancelLine("hilton")), of=hilton)
    await hour.record(card(vivint), of=vivint)
    over = end_episode(hilton, Ending.CANCELLED, hour.world.now)
    await hour.record(*over.messages, of=over.episode)
    hour.world.channel.away = None
    hour.world.now += MIN_EDIT_INTERVAL
    for _ in range(5):
        await hour.dispatcher.dispatch()
        hour.world.now += MIN_EDIT_INTERVAL

    first, second = card_key(hilton), card_key(vivint)
    assert [posted.key for posted in hour.world.channel.messages] == [
        first,
        second,
        f"{first}:cancel",
        f"{first}:end",
    ]
