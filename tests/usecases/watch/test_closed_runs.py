"""Alerts about closed runs, from the run history: when they open, what they show, and when they end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks.notifications import draw
from bot.fleet.notifications import notification
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.mapping import own_memo
from bot.message import Message
from bot.model import (
    AlertReason,
    Cause,
    CloseEvent,
    Description,
    Ending,
    Episode,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
)
from bot.usecases.digest import announce
from bot.usecases.watch.listing import list_runs, update_history
from bot.usecases.watch.state import WatchState
from bot.usecases.watch.watch import conclude, describe_due
from tests.fakes.services import NOW, FakeWorld, config
from tests.fleet.builders import CAMPAIGN, activity, execution, window
from tests.fleet.sequences import progress, spec
from tests.usecases.watch.passes import new_state, watch

CLUSTER = "voice-prod"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
S = ExecutionStatus
DISK = CloseEvent(
    (
        Cause(Failure(FailureKind.OTHER, "Activity task failed"), activity="copy_days"),
        Cause(Failure(FailureKind.APPLICATION, "OSError: disk full")),
    )
)


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


async def watch_again(world: FakeWorld, state: WatchState | None = None, after: timedelta = MINUTE) -> WatchState:
    """A look some time later, at all runs again."""
    world.now += after
    state = state or new_state(CLUSTER)
    state.history_due = None
    return await watch(CLUSTER, world.services, state)


def start(world: FakeWorld, customer: str = "hilton", run: str = "1", **changes: Any) -> Execution:
    started = execution(customer, started_at=world.now, run=run, **changes)
    world.engines[CLUSTER].put(Description(started, (activity(),), cancel_requested=False, workflow_task_attempt=1))
    return started


def end(world: FakeWorld, of: Execution, status: S, event: CloseEvent = DISK) -> None:
    world.engines[CLUSTER].add(replace(of, status=status, closed_at=world.now))
    world.engines[CLUSTER].close_events[of.ref] = event


async def alerts(world: FakeWorld) -> Sequence[Episode]:
    return await world.journal.open_episodes()


def posted(world: FakeWorld) -> list[str]:
    """What stands in the channel, without threads."""
    rows = world.outbox.messages.values()
    return [draw(notification.parse(row.message.body)).text for row in rows if not row.message.thread_key]


async def test_a_run_that_fails_opens_an_alert_with_its_cause_and_where_it_failed(world: FakeWorld) -> None:
    of = start(world)
    state = await watch_again(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)

    (text,) = posted(world)
    assert text.startswith("hilton on voice-prod failed: 51 days missing (Jan 1–Feb 20), and nothing is running.")
    assert ": activity copy_days: OSError: disk full." in text


async def test_looking_again_says_nothing_more(world: FakeWorld) -> None:
    of = start(world)
    state = await watch_again(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)
    before = dict(world.outbox.messages)
    await watch_again(world, state)
    await watch_again(world)

    assert world.outbox.messages == before


async def test_an_alert_whose_run_then_fails_goes_on_as_one_and_says_so_in_the_channel(world: FakeWorld) -> None:
    of = start(world)
    silent = replace(activity(), attempt=2, last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, "timeout"))
    world.engines[CLUSTER].put(Description(of, (silent,), cancel_requested=False, workflow_task_attempt=1))
    state = await watch_again(world)
    (before,) = await alerts(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)

    (after,) = await alerts(world)
    assert (before.alert_reason, after.alert_reason) == (AlertReason.HEARTBEAT_TIMEOUT, AlertReason.FAILED)
    assert after.id == before.id
    assert any(row.message.broadcast for row in world.outbox.messages.values())


async def test_a_description_that_is_older_than_the_recorded_end_of_its_run_changes_nothing(world: FakeWorld) -> None:
    of = start(world)
    silent = replace(activity(), attempt=2, last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, "timeout"))
    world.engines[CLUSTER].put(Description(of, (silent,), cancel_requested=False, workflow_task_attempt=1))
    state = await watch_again(world)
    await list_runs(state, world.services)
    await describe_due(state, world.services)
    end(world, of, S.FAILED)
    await list_runs(state, world.services)
    await update_history(state, world.services)
    before = await alerts(world)
    await conclude(state, world.services)

    assert [alert.alert_reason for alert in before] == [AlertReason.FAILED]
    assert await alerts(world) == before


async def test_an_alert_that_ended_after_its_run_was_described_is_not_opened_again(world: FakeWorld) -> None:
    of = start(world)
    silent = replace(activity(), attempt=2, last_failure=Failure(FailureKind.HEARTBEAT_TIMEOUT, "timeout"))
    world.engines[CLUSTER].put(Description(of, (silent,), cancel_requested=False, workflow_task_attempt=1))
    state = await watch_again(world)
    await list_runs(state, world.services)
    await describe_due(state, world.services)
    end(world, of, S.FAILED)
    world.now += MINUTE
    later = execution("hilton", started_at=world.now, run="2")
    end(world, later, S.COMPLETED, CloseEvent())
    await list_runs(state, world.services)
    await update_history(state, world.services)
    (before,) = world.journal.episodes.values()
    await conclude(state, world.services)

    assert not before.is_open
    assert [*world.journal.episodes.values()] == [before]


async def test_a_run_that_somebody_starts_instead_ends_the_alert_and_its_failure_is_a_new_one(
    world: FakeWorld,
) -> None:
    of = start(world)
    state = await watch_again(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)
    again = start(world, run="2")
    await watch_again(world, state)
    (first,) = world.journal.episodes.values()
    end(world, again, S.FAILED)
    await watch_again(world, state)

    assert first.ending is Ending.REPLACED
    (second,) = await alerts(world)
    assert second.id != first.id


async def test_a_later_run_that_completes_the_days_ends_the_alert_in_green(world: FakeWorld) -> None:
    of = start(world)
    state = await watch_again(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)
    later = execution("hilton", started_at=world.now, run="2")
    end(world, later, S.COMPLETED, CloseEvent())
    await watch_again(world, state)

    (over,) = world.journal.episodes.values()
    assert over.ending is Ending.COMPLETED


async def test_a_hundred_old_failures_of_an_upgraded_store_are_a_line_of_the_next_digest_and_nothing_else() -> None:
    names = tuple(f"c{n:03}" for n in range(100))
    world = FakeWorld(config=config({CLUSTER: names}))
    for name in names:
        old = execution(name, started_at=NOW - 9 * HOUR, closed_at=NOW - 8 * HOUR, status=S.FAILED)
        world.engines[CLUSTER].add(old)
        world.engines[CLUSTER].close_events[old.ref] = DISK
    state = await watch_again(world)
    await watch_again(world, state)
    await watch_again(world)

    assert world.outbox.messages == {}
    world.now += MINUTE
    await announce(world.now, world.services)
    (text,) = posted(world)
    assert "100 older failures are not alerted: /backfill status shows them." in text
    (key,) = world.outbox.messages
    await world.outbox.done(key, 1, await world.channel.post(Message("digest"), key))
    world.now += 24 * HOUR
    await announce(world.now, world.services)
    assert "older" not in posted(world)[-1]


async def test_many_failures_at_once_are_one_message(world: FakeWorld) -> None:
    runs = [start(world, customer) for customer in ("hilton", "vivint")]
    state = await watch_again(world)
    for of in runs:
        end(world, of, S.FAILED)
    await watch_again(world, state)

    (text,) = posted(world)
    assert text.startswith("2 backfills on voice-prod failed at once.")


async def test_switched_off_failures_are_silent() -> None:
    world = FakeWorld(config=config({CLUSTER: ("hilton",)}, alerts={"failed": {"on": False}}))
    of = start(world)
    state = await watch_again(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)

    assert world.outbox.messages == {}


async def test_a_window_that_its_sequence_started_is_left_to_the_sequence(world: FakeWorld) -> None:
    days = window(1, 6)
    of = start(world, days=days, hints=dict(own_memo(Identity("hilton", days))))
    state = await watch_again(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)

    assert posted(world) == []


async def test_an_alert_that_a_sequence_of_other_days_has_taken_over_ends_when_its_own_days_are_complete(
    world: FakeWorld,
) -> None:
    """Sequences of an earlier version took over all alerts of their customers."""
    days = window(1, 6)
    of = start(world, days=days)
    state = await watch_again(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)
    (alert,) = await alerts(world)
    others = spec(started_at=world.now, days=(window(21, 26),))
    world.journal.episodes[alert.id] = replace(alert, sequence=progress(of=others))
    end(world, start(world, run="2", days=days), S.COMPLETED)
    await watch_again(world, state)

    assert [each.ending for each in world.journal.episodes.values()] == [Ending.COMPLETED]


async def test_acknowledging_survives_an_upgrade_of_the_reason(world: FakeWorld) -> None:
    of = start(world)
    state = await watch_again(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)
    (alert,) = await alerts(world)
    world.journal.episodes[alert.id] = replace(alert, acked_by="U0OLIVIA")
    await watch_again(world, state, after=9 * HOUR)

    (after,) = await alerts(world)
    assert (after.acked_by, after.reminders) == ("U0OLIVIA", 0)
    assert after.window == CAMPAIGN


async def test_the_alert_of_a_failed_run_goes_to_the_channel_of_its_route() -> None:
    routes = [{"clusters": [CLUSTER], "reasons": ["failed"], "channel": "C0FAILED"}]
    world = FakeWorld(config({CLUSTER: ("hilton", "vivint")}, routes=routes))
    of = start(world)
    state = await watch_again(world)
    end(world, of, S.FAILED)
    await watch_again(world, state)

    (alert,) = await alerts(world)
    assert (alert.alert_reason, alert.route.channel) == (AlertReason.FAILED, "C0FAILED")
