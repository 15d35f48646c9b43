"""BackfillQueue: gives out a cluster's slots for windows, and begins the sequences of waiting customers as slots
become free.

Each cluster has one, which is open only while it is needed. The decisions are pure functions in ``bot.fleet.queue``;
this module only orders the steps. docs/decisions/queue.md says why it is a workflow.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from bot.fleet.queue import slots
    from bot.fleet.queue import state as queue_state
    from bot.fleet.queue.rules import PACED, RULES, most_at_once, most_events, survey_holds_for, upgrade
    from bot.model.queue import (
        QUEUE_QUERY,
        QUEUE_TYPE,
        Demand,
        Enqueue,
        QueueChange,
        QueueInstruction,
        QueueSignal,
        QueueStanding,
        QueueState,
        StartingCustomer,
    )
    from bot.model.queue_requests import BeginQueuedRequest, BeginQueuedResult
    from bot.sequences import queue_stubs
    from bot.sequences.queue_begins import QueueBegins
    from bot.sequences.queue_sends import QueueSends
    from bot.sequences.waiting import until

# A queue without work stays open for a moment, since the next window of a sequence often follows at once.
IDLE_FOR = timedelta(seconds=60)
# These mark the histories of queues with ``by_batch``, and with each version of ``rules``. A worker of an earlier
# version does not know them and would decide otherwise, so the marker keeps it from going on with such a queue.
BY_BATCH_PATCH = "by batch"
RULES_PATCH = "rules"
TAKEN_OUT = "Its customer was taken out of the queue."


@workflow.defn(name=QUEUE_TYPE)
class BackfillQueue:
    """The workflow. It ends when it is idle, and the next message starts it again."""

    @workflow.init
    def __init__(self, state: QueueState) -> None:
        by_batch = state.by_batch and workflow.patched(BY_BATCH_PATCH)
        versions = range(min(state.rules, RULES), 0, -1)
        rules = next((each for each in versions if workflow.patched(f"{RULES_PATCH} {each}")), 0)
        starting = tuple(replace(each, since=each.since or workflow.now()) for each in state.starting)
        self._state = replace(state, by_batch=by_batch, rules=rules, starting=starting)
        self._holds_for = survey_holds_for(self._state, workflow.now())
        self._survey = self._state.survey if self._holds_for else None
        self._needs_survey = self._is_survey_due = self._is_survey_wanted = self._survey is None
        most = most_at_once(self._state)
        self._sends = QueueSends(self._spawn, most, is_paced=rules >= PACED)
        self._asked: set[str] = set()
        self._begins = QueueBegins(self._spawn, most, self._record_begun)
        self._failure: BaseException | None = None
        self._has_obeyed_cancel = False

    @workflow.run
    async def run(self, state: QueueState) -> None:
        """Give out slots until nobody needs any."""
        self._spawn(self._keep_surveying())
        # Earlier versions began also those that a message in the first workflow task had taken out.
        self._begin_left((self._state if self._state.rules >= PACED else state).starting)
        while not self._must_continue_as_new():
            was_idle = queue_state.is_idle(self._state)
            is_awake = await self._until(partial(self._has_work, was_idle), IDLE_FOR if was_idle else None)
            # A message may have come in the same workflow task as the end of the wait.
            if not is_awake and not self._has_work(was_idle):
                return
            self._give_slots()
        await self._until(lambda: self._sends.is_empty and workflow.all_handlers_finished())
        survey = None if self._is_survey_due else self._survey
        workflow.continue_as_new(upgrade(replace(self._state, survey=survey)))

    def _begin_left(self, starting: Iterable[StartingCustomer]) -> None:
        """Begin those of these sequences that are neither begun nor being begun, as far as the limit allows."""
        left = (each for each in starting if not each.is_begun and each.sequence not in self._begins)
        for each in list(islice(left, self._begins.free)):
            self._begin_soon(each)

    @workflow.query(name=QUEUE_QUERY)
    def standing(self) -> QueueStanding:
        """The state of the queue and its latest survey."""
        return QueueStanding(self._state, self._survey)

    @workflow.signal(name=QueueSignal.DEMAND)
    def take_demand(self, demand: Demand) -> None:
        """Record which slots a sequence has and wants. Grants that it has not received are sent again. A sequence
        that has begun although its customer was taken out of the queue is cancelled, and gets no slot."""
        if demand.sequence in self._state.withdrawn and not demand.is_over:
            self._sends.add(partial(queue_stubs.cancel, demand.workflow_id, TAKEN_OUT))
            demand = replace(demand, waiting=())
        if self._state.rules and queue_state.is_new_single(self._state, demand):
            self._require_survey()
        self._state = queue_state.take_demand(self._state, demand)
        for grant in slots.unheard(self._state, demand):
            self._sends.add(partial(self._send, grant))

    @workflow.signal(name=QueueSignal.ENQUEUE)
    def enqueue(self, message: Enqueue) -> None:
        """Queue the customers of a confirmed command."""
        self._state = queue_state.enqueue(self._state, message)
        self._require_survey()

    @workflow.signal(name=QueueSignal.CHANGE)
    def change(self, instruction: QueueInstruction) -> None:
        """Make a change that a person has asked for: hold, release or remove customers; pause, resume or clear the
        queue."""
        self._state = queue_state.change(self._state, instruction)
        self._require_survey()
        self._withdraw()

    def _require_survey(self) -> None:
        """Have the cluster surveyed at once. Until then no slot is given away, because the limit of windows, or the
        other work on the cluster, may have changed since the latest survey."""
        self._needs_survey = self._is_survey_due = True

    def _withdraw(self) -> None:
        """Cancel what begins the sequences of customers who were taken out of the queue meanwhile."""
        self._begins.withdraw_others({starting.sequence for starting in self._state.starting})
        if self._state.rules >= PACED:
            self._begin_left(self._state.starting)

    def _has_work(self, was_idle: bool) -> bool:
        is_changed = queue_state.is_idle(self._state) != was_idle
        return is_changed or self._next_step() is not None or self._must_continue_as_new()

    def _next_step(self) -> slots.Grant | slots.Start | None:
        """The next step; None if there is none. Also None while a survey is due, because other work may take all
        slots, and while too many messages are on their way or too many sequences are being begun."""
        if self._survey is None or (self._is_survey_due and self._state.rules) or self._sends.free <= 0:
            return None
        return slots.next_step(self._state, self._survey, may_begin=self._begins.free > 0)

    def _give_slots(self) -> None:
        while self._survey and (step := self._next_step()):
            if isinstance(step, slots.Start):
                starting = replace(step.starting, since=workflow.now())
                self._state = slots.started(self._state, slots.Start(starting))
                self._begin_soon(starting)
                continue
            self._state, grants = slots.give_slots(
                self._state, self._survey, self._sends.free, may_begin=self._begins.free > 0
            )
            for grant in grants:
                self._sends.add(partial(self._send, grant))

    async def _send(self, grant: slots.Grant) -> None:
        """Tell a sequence of its slot. If the sequence is no longer open, its slots become free."""
        try:
            await queue_stubs.signal(grant.workflow_id, QueueSignal.GRANTED, grant.ticket)
        except FailureError:
            self._state = queue_state.without_member(self._state, grant.workflow_id)

    def _begin_soon(self, starting: StartingCustomer) -> None:
        batch = next(batch for batch in self._state.batches if batch.id == starting.batch)
        may_wait = self._state.rules > 0
        self._begins.add(BeginQueuedRequest(batch, starting.customer, starting.sequence, may_wait, starting.since))

    def _record_begun(self, sequence: str, result: BeginQueuedResult) -> None:
        self._state = queue_state.begun(self._state, sequence, result)
        if self._state.rules >= PACED:
            self._begin_left(self._state.starting)

    async def _keep_surveying(self) -> None:
        """Ask Temporal what else takes slots, and which sequences have ended without returning theirs."""
        if self._holds_for:
            await self._until_survey(self._holds_for)
        while True:
            self._needs_survey = False
            request, asked_at = queue_state.survey_request(self._state), workflow.now()
            survey = await queue_stubs.survey(request)
            # A message that came meanwhile asks for another one.
            self._is_survey_due, self._is_survey_wanted = self._needs_survey, request.is_wanted
            self._survey = survey
            self._state = replace(queue_state.without_gone(self._state, survey), surveyed_at=asked_at)
            for workflow_id in slots.unknown_to(self._state, survey):
                if workflow_id not in self._asked:
                    self._asked.add(workflow_id)
                    self._sends.add(partial(self._ask, workflow_id))
            await self._until_survey(survey.again_after)

    async def _until_survey(self, timeout: timedelta) -> None:
        """Wait until the next survey is due, at most this long."""
        await until(lambda: self._needs_survey or self._is_held_up(), timeout)

    def _is_held_up(self) -> bool:
        """Whether to make the next survey early: a slot is wanted now, none can be given, and no slot was wanted when
        the latest survey was made."""
        is_paused = self._sends.free <= 0 or not self._begins.free
        is_held_up = not self._is_survey_wanted and self._next_step() is None and queue_state.is_wanted(self._state)
        return is_held_up and not is_paused

    async def _ask(self, workflow_id: str) -> None:
        """Ask a sequence for its demand. A sequence of an earlier version does not answer."""
        try:
            await queue_stubs.signal(workflow_id, QueueSignal.DEMAND_AGAIN)
        except FailureError:
            self._asked.discard(workflow_id)

    def _must_continue_as_new(self) -> bool:
        info, most = workflow.info(), most_events(self._state, is_survey_due=self._is_survey_due)
        return info.get_current_history_length() >= most or info.is_continue_as_new_suggested()

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        """Keep the task's error for ``_until``, which raises it. That fails the workflow task, not the workflow."""
        if not task.cancelled():
            self._failure = self._failure or task.exception()

    async def _until(self, condition: Callable[[], bool], timeout: timedelta | None = None) -> bool:
        """Wait for the condition. Returns False if it is still false after ``timeout``. If somebody has cancelled the
        queue in Temporal, first remove all its customers, once. The wait then continues, and open sequences are not
        stopped."""
        was_cancelled = workflow.cancellation_reason() is not None
        while True:
            is_awake = await until(lambda: condition() or self._failure is not None or self._must_obey(), timeout)
            if self._failure:
                raise self._failure
            if not self._must_obey():
                break
            self._has_obeyed_cancel = True
            self._empty()
        if was_cancelled and not self._state.by_batch:
            # As in earlier versions, which emptied it after each step.
            self._empty()
        return is_awake

    def _must_obey(self) -> bool:
        return self._state.by_batch and not self._has_obeyed_cancel and workflow.cancellation_reason() is not None

    def _empty(self) -> None:
        self._state = queue_state.change(self._state, QueueInstruction(QueueChange.CLEAR, ""))
        self._withdraw()
