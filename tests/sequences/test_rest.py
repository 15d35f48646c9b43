"""Days are left alone for one heartbeat timeout after their run has closed, whatever follows: a silent attempt may
still be writing."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import ClosePolicy, ExecutionStatus, OnStuck, OpenRun, Order, PendingChild, Ref, SequenceEnd
from tests.sequences.stage import Stage, day
from tests.sequences.team import CLUSTER, HEARTBEAT_TIMEOUT


async def over_at(stage: Stage) -> datetime:
    """When the sequence was: until then no other one of the customer begins."""
    at = (await stage.handle.describe()).close_time
    assert at
    return at


def runs_of(stage: Stage, first_day: int) -> list[Ref]:
    """In the order of their starts."""
    start = f"-{day(first_day).start}-"
    known = (each.execution for each in stage.world.engines[CLUSTER].descriptions.values())
    return [run.ref for run in sorted(known, key=lambda run: run.started_at) if start in run.ref.workflow_id]


async def test_a_sequence_that_only_clears_ends_cancelled_once_the_days_have_rested(stage: Stage) -> None:
    old = stage.team.add("backfill-hilton-2026-01-01-2026-02-21", silent=1)
    async with stage.worker():
        await stage.begin(replace(stage.spec(1, size=1, clear=(OpenRun(old, day(1, 51)),)), days=()))
        end = await stage.end()

    assert end.end is SequenceEnd.CANCELLED
    assert stage.kinds() == ["begun", "cleared", "end"]
    assert stage.lines()[1].waits == HEARTBEAT_TIMEOUT
    assert await over_at(stage) - stage.closed_at(old) >= HEARTBEAT_TIMEOUT


async def test_what_completed_after_its_cancel_ends_a_clearing_sequence_as_cancelled(
    stage: Stage,
) -> None:
    stage.team.stubborn = True
    old = stage.team.add("backfill-hilton-2026-01-01-2026-02-21", silent=1)
    async with stage.worker():
        await stage.begin(replace(stage.spec(1, size=1, clear=(OpenRun(old, day(1, 51)),)), days=()))
        await stage.cancelled(old)
        await stage.described(old)
        stage.team.close(old, ExecutionStatus.COMPLETED)
        end = await stage.end()

    assert stage.lines()[1].waits == HEARTBEAT_TIMEOUT
    assert (end.end, end.complete_days) == (SequenceEnd.CANCELLED, 0)


async def test_a_day_that_timed_out_rests_before_it_may_be_run_again(stage: Stage) -> None:
    stage.team.most_days = 0
    async with stage.worker():
        await stage.begin(stage.spec(2, size=1, on_stuck=OnStuck.CONTINUE))
        resting = await stage.until(lambda progress: any(each.rests_until for each in progress.running))
        await stage.until(lambda progress: progress.troubled)
        stage.team.most_days = 1
        await stage.instruct(Order.AGAIN, window=day(1))
        end = await stage.end()

    first, second = (stage.world.engines[CLUSTER].descriptions[ref] for ref in runs_of(stage, 1))
    assert [each.window for each in resting.running] == [day(1)]
    assert second.execution.started_at - stage.closed_at(first.execution.ref) >= HEARTBEAT_TIMEOUT
    assert end.complete_days >= 1


async def test_a_stop_shortens_no_rest(stage: Stage) -> None:
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        await stage.until(lambda progress: progress.running and progress.running[0].ref)
        await stage.instruct(Order.STOP)
        await stage.end()

    (run,) = runs_of(stage, 1)
    assert await over_at(stage) - stage.closed_at(run) >= HEARTBEAT_TIMEOUT


async def test_a_stop_while_days_rest_waits_for_their_rest(stage: Stage) -> None:
    stage.team.most_days = 1
    async with stage.worker():
        await stage.begin(stage.spec(2, size=2))
        await stage.until(lambda progress: any(each.rests_until for each in progress.running))
        await stage.instruct(Order.STOP)
        end = await stage.end()

    (run,) = runs_of(stage, 1)
    assert end.end is SequenceEnd.CANCELLED
    assert await over_at(stage) - stage.closed_at(run) >= HEARTBEAT_TIMEOUT


async def test_a_child_that_outlives_a_cancelled_run_is_reported_and_waited_for(stage: Stage) -> None:
    engine, child = stage.world.engines[CLUSTER], stage.team.add("copy-1")
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-06", silent=1)
    left = PendingChild(child, "CopyDays", ClosePolicy.REQUEST_CANCEL)
    engine.put(replace(engine.descriptions[old], children=(left,)))
    stage.team.stubborn = True
    async with stage.worker():
        patience = timedelta(milliseconds=200)
        await stage.begin(stage.spec(5, size=5, clear=(OpenRun(old, day(1, 5)),), cancel_patience=patience))
        await stage.cancelled(old)
        await stage.described(old)
        stage.team.close(old, ExecutionStatus.CANCELLED)
        await stage.wait_for_line("still open")
        started = stage.team.windows()
        stage.team.stubborn = False
        end = await stage.end()

    assert (stage.lines()[1].ref, stage.lines()[1].is_below) == (child, True)
    assert (started, end.end) == ([], SequenceEnd.COMPLETE)
    assert min(stage.team.starts()) - stage.closed_at(child) >= HEARTBEAT_TIMEOUT
