"""When a digest is due, which bot's jobs run, and how they stop."""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.background.scheduler import (
    DIGEST_AGAIN,
    DIGEST_EVERY,
    DISPATCH_EVERY,
    LATE_DIGEST,
    DigestJob,
    DigestSchedule,
    running_jobs,
)
from bot.config import DigestConfig
from bot.errors import BackfillBotError, Unavailable
from bot.fleet.notifications.notification import StormCard, dump
from bot.in_flight import InFlight
from bot.message import Message
from bot.model import FLEET_LEASE, Address, JournalEntry, OutboxMessage, cluster_lease
from tests.fakes.channel import FakeChannel
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import NOW, FakeWorld, config
from tests.fleet.builders import TIMED_OUT, activity, description, execution
from tests.handlers.confirming import eventually

WEEKDAYS_AT_NINE = DigestConfig(cron="0 9 * * mon-fri", timezone="Europe/Berlin")
MONDAY_NINE_IN_BERLIN = datetime(2026, 2, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), LATE_DIGEST - timedelta(seconds=1)])
def test_a_digest_is_due_at_its_time_in_the_team_s_zone_and_a_while_after(late: timedelta) -> None:
    assert DigestSchedule(WEEKDAYS_AT_NINE).latest(MONDAY_NINE_IN_BERLIN + late) == MONDAY_NINE_IN_BERLIN


@pytest.mark.parametrize("off", [timedelta(seconds=-1), LATE_DIGEST + timedelta(seconds=1), timedelta(days=-1)])
def test_before_its_time_long_after_it_and_at_weekends_none_is_due(off: timedelta) -> None:
    assert DigestSchedule(WEEKDAYS_AT_NINE).latest(MONDAY_NINE_IN_BERLIN + off) is None


def test_of_several_missed_ones_only_the_latest_is_due() -> None:
    every_minute = DigestConfig(cron="* * * * *", timezone="UTC")
    now = datetime(2026, 2, 23, 8, 7, 30, tzinfo=UTC)

    assert DigestSchedule(every_minute).latest(now) == now.replace(second=0)


@pytest.mark.parametrize("cron", ["* * * * *", "*/20 7-9 * * *", "0 9 * * mon-fri"])
def test_who_is_asked_again_and_again_says_what_one_says_who_is_asked_once(cron: str) -> None:
    chance = random.Random(cron)
    config, now = DigestConfig(cron=cron, timezone="Europe/Berlin"), datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    slots = DigestSchedule(config)
    for _ in range(300):
        now += timedelta(seconds=chance.choice([1, 1, 59, 600, 1700, 20_000, -30, -7200]))

        assert slots.latest(now) == DigestSchedule(config).latest(now)


async def test_a_digest_is_tried_at_its_time_and_again_while_it_may_still_be_posted() -> None:
    world = FakeWorld(now=MONDAY_NINE_IN_BERLIN - timedelta(seconds=1))
    services = replace(world.services, config=world.config.model_copy(update={"digest": WEEKDAYS_AT_NINE}))
    started_at, tried = world.now, list[timedelta]()
    digests = DigestJob(services, lambda: world.now - started_at)
    world.journal.away = Unavailable("store", "locked")
    while world.now < MONDAY_NINE_IN_BERLIN + LATE_DIGEST + DIGEST_AGAIN:
        try:
            await digests.tick()
        except Unavailable:
            tried.append(world.now - MONDAY_NINE_IN_BERLIN)
        world.now += DIGEST_EVERY

    assert tried == [number * DIGEST_AGAIN for number in range(LATE_DIGEST // DIGEST_AGAIN + 1)]


async def test_a_first_digest_is_announced_though_the_fleet_was_seen_again_since_its_time() -> None:
    world = FakeWorld(now=MONDAY_NINE_IN_BERLIN - timedelta(seconds=1))
    services = replace(world.services, config=world.config.model_copy(update={"digest": WEEKDAYS_AT_NINE}))
    digests = DigestJob(services, timedelta)
    for _ in range(3):
        await world.journal.record(JournalEntry(seen={"voice-prod": world.now}), world.now)
        await digests.tick()
        world.now += DIGEST_EVERY

    assert len(world.outbox.messages) == 1


async def test_a_digest_that_is_due_by_a_clock_set_forward_is_not_held_up_by_the_one_before() -> None:
    world = FakeWorld(now=MONDAY_NINE_IN_BERLIN)
    services = replace(world.services, config=world.config.model_copy(update={"digest": WEEKDAYS_AT_NINE}))
    await world.journal.record(JournalEntry(seen={"voice-prod": world.now - timedelta(minutes=1)}), world.now)
    digests = DigestJob(services, timedelta)
    for _ in range(2):
        await digests.tick()
        world.now += timedelta(days=1)

    assert len(world.outbox.messages) == 2


def test_the_slot_keeps_its_wall_clock_time_across_a_change_of_summer_time() -> None:
    in_april = datetime(2026, 4, 1, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))

    assert DigestSchedule(WEEKDAYS_AT_NINE).latest(in_april) == in_april


STORM = OutboxMessage("storm:1", dump(StormCard("voice-prod", ("hilton", "vivint"), over=0, opened_at=NOW)))


async def test_of_two_bots_one_speaks_and_the_other_one_goes_on_when_it_stops() -> None:
    world = FakeWorld(now=datetime.now(UTC))
    async with running_jobs(world.services, InFlight()):
        first = world.leases.leader
        async with AsyncExitStack() as other:
            await other.enter_async_context(running_jobs(world.services, InFlight()))
            still = world.leases.leader
            await world.journal.record(JournalEntry(messages=(STORM,)), world.now)
            await eventually(lambda: len(world.channel.messages) == 1)
            going_on = other.pop_all()
    async with going_on:
        await eventually(lambda: world.leases.leader not in ("", first))
        await world.journal.record(JournalEntry(messages=(replace(STORM, key="storm:2"),)), world.now)
        await eventually(lambda: len(world.channel.messages) == 2)

    assert still == first
    assert [posted.key for posted in world.channel.messages] == ["storm:1", "storm:2"]
    assert world.leases.leader == ""


async def test_a_bot_that_an_error_ends_gives_its_leases_back_too() -> None:
    world, held_before = FakeWorld(now=datetime.now(UTC)), set[str]()

    async def fail_while_the_jobs_run() -> None:
        async with running_jobs(world.services, InFlight()):
            held_before.update(world.leases.held)
            raise BackfillBotError("Cannot listen on port 3000.")

    with pytest.raises(BackfillBotError):
        await fail_while_the_jobs_run()

    assert FLEET_LEASE in held_before
    assert world.leases.held == {}


@on_idle_clock
async def test_who_holds_no_lease_makes_no_pass_and_says_nothing() -> None:
    every_second = config({"voice-prod": ("hilton",)}, watch={"every": "1s"})
    led, followed = (FakeWorld(every_second, now=datetime.now(UTC)) for _ in range(2))
    names = (FLEET_LEASE, cluster_lease("voice-prod"))
    await followed.leases.hold("another bot", names, followed.now, followed.now + timedelta(hours=1))
    for world in (led, followed):
        await world.journal.record(JournalEntry(messages=(STORM,)), world.now)
    async with running_jobs(led.services, InFlight()), running_jobs(followed.services, InFlight()):
        await eventually(lambda: len(led.journal.sightings) == 1 and len(led.channel.messages) == 1)
        # By then the other one would have done as much.
        await asyncio.sleep(10 * DISPATCH_EVERY.total_seconds())

    assert (await followed.journal.last_seen(), followed.channel.calls) == ({}, 0)
    assert followed.leases.leader == "another bot"


async def test_two_bots_divide_the_clusters_one_posts_for_both_and_who_remains_watches_all() -> None:
    every_second = config({"voice-prod": ("hilton",), "chat-prod": ("spirit",)}, watch={"every": "1s"})
    world = FakeWorld(every_second, now=datetime.now(UTC))

    def watchers() -> set[str]:
        held = [world.leases.held.get(cluster_lease(cluster)) for cluster in world.config.clusters]
        return {lease.holder if lease else "" for lease in held}

    def posted() -> set[str]:
        return {message.key for message in world.channel.messages}

    async with AsyncExitStack() as other, running_jobs(world.services, InFlight()):
        leader = world.leases.leader
        await other.enter_async_context(running_jobs(world.services, InFlight()))
        await eventually(lambda: len(watchers() - {""}) == 2)
        struggling = activity(attempt=2, last_failure=TIMED_OUT)
        world.engines["voice-prod"].put(description(struggling, of=execution("hilton", cluster="voice-prod")))
        world.engines["chat-prod"].put(description(struggling, of=execution("spirit", cluster="chat-prod")))
        await eventually(lambda: {alert.ref.cluster for alert in world.journal.episodes.values()} == {*world.engines})
        await eventually(lambda: {f"episode:{name}" for name in world.journal.episodes} <= posted())
        leader_of_both = world.leases.leader
        await other.aclose()
        await eventually(lambda: watchers() == {leader})

    assert leader_of_both == leader
    assert len(posted()) == len(world.channel.messages)
    assert watchers() == {""}


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_is_set_holds_nothing_up(hours: int) -> None:
    every_second = config({"voice-prod": ("hilton",)}, watch={"every": "1s"})
    world = FakeWorld(every_second, now=datetime.now(UTC))
    async with running_jobs(world.services, InFlight()):
        await eventually(lambda: len(world.journal.sightings) == 1)
        world.now += timedelta(hours=hours)
        world.journal.sightings.clear()
        await world.journal.record(JournalEntry(messages=(STORM,)), world.now)
        await eventually(lambda: len(world.channel.messages) == 1 and len(world.journal.sightings) == 1)
        held = world.leases.held[FLEET_LEASE]
        await eventually(lambda: world.leases.held[FLEET_LEASE] != held)


class Posting(FakeChannel):
    """A Slack whose posts wait until they may end."""

    began: asyncio.Event
    may_end: asyncio.Event

    async def post(
        self, message: Message, key: str, thread: Address | None = None, *, broadcast: bool = False, channel: str = ""
    ) -> Address:
        self.began.set()
        await self.may_end.wait()
        return await super().post(message, key, thread, broadcast=broadcast, channel=channel)


@on_idle_clock
async def test_a_post_under_way_is_finished_before_the_lead_is_given_back_and_no_other_is_begun() -> None:
    world = FakeWorld(now=datetime.now(UTC))
    world.channel = slow = Posting()
    slow.began, slow.may_end = asyncio.Event(), asyncio.Event()
    await world.journal.record(JournalEntry(messages=(STORM, replace(STORM, key="storm:2"))), world.now)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running_jobs(world.services, InFlight()))
        await slow.began.wait()
        ending = asyncio.create_task(stack.pop_all().aclose())
        await asyncio.sleep(1)
        held_meanwhile = world.leases.leader
        slow.may_end.set()
        await ending

    assert held_meanwhile
    assert world.leases.leader == ""
    assert [posted.key for posted in slow.messages] == ["storm:1"]
    assert await world.outbox.address("storm:1") == slow.messages[0].address
    assert world.outbox.messages["storm:2"].tries == 0


@on_idle_clock
async def test_a_timeout_is_posted_before_the_next_listing_and_a_silent_cluster_delays_no_other() -> None:
    rare = config({"voice-prod": ("hilton",), "chat-prod": ("spirit",)}, watch={"every": "10m", "slow_round": "10m"})
    world = FakeWorld(rare, now=datetime.now(UTC))
    started_at, loop = world.now, asyncio.get_running_loop()
    begun = loop.time()
    services = replace(world.services, now=lambda: started_at + timedelta(seconds=loop.time() - begun))
    beating = activity(started_at=started_at, last_heartbeat_at=started_at + timedelta(minutes=9, seconds=50))
    world.engines["voice-prod"].put(description(replace(beating, heartbeat_timeout=timedelta(seconds=30))))
    world.engines["chat-prod"].away = Unavailable("Temporal", "connection refused")
    async with running_jobs(services, InFlight()):
        await asyncio.sleep(timedelta(minutes=10, seconds=20).total_seconds())
        too_early = list(world.channel.messages)
        struggling = replace(beating, attempt=2, last_failure=TIMED_OUT, last_heartbeat_at=None)
        world.engines["voice-prod"].put(description(struggling))
        await asyncio.sleep(3)

    assert too_early == []
    assert len(world.channel.messages) > 0
