"""Pausing single activities on a real server: what becomes of attempts, of timeouts, and of a cancel."""

from collections.abc import Callable

import pytest
from temporalio.client import Client

from bot.adapters.temporal import TemporalControl, TemporalEngine
from bot.model import Activity, ActivityState, Description, ExecutionStatus, Ref
from tests.adapters.temporal.server import QUEUE, eventually

pytestmark = pytest.mark.usefixtures("working")
WHY = "the database is restored (Olivia, through the bot)"


async def started(client: Client, workflow_id: str, what: str) -> Ref:
    handle = await client.start_workflow("CustomerBackfill", args=[what, QUEUE], id=workflow_id, task_queue=QUEUE)
    return Ref("voice-prod", workflow_id, handle.first_execution_run_id or "")


async def pending(engine: TemporalEngine, ref: Ref, wanted: Callable[[Activity], object]) -> Activity:
    """The activity of the run once it is ``wanted``."""

    def has(description: Description) -> bool:
        return any(wanted(activity) for activity in description.activities)

    [activity] = (await eventually(lambda: engine.describe(ref), has)).activities
    return activity


def beats(activity: Activity) -> bool:
    return activity.last_heartbeat_at is not None


def waits_for_a_person(activity: Activity) -> bool:
    return activity.state is ActivityState.PAUSED


def has_timed_out_twice(activity: Activity) -> bool:
    return activity.attempt > 2


def runs(activity: Activity) -> bool:
    return activity.state is ActivityState.STARTED


async def test_an_attempt_that_beats_ends_and_the_next_begins_when_somebody_resumes_it(
    client: Client, control: TemporalControl, engine: TemporalEngine, unique: str
) -> None:
    ref = await started(client, unique, "beat_and_obey")
    await pending(engine, ref, beats)

    await control.pause_activity(ref, "1", WHY)
    await control.pause_activity(ref, "1", "somebody else, too")
    paused = await pending(engine, ref, waits_for_a_person)
    await control.unpause_activity(ref, "1")
    await control.unpause_activity(ref, "1")
    resumed = await pending(engine, ref, runs)

    assert paused.pause
    assert (paused.pause.by, paused.pause.reason) == ("backfill-bot", WHY)
    assert (paused.attempt, paused.has_attempt, paused.details) == (2, False, '["day",7]')
    assert (resumed.attempt, resumed.has_attempt, resumed.pause) == (2, True, None)
    await control.terminate(ref, "the test is over")


async def test_no_timeout_strikes_a_paused_attempt_and_a_silent_one_hears_of_a_cancel_only_when_it_is_resumed(
    client: Client, control: TemporalControl, engine: TemporalEngine, unique: str
) -> None:
    ref = await started(client, unique, "go_silent")
    await pending(engine, ref, beats)
    await control.pause_activity(ref, "1", WHY)
    await control.cancel(ref, "it is not needed")
    # The timeouts of another run show how much time has passed.
    other = await started(client, f"{unique}-other", "go_silent")
    await pending(engine, other, has_timed_out_twice)
    [silent] = (await engine.describe(ref)).activities

    await control.unpause_activity(ref, "1")
    ended = await eventually(lambda: engine.describe(ref), lambda run: not run.execution.status.is_open)

    assert silent.pause
    assert (silent.attempt, silent.has_attempt) == (1, True)
    assert ended.cancel_requested
    await control.terminate(other, "the test is over")


async def test_a_cancel_ends_a_run_at_once_whose_paused_activity_has_no_attempt(
    client: Client, control: TemporalControl, engine: TemporalEngine, unique: str
) -> None:
    ref = await started(client, unique, "fail")
    await pending(engine, ref, lambda activity: activity.attempt > 1 and not activity.has_attempt)
    await control.pause_activity(ref, "1", WHY)
    await pending(engine, ref, waits_for_a_person)

    await control.cancel(ref, "it is not needed")
    ended = await eventually(lambda: engine.describe(ref), lambda run: not run.execution.status.is_open)

    assert ended.execution.status is ExecutionStatus.CANCELLED
