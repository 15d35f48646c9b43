"""Announcements: each cluster and the campaign, once, and only what the bot has seen incomplete."""

from datetime import timedelta

import pytest

from bot.blocks.notifications import draw
from bot.errors import Unavailable
from bot.fleet.notifications.notification import parse
from bot.model import CampaignDefinition, CampaignRecord, ExecutionStatus, JournalEntry, Subscription, Window
from bot.usecases.watch.completion import COUNTS_WITHIN, tell_completion
from bot.usecases.watch.state import WatchState
from tests.fakes.services import NOW, FakeWorld, config
from tests.fleet.builders import CAMPAIGN, execution, window
from tests.fleet.sizes import evenly
from tests.usecases.watch.passes import new_state, watch

VOICE, CHAT = "voice-prod", "chat-prod"
CUSTOMERS = {VOICE: ("hilton", "vivint"), CHAT: ("boost",)}
MINUTE = timedelta(minutes=1)


class Fleet:
    """A world whose clusters are watched, by one bot or by several; ``restart`` begins others on the same store."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world
        self.restart()

    def restart(self) -> None:
        self.states: dict[str, WatchState] = {name: new_state(name) for name in self.world.config.clusters}

    def complete(self, customer: str, cluster: str = VOICE, days: Window = CAMPAIGN) -> None:
        """A run has just completed these days."""
        times = {"started_at": self.world.now - MINUTE, "closed_at": self.world.now}
        self.world.engines[cluster].add(execution(customer, days, cluster, status=ExecutionStatus.COMPLETED, **times))

    async def look(self) -> None:
        """Twice, because the campaign is known only when each cluster is."""
        for _ in range(2):
            self.world.now += MINUTE
            for name, state in self.states.items():
                state.history_due = None
                await watch(name, self.world.services, state)

    def announced(self) -> list[tuple[str, str]]:
        """The channel and the first words of each announcement."""
        rows = [row.message for key, row in self.world.outbox.messages.items() if key.startswith("complete:")]
        return [(row.destination, draw(parse(row.body)).text.partition(":")[0]) for row in rows]


def fleet(**sections: object) -> Fleet:
    world = FakeWorld(config(CUSTOMERS, **sections), now=NOW)
    for cluster, names in CUSTOMERS.items():
        world.warehouses[cluster].volume = {name: evenly(1_000) for name in names}
    return Fleet(world)


async def test_a_cluster_is_announced_once_when_its_last_customer_completes() -> None:
    watched = fleet()
    await watched.look()
    watched.complete("hilton")
    await watched.look()
    before = watched.announced()
    watched.complete("vivint")
    for _ in range(3):
        await watched.look()

    assert before == []
    assert watched.announced() == [("", "voice-prod is complete")]


async def test_the_campaign_is_announced_once_when_every_cluster_is_complete() -> None:
    watched = fleet()
    await watched.look()
    for name, cluster in (("hilton", VOICE), ("vivint", VOICE), ("boost", CHAT)):
        watched.complete(name, cluster)
    for _ in range(3):
        await watched.look()

    assert watched.announced() == [
        ("", "voice-prod is complete"),
        ("", "chat-prod is complete"),
        ("", "The campaign is complete"),
    ]


async def test_a_restart_and_another_bot_announce_nothing_again() -> None:
    watched = fleet()
    await watched.look()
    watched.complete("hilton")
    watched.complete("vivint")
    await watched.look()
    watched.restart()
    await watched.look()

    assert watched.announced() == [("", "voice-prod is complete")]


async def test_a_bot_that_dies_after_recording_the_message_does_not_record_another() -> None:
    watched = fleet()
    await watched.look()
    watched.complete("hilton")
    watched.complete("vivint")
    (waiting,) = [each for each in await watched.world.subscriptions.waiting() if each.cluster == VOICE]
    await watched.look()
    watched.world.subscriptions.rows[waiting.campaign, VOICE, "", ""] = waiting
    watched.restart()
    await watched.look()

    revisions = [row.revision for key, row in watched.world.outbox.messages.items() if key.startswith("complete:")]
    assert revisions == [1]


async def test_what_was_complete_before_the_bot_first_looked_is_no_news() -> None:
    watched = fleet()
    watched.complete("hilton")
    watched.complete("vivint")
    await watched.look()
    watched.complete("boost", CHAT)
    await watched.look()

    assert watched.announced() == [("", "chat-prod is complete"), ("", "The campaign is complete")]


async def test_a_cluster_that_becomes_incomplete_again_is_not_announced_twice() -> None:
    watched = fleet()
    await watched.look()
    watched.complete("hilton")
    watched.complete("vivint")
    await watched.look()
    failed = execution("vivint", window(1, 6), status=ExecutionStatus.FAILED, closed_at=watched.world.now)
    watched.world.engines[VOICE].add(failed)
    await watched.look()
    watched.world.now += MINUTE
    watched.complete("vivint", days=window(1, 6))
    await watched.look()

    assert watched.announced() == [("", "voice-prod is complete")]


async def test_an_announcement_goes_to_the_channel_of_its_clusters_route() -> None:
    watched = fleet(routes=[{"clusters": [VOICE], "channel": "C0VOICE"}])
    await watched.look()
    for name, cluster in (("hilton", VOICE), ("vivint", VOICE), ("boost", CHAT)):
        watched.complete(name, cluster)
    await watched.look()

    assert [channel for channel, _ in watched.announced()] == ["C0VOICE", "", ""]


async def test_while_the_source_does_not_answer_nothing_is_decided() -> None:
    watched = fleet()
    watched.complete("hilton")
    watched.world.warehouses[VOICE].away = Unavailable("ClickHouse", "connection refused")
    await watched.look()
    undecided = await watched.world.subscriptions.of("")
    watched.world.warehouses[VOICE].away = None
    await watched.look()

    assert [each.cluster for each in undecided if each.cluster == VOICE] == []
    assert VOICE in [each.cluster for each in await watched.world.subscriptions.of("")]


async def test_counts_are_waited_for_where_there_is_something_to_compare_with() -> None:
    tables = {"name": "scores", "table": "analytics.scores", "customer_column": "customer", "time_column": "at"}
    watched = fleet(verify={"tables": [{**tables, "expected": "SELECT day, rows"}]})
    await watched.look()
    watched.complete("hilton")
    watched.complete("vivint")
    await watched.look()
    uncounted = watched.announced()
    watched.world.now += COUNTS_WITHIN
    await watched.look()

    assert uncounted == []
    assert watched.announced() == [("", "voice-prod is complete")]


@pytest.mark.parametrize("customers", [{VOICE: ("hilton",), CHAT: ()}, {VOICE: ("hilton",)}])
async def test_of_a_single_cluster_only_the_campaign_is_announced(customers: dict[str, tuple[str, ...]]) -> None:
    world = FakeWorld(config(customers), now=NOW)
    world.warehouses[VOICE].volume = {"hilton": evenly(1_000)}
    watched = Fleet(world)
    await watched.look()
    watched.complete("hilton")
    await watched.look()

    assert watched.announced() == [("", "The campaign is complete")]


async def test_campaigns_over_the_same_days_are_announced_each_by_its_name() -> None:
    """They are about different customers."""
    days = {"start": "2026-01-01", "end": "2026-02-21"}
    first = {"name": "first", "customers": ["hilton"], "default": True, **days}
    second = {"name": "second", "customers": ["vivint", "boost"], **days}
    watched = fleet(campaign=None, campaigns=[first, second])
    await watched.look()
    watched.complete("hilton")
    await watched.look()
    after_first = watched.announced()
    watched.complete("vivint")
    watched.complete("boost", CHAT)
    for _ in range(3):
        await watched.look()

    assert after_first == [("", "Campaign first is complete")]
    assert watched.announced()[1:] == [
        ("", "Campaign second is complete on voice-prod"),
        ("", "Campaign second is complete on chat-prod"),
        ("", "Campaign second is complete"),
    ]


async def test_of_a_campaign_that_is_announced_the_history_is_not_read_again() -> None:
    """Each of several campaigns has a history of its own, so reading it costs the store something."""
    first = {"name": "first", "start": "2026-01-01", "end": "2026-02-21", "customers": ["hilton"], "default": True}
    second = {"name": "second", "start": "2026-01-01", "end": "2026-02-21", "customers": ["vivint", "boost"]}
    watched = fleet(campaign=None, campaigns=[first, second])
    await watched.look()
    for name, cluster in (("hilton", VOICE), ("vivint", VOICE), ("boost", CHAT)):
        watched.complete(name, cluster)
    for _ in range(3):
        await watched.look()
    before = watched.announced()
    watched.world.ledger.away = Unavailable("store", "database is locked")
    await tell_completion((), watched.states[VOICE], watched.world.services)

    assert len(before) == 4
    assert watched.announced() == before


async def test_of_a_campaign_whose_tables_are_gone_nothing_is_announced() -> None:
    """Its runs may have completed, but its rows can no longer be counted."""
    watched = fleet()
    record = CampaignRecord("again", CampaignDefinition("again", CAMPAIGN, tables=("gone",)), "UOLIVIA", NOW)
    await watched.world.journal.record(JournalEntry(campaigns=(record,)), NOW)
    await watched.world.subscriptions.add(Subscription(VOICE, "hilton", "UOLIVIA", NOW, "again"))
    await watched.look()
    for name, cluster in (("hilton", VOICE), ("vivint", VOICE), ("boost", CHAT)):
        watched.complete(name, cluster)
    for _ in range(3):
        await watched.look()

    assert watched.announced() == [
        ("", "Campaign default is complete on voice-prod"),
        ("", "Campaign default is complete on chat-prod"),
        ("", "Campaign default is complete"),
    ]
    assert [each.user_id for each in await watched.world.subscriptions.waiting() if each.is_personal] == ["UOLIVIA"]
