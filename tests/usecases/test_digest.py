"""The digest, on request and as scheduled."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands import Digest as DigestCommand
from bot.errors import Unavailable
from bot.fleet.notifications import notification
from bot.fleet.status.digest import Digest
from bot.fleet.status.snapshot import parse_snapshot
from bot.message import Message
from bot.model import (
    Actor,
    AuditRecord,
    Execution,
    ExecutionStatus,
    Instruction,
    JournalEntry,
    Order,
    OutboxMessage,
    Ref,
    State,
)
from bot.usecases.digest import announce, digest
from tests.fakes.episodes import episode
from tests.fakes.journal import FakeJournal
from tests.fakes.services import CHANNEL, NOW, OPERATOR, TEAM, FakeWorld, config
from tests.fleet.sequences import progress, spec

CLUSTER = "voice-prod"
RUNNING = Execution(
    Ref(CLUSTER, "backfill-hilton-2026-01-01-2026-02-21", "run-1"),
    "CustomerBackfill",
    "backfill",
    ExecutionStatus.RUNNING,
    NOW - timedelta(hours=2),
)
ACTOR = Actor(OPERATOR, TEAM, CHANNEL)


@pytest.fixture
async def world() -> FakeWorld:
    """A fleet that the bot has watched for a while."""
    world = FakeWorld()
    world.engines[CLUSTER].add(RUNNING)
    await world.journal.record(JournalEntry(seen={CLUSTER: NOW - timedelta(minutes=1)}), NOW)
    return world


def complete(world: FakeWorld) -> None:
    world.engines[CLUSTER].add(replace(RUNNING, status=ExecutionStatus.COMPLETED, closed_at=world.now))


def announced(world: FakeWorld) -> list[Digest]:
    shown = [notification.parse(waiting.message.body) for waiting in world.outbox.messages.values()]
    return [saying.digest for saying in shown if isinstance(saying, notification.DigestCard)]


def parsed(message: OutboxMessage) -> notification.Notification:
    return notification.parse(message.body)


async def post_digest(world: FakeWorld, key: str = "") -> None:
    """Posts the digest that was recorded last, or the one with this key."""
    key = key or list(world.outbox.messages)[-1]
    await world.outbox.done(key, 1, await world.channel.post(Message("digest"), key))


async def test_a_slot_is_announced_once_however_often_the_clock_asks(world: FakeWorld) -> None:
    answers = [await announce(NOW, world.services) for _ in range(3)]

    assert answers == [True, False, False]
    assert len(announced(world)) == 1


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=400)])
async def test_a_digest_announced_by_a_clock_that_was_ahead_silences_none_whose_time_comes(
    world: FakeWorld, ahead: timedelta
) -> None:
    world.now = NOW + ahead
    await announce(world.now, world.services)
    await post_digest(world)
    posted = []
    for hour in range(4):
        world.now = slot = NOW + timedelta(hours=hour)
        posted += [await announce(slot, world.services), await announce(slot, world.services)]
        await post_digest(world)

    assert posted == [True, False] * 4
    assert len(announced(world)) == 5
    assert len(world.outbox.messages) == 5


async def test_a_digest_of_a_bot_whose_clock_is_a_little_ahead_is_not_repeated(world: FakeWorld) -> None:
    await announce(NOW + timedelta(seconds=50), world.services)

    assert not await announce(NOW, world.services)


async def test_the_next_slot_tells_what_has_changed_since(world: FakeWorld) -> None:
    await announce(NOW, world.services)
    await post_digest(world)
    complete(world)
    world.now += timedelta(days=1)
    await announce(world.now, world.services)

    assert announced(world)[1].news.finished == ("voice-prod/hilton",)
    assert announced(world)[1].news.since == NOW


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
async def test_what_digests_that_nobody_could_read_had_to_tell_is_told_by_the_next_one(
    world: FakeWorld, zone: str
) -> None:
    slots = [(NOW + timedelta(days=day)).astimezone(ZoneInfo(zone)) for day in range(5)]
    await announce(slots[0], world.services)
    await post_digest(world)
    complete(world)
    for slot in slots[1:4]:
        await announce(slot, world.services)
    await post_digest(world)
    await announce(slots[4], world.services)
    typed = await digest(DigestCommand(), world.services)

    shown = [(each.news.since, each.news.finished) for each in announced(world)]
    undelivered = (slots[0], ("voice-prod/hilton",))
    assert shown == [(None, ()), *[undelivered] * 3, (slots[3], ())]
    assert (typed.news.since, typed.news.finished) == (slots[3], ())


async def test_as_long_as_nobody_has_read_a_digest_the_next_one_is_the_first(world: FakeWorld) -> None:
    for day in range(3):
        await announce(NOW + timedelta(days=day), world.services)
        complete(world)
    typed = await digest(DigestCommand(), world.services)

    assert {each.news.since for each in [*announced(world), typed]} == {None}


async def test_a_bot_that_starts_after_the_slot_leaves_it_to_the_next_one() -> None:
    fresh = FakeWorld()

    assert not await announce(NOW, fresh.services)
    assert announced(fresh) == []


async def test_asking_compares_with_the_last_announced_digest_and_does_not_become_it(world: FakeWorld) -> None:
    await announce(NOW, world.services)
    await post_digest(world)
    complete(world)
    first = await digest(DigestCommand(), world.services)
    second = await digest(DigestCommand(), world.services)

    assert first.news.finished == second.news.finished == ("voice-prod/hilton",)


async def test_a_silent_cluster_is_named_and_its_customers_stay_as_they_were_marked(world: FakeWorld) -> None:
    await announce(NOW, world.services)
    world.engines[CLUSTER].away = Unavailable(CLUSTER, "connection refused")
    world.now += timedelta(days=1)
    await announce(world.now, world.services)

    assert announced(world)[1].silent == (CLUSTER,)
    kept = parse_snapshot(await world.journal.snapshot())
    assert kept is not None
    assert kept.marks["voice-prod/hilton"].state is State.RUNNING


async def test_a_sequence_that_somebody_has_paused_is_told_with_the_name_and_a_link_to_its_thread(
    world: FakeWorld,
) -> None:
    begun = spec("vivint")
    await world.controls[CLUSTER].begin(begun)
    await world.controls[CLUSTER].instruct("vivint", Instruction(Order.PAUSE, OPERATOR, "lunch"))
    await world.journal.record(JournalEntry(messages=(OutboxMessage(begun.thread_key, "{}"),)), NOW)
    status = await world.channel.post(Message("vivint"), begun.thread_key)
    await world.outbox.done(begun.thread_key, 1, status)
    shown = await digest(DigestCommand(), world.services)

    (sequence,) = shown.sequences
    assert (sequence.name, sequence.closed, sequence.total) == ("voice-prod/vivint", 0, 11)
    assert (sequence.paused_by, sequence.answers) == ("Olivia", True)
    assert sequence.link == await world.channel.permalink(status)


async def test_an_alert_that_a_sequence_has_taken_over_does_not_struggle_any_more(world: FakeWorld) -> None:
    taken = episode("hilton", revision=0, sequence=progress())
    await world.journal.record(JournalEntry(episodes=(taken, episode("vivint", revision=0))), NOW)
    shown = await digest(DigestCommand(), world.services)

    assert [each.name for each in shown.struggling] == ["vivint"]


async def test_what_is_paused_is_not_promised_to_be_done_by_itself(world: FakeWorld) -> None:
    days = Execution(
        Ref(CLUSTER, "backfill-vivint-2026-01-01-2026-01-06", "run-1"),
        "CustomerBackfill",
        "backfill",
        ExecutionStatus.COMPLETED,
        NOW - timedelta(hours=2),
        NOW,
    )
    world.engines[CLUSTER].add(days)
    await world.controls[CLUSTER].begin(spec("vivint"))
    going_on = await digest(DigestCommand(), world.services)
    await world.controls[CLUSTER].instruct("vivint", Instruction(Order.PAUSE, OPERATOR, "lunch"))
    paused = await digest(DigestCommand(), world.services)

    assert (going_on.eta.running is not None, going_on.eta.stopped) == (True, ())
    assert (paused.eta.running, paused.eta.stopped, paused.eta.idle) == (None, (), ("voice-prod/vivint",))


async def test_a_digest_gets_the_operations_log_since_the_last_one_into_its_thread(world: FakeWorld) -> None:
    world.config = config({CLUSTER: ("hilton", "vivint")}, digest={"report": True})
    await announce(NOW, world.services)
    await post_digest(world, "digest:2026-02-22T09:00:00+00:00")
    world.now += timedelta(days=3)
    await announce(world.now, world.services)

    waiting = [row.message for row in world.outbox.messages.values()]
    reports = [message for message in waiting if message.key.startswith("report:")]
    spans = [saying.report.span for saying in map(parsed, reports) if isinstance(saying, notification.ReportCard)]
    assert [message.thread_key for message in reports] == [
        "digest:2026-02-22T09:00:00+00:00",
        "digest:2026-02-25T09:00:00+00:00",
    ]
    assert [(span.since, span.until) for span in spans] == [
        (NOW - timedelta(days=1), NOW),
        (NOW, NOW + timedelta(days=3)),
    ]


class BusyJournal(FakeJournal):
    """It does not answer what only the report asks."""

    async def changes(self, since: datetime, until: datetime) -> tuple[AuditRecord, ...]:
        raise Unavailable("store", f"busy from {since} to {until}")


async def test_a_digest_does_not_wait_for_its_report(world: FakeWorld) -> None:
    world.config = config({CLUSTER: ("hilton", "vivint")}, digest={"report": True})
    world.journal = BusyJournal(world.outbox, sightings=world.journal.sightings)
    await announce(NOW, world.services)

    assert [key.partition(":")[0] for key in world.outbox.messages] == ["digest"]


async def test_by_default_a_digest_comes_without_a_report(world: FakeWorld) -> None:
    await announce(NOW, world.services)

    assert len(world.outbox.messages) == 1
