"""Alerts recorded by a version without alert reasons are heartbeat timeouts, and continue.

``recorded/alerts-without-reason.sql`` is a whole store as that version wrote it: one alert by itself, two in a group,
one handed over to a sequence, one being cancelled, one over, and reminders that still wait to be sent.
"""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.store import open_store
from bot.adapters.store.store import Store
from bot.blocks.notifications import draw
from bot.fleet.notifications import notification
from bot.model import (
    Activity,
    ActivityState,
    AlertReason,
    Description,
    Ending,
    Episode,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Ref,
)
from bot.services import Services
from tests.fakes.services import FakeWorld, config
from tests.usecases.watch.passes import watch

RECORDED = Path(__file__).with_name("recorded") / "alerts-without-reason.sql"
CLUSTER = "voice-prod"
OPEN = ("hilton", "vivint", "marriott", "spirit", "united")
REACHED = {"hilton": "2026-01-04"}
LATER = datetime(2026, 2, 22, 14, 30, tzinfo=UTC)
STARTED = datetime(2026, 2, 21, 11, 0, tzinfo=UTC)
TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")


@dataclass
class Upgraded:
    """This version on that store. Each run is still at the recorded attempt."""

    world: FakeWorld
    store: Store

    @property
    def services(self) -> Services:
        store = self.store
        return replace(self.world.services, journal=store.journal, outbox=store.outbox, ledger=store.ledger)

    async def alerts(self) -> dict[str, Episode]:
        return {episode.name: episode for episode in await self.store.journal.open_episodes()}

    async def body(self, key: str) -> notification.Notification:
        queued = await self.store.outbox.get(key)
        assert queued is not None
        return notification.parse(queued.message.body)

    def put(self, customer: str, attempt: int, *, cancel_requested: bool = False) -> None:
        activity = Activity(
            activity_id="1",
            activity_type="copy_days",
            state=ActivityState.STARTED,
            attempt=attempt,
            scheduled_at=STARTED,
            started_at=STARTED,
            last_heartbeat_at=self.world.now,
            heartbeat_timeout=timedelta(seconds=60),
            details=f'{{"day":"{REACHED.get(customer, "2026-01-13")}","rows":980,"total":4200}}',
            last_failure=TIMED_OUT if attempt > 1 else None,
            next_attempt_at=None,
        )
        self.world.engines[CLUSTER].put(Description(run(customer), (activity,), cancel_requested, 1))


def run(customer: str) -> Execution:
    ref = Ref(CLUSTER, f"backfill-{customer}-2026-01-01-2026-02-21", f"run-{customer}")
    return Execution(ref, "CustomerBackfill", "backfill", ExecutionStatus.RUNNING, STARTED)


@pytest.fixture
async def upgraded(tmp_path: Path) -> AsyncIterator[Upgraded]:
    file = tmp_path / "store.db"
    connection = sqlite3.connect(file)
    connection.executescript(RECORDED.read_text())
    connection.close()
    async with open_store(f"sqlite+aiosqlite:///{file}") as store:
        world = FakeWorld(config({CLUSTER: (*OPEN, "orbitz")}), LATER)
        it = Upgraded(world, store)
        for customer in OPEN:
            it.put(customer, 3 if customer == "hilton" else 2, cancel_requested=customer == "united")
        handed_over = (await it.alerts())["spirit"].sequence
        assert handed_over is not None
        await world.controls[CLUSTER].begin(handed_over.spec)
        yield it


async def test_they_are_all_there_and_mean_heartbeat_timeouts(upgraded: Upgraded) -> None:
    alerts = await upgraded.alerts()

    assert set(alerts) == set(OPEN)
    assert {alert.alert_reason for alert in alerts.values()} == {AlertReason.HEARTBEAT_TIMEOUT}
    assert "alert_reason" not in RECORDED.read_text()


async def test_every_message_that_was_recorded_can_still_be_drawn(upgraded: Upgraded) -> None:
    posted = [*await upgraded.store.outbox.posted("episode:"), *await upgraded.store.outbox.undelivered()]
    kinds = {notification.parse(queued.message.body).kind for queued in posted}

    assert kinds == {"episode", "storm", "attempts", "ack", "snooze", "cancel", "reminder", "end"}
    assert all(draw(notification.parse(queued.message.body)).text for queued in posted)


async def test_a_pass_in_which_nothing_changed_opens_ends_and_records_nothing(upgraded: Upgraded) -> None:
    before = await upgraded.alerts()
    await watch(CLUSTER, upgraded.services)

    assert await upgraded.alerts() == before


async def test_one_goes_on_in_its_own_message_and_keeps_who_acknowledged_it(upgraded: Upgraded) -> None:
    before = (await upgraded.alerts())["hilton"]
    address = await upgraded.store.outbox.address(before.root_key)
    upgraded.put("hilton", 4)
    await watch(CLUSTER, upgraded.services)
    after = (await upgraded.alerts())["hilton"]
    card = await upgraded.body(before.root_key)

    assert (after.attempt, after.root_key, after.acked_by) == (4, before.root_key, before.acked_by)
    assert isinstance(card, notification.EpisodeCard)
    assert (card.episode.attempt, card.episode.alert_reason) == (4, AlertReason.HEARTBEAT_TIMEOUT)
    assert await upgraded.store.outbox.address(before.root_key) == address


async def test_a_group_counts_on_until_all_are_over(upgraded: Upgraded) -> None:
    root = (await upgraded.alerts())["vivint"].root_key
    for customer, over in (("marriott", 1), ("vivint", 2)):
        closed = replace(run(customer), status=ExecutionStatus.COMPLETED, closed_at=upgraded.world.now)
        upgraded.world.engines[CLUSTER].add(closed)
        await watch(CLUSTER, upgraded.services)
        card = await upgraded.body(root)

        assert isinstance(card, notification.StormCard)
        assert (card.names, card.over, card.completed) == (("marriott", "vivint"), over, over)
        assert card.alert_reason is AlertReason.HEARTBEAT_TIMEOUT


async def test_one_that_opens_now_stands_by_itself(upgraded: Upgraded) -> None:
    """The recorded ones opened hours before."""
    upgraded.put("orbitz", 2)
    known = run("orbitz")
    again = replace(known.ref, run_id="run-again")
    description = upgraded.world.engines[CLUSTER].descriptions.pop(known.ref)
    upgraded.world.engines[CLUSTER].put(replace(description, execution=replace(known, ref=again)))
    await watch(CLUSTER, upgraded.services)
    alert = (await upgraded.alerts())["orbitz"]

    assert (alert.group, alert.alert_reason) == ("", AlertReason.HEARTBEAT_TIMEOUT)


async def test_one_whose_cancel_was_requested_ends_with_its_run(upgraded: Upgraded) -> None:
    alert = (await upgraded.alerts())["united"]
    closed = replace(run("united"), status=ExecutionStatus.CANCELLED, closed_at=upgraded.world.now)
    upgraded.world.engines[CLUSTER].add(closed)
    await watch(CLUSTER, upgraded.services)
    over = await upgraded.store.journal.episode(alert.id)

    assert over is not None
    assert over.ending is Ending.CANCELLED


async def test_one_that_a_sequence_has_taken_over_outlives_its_run(upgraded: Upgraded) -> None:
    closed = replace(run("spirit"), status=ExecutionStatus.CANCELLED, closed_at=upgraded.world.now)
    upgraded.world.engines[CLUSTER].add(closed)
    await watch(CLUSTER, upgraded.services)

    assert (await upgraded.alerts())["spirit"].sequence is not None


async def test_the_version_before_reads_what_this_one_records(upgraded: Upgraded) -> None:
    """Pydantic ignores the unknown field, so a rollback works."""
    upgraded.put("hilton", 4)
    await watch(CLUSTER, upgraded.services)
    alert = (await upgraded.alerts())["hilton"]
    queued = await upgraded.store.outbox.get(alert.root_key)

    assert queued is not None
    added = '"alert_reason":"heartbeat timeout"'
    unknown = queued.message.body.replace(added, '"of_a_later_version":1')
    assert unknown != queued.message.body
    assert isinstance(notification.parse(unknown), notification.EpisodeCard)
