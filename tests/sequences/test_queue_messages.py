"""What reaches a queue at an unlucky moment: as its idle time ends, after a cancel, or while it begins somebody.

Short workflows play its sequences.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import accumulate

import pytest
from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.fleet.queue import rules
from bot.fleet.queue import state as queue_state
from bot.fleet.queue.rules import RULES
from bot.model.queue import (
    QUEUE_TYPE,
    Batch,
    Demand,
    Enqueue,
    NotBegun,
    QueueChange,
    QueuedCustomer,
    QueueInstruction,
    QueueOrder,
    QueueSignal,
    QueueState,
    Survey,
)
from bot.model.queue_requests import BeginQueuedRequest, BeginQueuedResult, SurveyRequest
from bot.sequences import queue
from bot.sequences.queue import BY_BATCH_PATCH, RULES_PATCH, BackfillQueue
from tests.adapters.temporal.server import eventually
from tests.fleet.builders import CAMPAIGN

BATCH = Batch("b1", "U0OLIVIA", "the January gap", "missing", CAMPAIGN)
LATER = Batch("b2", "U0OLIVIA", "what was left", "missing", CAMPAIGN)


@workflow.defn
class PatientSequence:
    """Wants one slot, and waits for it."""

    def __init__(self) -> None:
        self.granted = 0
        workflow.set_signal_handler(QueueSignal.GRANTED.value, self._grant)

    @workflow.run
    async def run(self, queue_id: str, customer: str, sequence: str, batch: str = BATCH.id) -> None:
        demand = Demand(workflow.info().workflow_id, sequence, customer, batch, 1, waiting=(1,))
        await workflow.get_external_workflow_handle(queue_id).signal(QueueSignal.DEMAND.value, demand)
        await workflow.wait_condition(lambda: self.granted > 0)

    def _grant(self, _ticket: int) -> None:
        self.granted += 1


class Scene:
    """A queue on a Temporal server, with so many slots. While ``may_begin`` is not set, the activity that begins a
    sequence waits, as it does for a slow cluster; and so does a survey while ``may_survey`` is not set."""

    def __init__(self, client: Client, at_once: int) -> None:
        self.client = client
        self.name = f"queue-{uuid.uuid4().hex[:8]}"
        self.at_once = at_once
        self.may_begin = asyncio.Event()
        self.may_begin.set()
        self.may_survey = asyncio.Event()
        self.may_survey.set()
        self.asked: list[str] = []
        self.surveys = 0
        self.runs_anything = False
        self.without_workers: frozenset[str] = frozenset()

    @activity.defn
    async def survey(self, _request: SurveyRequest) -> Survey:
        await self.may_survey.wait()
        self.surveys += 1
        return Survey(self.at_once, 0, (), (), (), timedelta(minutes=10))

    @activity.defn
    async def begin_queued(self, request: BeginQueuedRequest) -> BeginQueuedResult:
        self.asked.append(request.customer)
        await self.may_begin.wait()
        if request.batch.id in self.without_workers and request.may_wait:
            return BeginQueuedResult(NotBegun.NOT_NOW)
        if not self.runs_anything:
            return BeginQueuedResult(NotBegun.NOTHING_TO_RUN)
        arguments = [self.name, request.customer, request.sequence]
        await self.client.start_workflow(
            PatientSequence.run, args=arguments, id=self.sequence_id(request.customer), task_queue=self.name
        )
        return BeginQueuedResult()

    async def surveyed(self) -> int:
        return self.surveys

    async def begin_single(self, customer: str) -> None:
        await self.begin_sequence(customer, "")

    async def begin_sequence(self, customer: str, batch: str) -> None:
        arguments = [self.name, customer, f"{batch}-{customer}", batch]
        await self.client.start_workflow(
            PatientSequence.run, args=arguments, id=self.sequence_id(customer), task_queue=self.name
        )

    def sequence_id(self, customer: str) -> str:
        return f"{self.name}-{customer}"

    async def begin(self, state: QueueState | None = None) -> WorkflowHandle[BackfillQueue, None]:
        first = state or queue_state.begin()
        return await self.client.start_workflow(QUEUE_TYPE, first, id=self.name, task_queue=self.name)

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[None]:
        async with Worker(
            self.client,
            task_queue=self.name,
            workflows=[BackfillQueue, PatientSequence],
            activities=[self.survey, self.begin_queued],
            workflow_runner=UnsandboxedWorkflowRunner(),
            # Without a cache another worker gets the next workflow task at once.
            max_cached_workflows=0,
        ):
            yield

    async def enqueue(self, of: WorkflowHandle[BackfillQueue, None], *customers: str, batch: Batch = BATCH) -> None:
        queued = tuple(QueuedCustomer(name, 1, batch.id) for name in customers)
        await of.signal(QueueSignal.ENQUEUE.value, Enqueue(batch, queued, QueueOrder.SMALLEST))


async def state_of(of: WorkflowHandle[BackfillQueue, None]) -> QueueState:
    return (await of.query(BackfillQueue.standing)).state


def names(state: QueueState) -> list[str]:
    return [each.customer for each in state.queued]


async def test_customers_that_are_queued_as_the_idle_time_ends_are_not_lost(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "IDLE_FOR", timedelta(seconds=1))
    scene = Scene(client, at_once=1)
    handle = await scene.begin()

    async def events(kind: EventType.ValueType) -> int:
        return sum([event.event_type == kind async for event in handle.fetch_history_events()])

    async with scene.bot():
        await eventually(lambda: events(EventType.EVENT_TYPE_TIMER_STARTED), bool)
    await eventually(lambda: events(EventType.EVENT_TYPE_TIMER_FIRED), bool)
    await scene.enqueue(handle, "hilton")
    async with scene.bot():
        await handle.result()

    assert scene.asked == ["hilton"]


async def test_a_cancel_in_temporal_empties_the_queue_at_once_and_nothing_that_comes_later(client: Client) -> None:
    scene = Scene(client, at_once=0)
    handle = await scene.begin()
    async with scene.bot():
        await scene.enqueue(handle, "hilton", "cvs")
        await eventually(lambda: state_of(handle), lambda state: len(state.queued) == 2)
        await handle.cancel()
        emptied = await eventually(lambda: state_of(handle), lambda state: not state.queued)
        await scene.enqueue(handle, "spirit", batch=LATER)
        await scene.enqueue(handle, "vivint", batch=LATER)
        later = await eventually(lambda: state_of(handle), lambda state: len(state.queued) == 2)
        await handle.terminate()

    assert names(emptied) == []
    assert names(later) == ["spirit", "vivint"]


async def test_a_queue_is_marked_where_a_worker_of_an_earlier_version_would_decide_otherwise(client: Client) -> None:
    scene, earlier = Scene(client, at_once=0), Scene(client, at_once=0)
    handles = [await scene.begin(), await earlier.begin(QueueState())]
    latest_rules = f"{RULES_PATCH} {RULES}"

    async def marks(handle: WorkflowHandle[BackfillQueue, None]) -> str:
        events = [event async for event in handle.fetch_history_events()]
        return "".join(str(event.marker_recorded_event_attributes.details) for event in events)

    async with scene.bot(), earlier.bot():
        states = [await state_of(handle) for handle in handles]
        marked = [[patch in await marks(handle) for patch in (BY_BATCH_PATCH, latest_rules)] for handle in handles]
        for handle in handles:
            await handle.terminate()

    assert [(state.by_batch, state.rules) for state in states] == [(True, RULES), (False, 0)]
    assert marked == [[True, True], [False, False]]


async def test_a_sequence_that_begins_although_its_customer_was_taken_out_is_cancelled(client: Client) -> None:
    scene = Scene(client, at_once=1)
    scene.runs_anything = True
    scene.may_begin.clear()
    handle = await scene.begin()
    async with scene.bot():
        await scene.enqueue(handle, "hilton")
        await eventually(lambda: state_of(handle), lambda state: bool(state.starting and scene.asked))
        await handle.signal(QueueSignal.CHANGE.value, QueueInstruction(QueueChange.CLEAR, "U0OLIVIA"))
        await eventually(lambda: state_of(handle), lambda state: not state.starting)
        scene.may_begin.set()
        sequence = client.get_workflow_handle(scene.sequence_id("hilton"))

        async def status() -> WorkflowExecutionStatus | None:
            running = [run.status async for run in client.list_workflows(f"WorkflowId = '{sequence.id}'")]
            return running[0] if running else None

        ended = await eventually(status, lambda found: found not in (None, WorkflowExecutionStatus.RUNNING))
        await handle.terminate()

    assert ended is WorkflowExecutionStatus.CANCELED


async def test_after_the_limit_was_lowered_nobody_is_begun_by_what_was_surveyed_before(client: Client) -> None:
    scene = Scene(client, at_once=9)
    scene.runs_anything = True
    handle = await scene.begin()
    async with scene.bot():
        await scene.enqueue(handle, "hilton")
        await eventually(lambda: state_of(handle), lambda state: bool(state.members and state.members[0].granted))
        scene.at_once, before = 1, scene.surveys
        await scene.enqueue(handle, "cvs", "spirit", batch=LATER)
        await eventually(scene.surveyed, lambda number: number > before)
        await handle.terminate()

    assert scene.asked == ["hilton"]


async def test_after_the_limit_was_lowered_a_single_command_gets_no_slot_by_what_was_surveyed_before(
    client: Client,
) -> None:
    scene = Scene(client, at_once=9)
    handle = await scene.begin()
    async with scene.bot():
        await scene.begin_single("hilton")
        await eventually(lambda: state_of(handle), lambda state: bool(state.members and state.members[0].granted))
        scene.at_once, before = 1, scene.surveys
        await scene.begin_single("vivint")
        await eventually(scene.surveyed, lambda number: number > before)
        state = await eventually(lambda: state_of(handle), lambda state: len(state.members) == 2)
        await handle.terminate()

    assert sum(len(member.granted) for member in state.members) == 1


async def test_a_campaign_that_nobody_works_for_keeps_the_turn_from_no_other_and_goes_on_once_somebody_does(
    client: Client,
) -> None:
    scene = Scene(client, at_once=1)
    scene.without_workers = frozenset({BATCH.id})
    handle = await scene.begin()
    async with scene.bot():
        await scene.enqueue(handle, "alaska", "hilton")
        await scene.enqueue(handle, "zions", batch=LATER)

        async def asked() -> list[str]:
            return scene.asked

        await eventually(asked, lambda names: "zions" in names)
        scene.without_workers = frozenset()
        await eventually(lambda: state_of(handle), lambda state: not state.queued and not state.starting)
        await handle.terminate()

    assert scene.asked.count("zions") == 1
    assert {scene.asked[-2], scene.asked[-1]} == {"alaska", "hilton"}


async def test_slots_for_many_sequences_are_sent_a_few_at_a_time_until_each_has_its_own(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_AT_ONCE", 3)
    scene, customers = Scene(client, at_once=20), [f"customer-{number}" for number in range(12)]
    handle = await scene.begin()
    for customer in customers:
        await scene.begin_single(customer)
    async with scene.bot():
        for customer in customers:
            await client.get_workflow_handle(scene.sequence_id(customer)).result()
        history = [event.event_type async for event in handle.fetch_history_events()]
        await handle.terminate()

    assert most_under_way(history) <= 3
    assert history.count(EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED) == len(customers)


def most_under_way(history: Iterable[EventType.ValueType]) -> int:
    """The most messages to sequences that were on their way at once."""
    steps = {
        EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: 1,
        EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED: -1,
    }
    return max(accumulate(steps.get(kind, 0) for kind in history))


async def test_the_sequences_of_many_customers_are_begun_a_few_at_a_time_until_each_has_its_own(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_AT_ONCE", 3)
    scene, customers = Scene(client, at_once=20), {f"customer-{number}" for number in range(12)}
    scene.may_begin.clear()
    handle = await scene.begin()
    async with scene.bot():
        await scene.enqueue(handle, *customers)
        waiting = await eventually(lambda: state_of(handle), lambda state: bool(state.starting))
        scene.may_begin.set()
        rest = await eventually(lambda: state_of(handle), lambda state: not state.queued and not state.starting)
        await handle.terminate()

    assert (len(waiting.starting), len(waiting.queued)) == (3, 9)
    assert sorted(scene.asked) == sorted(customers)
    assert rest.batches == ()


async def test_a_queue_that_continues_as_new_gives_slots_by_the_survey_of_the_run_before(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "_MOST_EVENTS", 60)
    scene, number = Scene(client, at_once=100), 0
    handle = await scene.begin()
    first = (await handle.describe()).run_id

    async def run_id() -> str:
        return (await handle.describe()).run_id

    async with scene.bot():
        await eventually(scene.surveyed, bool)
        scene.may_survey.clear()
        while await run_id() == first:
            number += 1
            await scene.begin_sequence(f"customer-{number}", BATCH.id)
            await client.get_workflow_handle(scene.sequence_id(f"customer-{number}")).result()
        await scene.begin_sequence("hilton", BATCH.id)
        await client.get_workflow_handle(scene.sequence_id("hilton")).result()
        surveys = scene.surveys
        scene.may_survey.set()
        await handle.terminate()

    assert surveys == 1
    assert number < 60
