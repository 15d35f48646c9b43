"""The digest of a channel to which a route leads what concerns whole clusters."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Unavailable
from bot.fleet.notifications import notification
from bot.fleet.notifications.stale import UnsentMessage, stale_reasons
from bot.fleet.status.digest import Digest
from bot.message import Message
from bot.model import Execution, ExecutionStatus, JournalEntry, Ref
from bot.usecases.digest import announce
from tests.fakes.services import NOW, FakeWorld, config

VOICE, EAST = "voice-prod", "us-east-1-prod"
CUSTOMERS = {VOICE: ("hilton",), EAST: ("marriott", "spirit")}
ONCALL_EAST = "C0EAST"
DAY = timedelta(days=1)


async def watched(**sections: Any) -> FakeWorld:
    """A fleet of two clusters that the bot has watched for a while."""
    world = FakeWorld(config(CUSTOMERS, **sections), now=NOW)
    for cluster, names in CUSTOMERS.items():
        world.engines[cluster].add(running(cluster, names[0]))
    await world.journal.record(JournalEntry(seen={each: NOW - timedelta(minutes=1) for each in CUSTOMERS}), NOW)
    return world


def running(cluster: str, customer: str) -> Execution:
    ref = Ref(cluster, f"backfill-{customer}-2026-01-01-2026-02-21", "run-1")
    return Execution(ref, "CustomerBackfill", "backfill", ExecutionStatus.RUNNING, NOW - timedelta(hours=2))


@pytest.fixture
async def world() -> FakeWorld:
    return await watched(routes=[{"clusters": [EAST], "channel": ONCALL_EAST}])


def digests(world: FakeWorld) -> dict[tuple[str, str], Digest]:
    """The digests by outbox key and channel, "" for the team's."""
    messages = (row.message for row in world.outbox.messages.values())
    parsed = ((each, notification.parse(each.body)) for each in messages)
    return {
        (each.key, each.destination): card.digest
        for each, card in parsed
        if isinstance(card, notification.DigestCard)
    }


async def test_the_channel_of_a_route_gets_its_clusters_and_the_team_gets_all(world: FakeWorld) -> None:
    await announce(NOW, world.services)
    (team, everything), (channel, part) = sorted(digests(world).items(), key=lambda each: each[0][1])

    assert (team[1], channel) == ("", (f"{team[0]}@{ONCALL_EAST}", ONCALL_EAST))
    assert ([line.name for line in everything.clusters], everything.total, everything.only) == ([VOICE, EAST], 2, ())
    assert ([line.name for line in part.clusters], part.total, part.only) == ([EAST], 1, (EAST,))


async def test_each_slot_comes_once_in_each_channel_however_often_the_clock_asks(world: FakeWorld) -> None:
    answers = [await announce(NOW, world.services) for _ in range(3)]
    world.now += DAY
    answers += [await announce(NOW + DAY, world.services) for _ in range(2)]

    assert answers == [True, False, False, True, False]
    assert sorted(channel for _, channel in digests(world)) == ["", "", ONCALL_EAST, ONCALL_EAST]
    assert {row.revision for row in world.outbox.messages.values()} == {1}


async def test_its_news_are_those_of_its_clusters(world: FakeWorld) -> None:
    await announce(NOW, world.services)
    for key in list(world.outbox.messages):
        await world.outbox.done(key, 1, await world.channel.post(Message("digest"), key))
    world.now += DAY
    for cluster, customer in ((VOICE, "hilton"), (EAST, "marriott")):
        over = replace(running(cluster, customer), status=ExecutionStatus.COMPLETED, closed_at=world.now)
        world.engines[cluster].add(over)
    await announce(NOW + DAY, world.services)
    latest = {channel: digest for (_, channel), digest in digests(world).items()}

    assert latest[""].news.finished == (f"{EAST}/marriott", f"{VOICE}/hilton")
    assert latest[ONCALL_EAST].news.finished == (f"{EAST}/marriott",)


async def test_a_cluster_that_does_not_answer_is_told_where_its_people_are(world: FakeWorld) -> None:
    world.engines[EAST].away = Unavailable("Temporal of us-east-1-prod", "no connection")
    await announce(NOW, world.services)
    part = next(digest for (_, channel), digest in digests(world).items() if channel)

    assert (part.silent, part.unknown) == ((EAST,), 2)


@pytest.mark.parametrize(
    "routes",
    [
        [{"clusters": [EAST], "reasons": ["heartbeat timeout"], "channel": ONCALL_EAST}],
        [{"clusters": [EAST], "mention": ["S0ONCALL"]}],
        [],
    ],
    ids=["of one reason", "of the team's channel", "none"],
)
async def test_other_routes_lead_no_digest_anywhere(routes: list[dict[str, Any]]) -> None:
    world = await watched(routes=routes)
    await announce(NOW, world.services)

    assert [channel for _, channel in digests(world)] == [""]


@pytest.mark.parametrize("route", [{}, {"campaigns": ["default"]}], ids=["all", "of the campaign"])
async def test_all_clusters_of_a_channel_share_a_digest(route: dict[str, Any]) -> None:
    world = await watched(routes=[{**route, "channel": ONCALL_EAST}])
    await announce(NOW, world.services)

    assert [digest.only for (_, channel), digest in digests(world).items() if channel] == [(VOICE, EAST)]


async def test_a_newer_digest_of_the_same_channel_alone_makes_one_stale(
    world: FakeWorld,
) -> None:
    await announce(NOW, world.services)
    world.now += DAY
    await announce(NOW + DAY, world.services)
    unsent = [
        UnsentMessage(row.message, notification.parse(row.message.body), True)
        for row in world.outbox.messages.values()
    ]

    assert set(stale_reasons(unsent[:2], {})) == set()
    assert set(stale_reasons(unsent, {})) == {each.message.key for each in unsent[:2]}
