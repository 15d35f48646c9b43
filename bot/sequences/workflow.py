"""SequentialBackfill: runs the windows of one customer until all have ended, however long that takes.

The decisions are pure functions in ``bot.fleet.sequence``; this module only orders the steps.
docs/decisions/sequences.md says why it is a workflow. No window has a time limit: it ends when its run closes.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from bot.fleet.notifications.joined_windows import joined
    from bot.fleet.notifications.sequence import (
        BegunLine,
        ClearedLine,
        CutLine,
        InstructedLine,
        SequenceEndLine,
        WindowLine,
    )
    from bot.fleet.sequence import halving, instructions
    from bot.fleet.sequence import state as sequence_state
    from bot.fleet.sequence.cancellation import stop_of
    from bot.fleet.sequence.halving import Settled
    from bot.model import (
        PROGRESS_QUERY,
        WORKFLOW_TYPE,
        Count,
        ExecutionStatus,
        FollowedRun,
        Instruction,
        Order,
        RunningWindow,
        SequenceEnd,
        SequenceProgress,
        SequenceState,
    )
    from bot.sequences.follow_run import RunFollower
    from bot.sequences.thread_queue import Thread
    from bot.sequences.waiting import STOP_FIRST_PATCH, until
    from bot.sequences.window_slots import WindowSlots
    from bot.sequences.window_start import WindowStarter

# Temporal ends a workflow at 51,200 events (docs.temporal.io/workflow-execution/limits). A window takes about thirty.
MAX_WINDOWS_PER_RUN = 100
# Marks the histories of sequences whose windows wait for a slot of the cluster's queue.
SLOTS_PATCH = "slots"
# The type of the ApplicationError that rejects an instruction.
REFUSED = "Refused"


@workflow.defn(name=WORKFLOW_TYPE)
class SequentialBackfill:
    """The workflow. The argument of its first run is ``state.begin(spec)``; after a continue-as-new it is the state
    of the previous run."""

    @workflow.init
    def __init__(self, state: SequenceState) -> None:
        self._state = sequence_state.upgrade_state(state)
        self._spec = state.spec
        self._continues_at = state.begun + MAX_WINDOWS_PER_RUN
        self._running: dict[int, RunningWindow] = {}
        self._failure: BaseException | None = None
        self._end: SequenceEnd | None = None
        self._slots: WindowSlots | None = None
        self._thread = Thread(state.told, self.progress)
        self._starter = WindowStarter(state.spec, self._thread)
        self._runs = RunFollower(state.spec, self._thread)
        for order in Order:
            workflow.set_update_handler(order.value, self._apply_instruction, validator=self._validate_instruction)

    @workflow.run
    async def run(self, state: SequenceState) -> SequenceProgress:
        """Run all windows, and return the final progress."""
        if workflow.patched(SLOTS_PATCH):
            self._slots = WindowSlots(self._spec, state.tickets, self._wanted_slots, self._thread.refresh)
            self._spawn(self._slots.keep_demanding())
        self._spawn(self._thread.publish_lines())
        if state.told == 0:
            self._announce()
        if not state.is_cleared:
            self._spawn(self._clear())
        while not self._is_done():
            await self._until(lambda: self._may_begin_window() or self._is_done())
            while self._may_begin_window():
                self._begin_window()
        if sequence_state.is_over(self._state, running=0):
            self._end = sequence_state.outcome(self._state)
            self._thread.say(SequenceEndLine(self.progress(), workflow.now() - self._spec.started_at))
            if self._slots:
                self._slots.close()
        await self._until(self._has_reported)
        if self._end is None:
            tickets = self._slots.last_number if self._slots else 0
            workflow.continue_as_new(replace(self._state, told=self._thread.last_number, tickets=tickets))
        return self.progress()

    @workflow.query(name=PROGRESS_QUERY)
    def progress(self) -> SequenceProgress:
        """The present progress, for status and for the cards."""
        known = sequence_state.progress(self._state, tuple(self._running.values()), self._end)
        return replace(known, waits_for_slot=self._slots is not None and self._slots.is_waiting)

    def _validate_instruction(self, instruction: Instruction) -> None:
        """Reject an instruction that cannot be followed, with a sentence for the person who gave it."""
        running = tuple(self._running.values())
        why = "The sequence is over." if self._end else instructions.refusal(self._state, instruction, running)
        if why:
            raise ApplicationError(why, type=REFUSED, non_retryable=True)

    def _apply_instruction(self, instruction: Instruction) -> SequenceProgress:
        self._state = instructions.apply(self._state, instruction, workflow.now())
        self._thread.say(InstructedLine(self._spec, instruction))
        return self.progress()

    def _announce(self) -> None:
        adopted = sequence_state.adoptable(self._spec)
        self._thread.say(BegunLine(self._spec, self.progress().queued + len(adopted)))
        for held in adopted:
            self._state, window = sequence_state.adopt(self._state, held, workflow.now())
            self._drive(window)

    def _begin_window(self) -> None:
        taken = sequence_state.take(self._state, workflow.now())
        if taken:
            self._state, window = taken
            if self._slots:
                self._slots.take(window.number)
            self._drive(window)

    def _drive(self, window: RunningWindow) -> None:
        self._running[window.number] = window
        self._thread.refresh()
        self._spawn(self._run_window(window))

    def _may_begin_window(self) -> bool:
        return self._could_begin_window() and (self._slots is None or self._slots.has_granted)

    def _could_begin_window(self) -> bool:
        """Whether a window may begin as soon as it has a slot."""
        is_free = self._state.is_cleared and len(self._running) < self._spec.parallel
        return is_free and sequence_state.may_take(self._state) and not self._must_continue_as_new()

    def _wanted_slots(self) -> int:
        """How many more windows could begin now."""
        if not self._could_begin_window():
            return 0
        return min(self._spec.parallel - len(self._running), sequence_state.progress(self._state, ()).queued)

    def _has_reported(self) -> bool:
        """Whether the outbox has all lines, the queue has the latest demand, and every instruction is answered."""
        is_published = self._thread.is_empty and (self._slots is None or self._slots.is_settled)
        return is_published and workflow.all_handlers_finished()

    def _is_done(self) -> bool:
        """Whether this workflow run can end: the sequence is over, or this run must continue as new and no window
        is running."""
        is_idle = self._state.is_cleared and not self._running
        return is_idle and (sequence_state.is_over(self._state, running=0) or self._must_continue_as_new())

    def _must_continue_as_new(self) -> bool:
        return self._state.begun >= self._continues_at or workflow.info().is_continue_as_new_suggested()

    def _is_stopped(self) -> bool:
        return self._state.stop is not None

    async def _clear(self) -> None:
        """Cancel the runs that the sequence replaces. If a run completes before Temporal has the cancel request, its
        days are done. If it completes after that, its days are not known to be done."""
        # Until the first report hands the alerts of these runs over to the sequence, an alert ends with its run.
        await self._thread.reported()
        held = self._spec.clear
        reason = f"Its days are run as windows: {self._spec.reason}" if self._spec.days else self._spec.reason
        ended = await asyncio.gather(*(self._runs.ended(run.ref, run.window, reason) for run in held))
        complete = [run for run, end in zip(held, ended, strict=True) if end.is_complete]
        self._state = sequence_state.without_complete(self._state, complete)
        waits = max(map(halving.rest, ended))
        is_all = sequence_state.is_over(self._state, running=0)
        self._thread.say(ClearedLine(self._spec, len(held), len(complete), waits, is_all))
        if waits:
            await workflow.sleep(waits)
        self._state = replace(self._state, is_cleared=True)

    async def _run_window(self, window: RunningWindow) -> None:
        """Start a window, follow its run, wait until nothing can write any more, and count the rows of a completed
        run. During the wait, the window still counts as running, because an attempt that sends no heartbeats may
        still write. After a run that completed normally, there is no wait."""
        ref = window.ref
        if ref is None:
            started = await self._starter.started(window, self._is_stopped)
            ref = started.ref
            if ref is None:
                self._settle(window, halving.refuse(self._state, window, started.refused, workflow.now()))
                return
            window = self._running[window.number] = replace(window, ref=ref, is_found=started.is_found)
        followed = await self._runs.followed(ref, window.window, self._is_stopped)
        if rests := halving.rest(followed):
            self._running[window.number] = replace(window, rests_until=workflow.now() + rests)
            self._thread.refresh()
            await workflow.sleep(rests)
        has_completed = followed.status is ExecutionStatus.COMPLETED
        count = await self._runs.counted(window.window, self._is_stopped) if has_completed else None
        self._settle(window, halving.settle(self._state, window, followed, count), followed, count)

    def _settle(
        self, window: RunningWindow, settled: Settled, followed: FollowedRun | None = None, count: Count | None = None
    ) -> None:
        del self._running[window.number]
        if self._slots:
            self._slots.give_back(window.number)
        self._state = settled.state
        sizes = settled.size_before, settled.size_after
        if settled.halves and followed:
            self._thread.say(
                CutLine(self._spec, settled.ended, followed.timeouts, settled.halves, settled.size_after)
            )
            return
        progress, number = self.progress(), self._thread.last_number + 1
        line = WindowLine(self._spec, settled.ended, progress.closed, progress.total, count, *sizes)
        alike, line = joined(self._state.alike, line, number)
        self._state = replace(self._state, alike=alike)
        self._thread.say(line)

    def _spawn(self, task: Coroutine[None, None, None]) -> None:
        asyncio.create_task(task).add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        """Keep the task's error for ``_until``, which raises it. That fails the workflow task, not the workflow, so
        the sequence goes on once the bot is fixed."""
        if not task.cancelled():
            self._failure = self._failure or task.exception()

    async def _until(self, condition: Callable[[], bool]) -> None:
        """Wait for the condition. Raises the error of an asyncio task that has failed. A cancel request in Temporal
        becomes the instruction to stop. The stop comes first even if the condition is already true. So if a window
        ends in the workflow task that brings the cancel request, no other window begins."""
        while not condition() or (self._is_cancelled_elsewhere() and workflow.patched(STOP_FIRST_PATCH)):
            await until(lambda: condition() or self._failure is not None or self._is_cancelled_elsewhere())
            if self._failure:
                raise self._failure
            if self._is_cancelled_elsewhere():
                self._apply_instruction(stop_of(workflow.cancellation_reason() or ""))
                self._starter.withdraw()

    def _is_cancelled_elsewhere(self) -> bool:
        """Whether somebody has cancelled the sequence in Temporal itself, and it is neither stopped nor over yet."""
        return workflow.cancellation_reason() is not None and not self._is_stopped() and self._end is None
