"""What people tell a running sequence, what it does then, and what it does not take."""

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import RequestCancelWorkflowExecutionRequest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from bot.fleet.notifications.sequence import InstructedLine
from bot.fleet.sequence.cancellation import cancel_reason
from bot.model import ExecutionStatus, Instruction, Order, Phase, SequenceEnd, SequenceProgress, Window, WindowEnd
from tests.sequences.stage import Stage, day


def is_running(progress: SequenceProgress) -> bool:
    return any(window.ref for window in progress.running)


def is_idle(progress: SequenceProgress) -> bool:
    return not progress.running


async def refusal(stage: Stage, order: Order, days: int | None = None, window: Window | None = None) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await stage.instruct(order, days=days, window=window)
    assert isinstance(refused.value.cause, ApplicationError)
    return refused.value.cause.message


async def test_a_paused_sequence_lets_its_window_finish_and_goes_on_when_resumed(stage: Stage) -> None:
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        await stage.until(is_running)
        paused = await stage.instruct(Order.PAUSE)
        stage.team.holding = False
        idle = await stage.until(is_idle)
        await stage.instruct(Order.RESUME)
        end = await stage.end()

    assert (paused.phase, paused.paused_by) == (Phase.PAUSED, "U0OSCAR")
    assert (idle.phase, idle.closed, idle.queued) == (Phase.PAUSED, 1, 1)
    assert end.end is SequenceEnd.COMPLETE
    assert stage.kinds() == ["begun", "instructed", "window", "instructed", "window", "end"]


async def test_an_order_that_makes_no_difference_is_not_taken(stage: Stage) -> None:
    async with stage.worker():
        await stage.begin_paused()

        assert "paused already" in await refusal(stage, Order.PAUSE)
        await stage.instruct(Order.RESUME)
        await stage.end()

    assert stage.kinds().count("instructed") == 2


async def test_resizing_counts_from_the_next_window_on_and_is_not_outgrown(stage: Stage) -> None:
    async with stage.worker():
        await stage.begin_paused()
        resized = await stage.instruct(Order.RESIZE, days=3)
        too_small = await refusal(stage, Order.RESIZE, days=0)
        await stage.instruct(Order.RESUME)
        await stage.end()

    assert (resized.size, resized.queued) == (3, 2)
    assert too_small == "A window has 1 to 3650 days."
    assert stage.team.windows() == [day(1, 5), day(6, 3), day(9, 2)]


async def test_skipped_days_are_not_run_and_leave_the_sequence_incomplete(stage: Stage) -> None:
    async with stage.worker():
        await stage.begin_paused()
        skipped = await stage.instruct(Order.SKIP, window=day(7, 2))
        gone_already = await refusal(stage, Order.SKIP, window=day(1, 5))
        await stage.instruct(Order.RESUME)
        end = await stage.end()

    assert [(each.window, each.end) for each in skipped.troubled] == [(day(7, 2), WindowEnd.SKIPPED)]
    assert gone_already == "No window of these days is still to come."
    assert stage.team.windows() == [day(1, 5), day(6), day(9, 2)]
    assert end.end is SequenceEnd.INCOMPLETE


async def test_what_was_skipped_can_be_run_again(stage: Stage) -> None:
    async with stage.worker():
        await stage.begin_paused()
        await stage.instruct(Order.SKIP, window=day(7, 2))
        not_troubled = await refusal(stage, Order.AGAIN, window=day(1, 5))
        again = await stage.instruct(Order.AGAIN, window=day(1, 10))
        await stage.instruct(Order.RESUME)
        end = await stage.end()

    assert "has failed" in not_troubled
    assert again.troubled == ()
    assert stage.team.windows() == [day(1, 5), day(7, 2), day(6), day(9, 2)]
    assert (end.end, end.complete_days) == (SequenceEnd.COMPLETE, 10)


async def test_days_that_run_or_are_to_come_are_not_run_again(stage: Stage) -> None:
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        await stage.until(is_running)

        assert "runs now" in await refusal(stage, Order.AGAIN, window=day(1, 5))
        assert "still to come" in await refusal(stage, Order.AGAIN, window=day(6, 5))
        stage.team.holding = False
        await stage.end()


async def test_stopping_starts_nothing_more_cancels_what_runs_and_waits_for_it(stage: Stage) -> None:
    stage.team.holding = stage.team.stubborn = True
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        running = (await stage.until(is_running)).running[0]
        stopping = await stage.instruct(Order.STOP)
        assert running.ref
        await stage.cancelled(running.ref)
        still = await stage.progress()
        stage.team.stubborn = False
        end = await stage.end()

    assert (stopping.phase, still.phase, len(still.running)) == (Phase.STOPPING, Phase.STOPPING, 1)
    assert (end.end, end.phase) == (SequenceEnd.CANCELLED, Phase.ENDED)
    assert [each.end for each in end.troubled] == [WindowEnd.CANCELLED]
    assert stage.team.windows() == [day(1, 5)]
    assert stage.kinds() == ["begun", "instructed", "window", "end"]


async def test_a_cancel_in_temporal_stops_it_in_the_name_and_for_the_reason_that_the_request_carries(
    stage: Stage,
) -> None:
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        await stage.until(is_running)
        await stage.client.workflow_service.request_cancel_workflow_execution(
            RequestCancelWorkflowExecutionRequest(
                namespace=stage.client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=stage.workflow_id),
                reason=cancel_reason("the source was mended", "U0OSCAR"),
            )
        )
        end = await stage.end()
    [line] = [line for line in stage.lines() if isinstance(line, InstructedLine)]

    assert end.end is SequenceEnd.CANCELLED
    assert line.instruction == Instruction(Order.STOP, "U0OSCAR", "the source was mended")


async def test_a_sequence_that_is_being_stopped_takes_nothing_else(stage: Stage) -> None:
    stage.team.holding = stage.team.stubborn = True
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        await stage.until(is_running)
        await stage.instruct(Order.STOP)
        answers = [await refusal(stage, order) for order in (Order.PAUSE, Order.STOP, Order.RESUME)]
        stage.team.stubborn = False
        await stage.end()

    assert answers == ["The sequence is being cancelled."] * 3


async def test_stopping_while_runs_are_being_cleared_starts_no_window(stage: Stage) -> None:
    stage.team.stubborn = True
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-11", silent=1)
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5, clear=(stage.held(old),)))
        await stage.cancelled(old)
        await stage.instruct(Order.STOP)
        stage.team.stubborn = False
        end = await stage.end()

    assert end.end is SequenceEnd.CANCELLED
    assert stage.team.windows() == []


async def test_a_window_that_somebody_cancels_in_temporal_follows_the_policy(stage: Stage) -> None:
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        running = (await stage.until(is_running)).running[0]
        assert running.ref
        await stage.described(running.ref)
        stage.team.close(running.ref, ExecutionStatus.TERMINATED)
        end = await stage.end()

    assert end.end is SequenceEnd.STOPPED
    assert [(each.window, each.end) for each in end.troubled] == [(day(1, 5), WindowEnd.CANCELLED)]
