"""The bot's changes on a real Temporal server, also with lost replies and absent workers."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.api.workflowservice.v1 import StartWorkflowExecutionResponse
from temporalio.client import Client

from bot.adapters.temporal import TemporalControl, TemporalEngine, quiet_runtime, requests
from bot.errors import Conflict, Unavailable
from bot.model import Execution, ExecutionStatus, Instruction, Order, Ref, StartOrder
from tests.adapters.temporal.conftest import temporal_at
from tests.adapters.temporal.server import QUEUE, SEQUENCES, TemporalServer, eventually, free_port
from tests.adapters.temporal.stand_in import sequences_worker
from tests.fleet.sequences import spec

# Quotes and a backslash as list filters cannot hold them, other scripts, a flag of two code points.
ODD = 'o\'neill "&" çö, 顧客 \\ 🇩🇪 %s'


@pytest.fixture
async def driven(server: TemporalServer) -> AsyncIterator[None]:
    async with sequences_worker(await temporal_at(server.address).worker_client()):
        yield


def order(unique: str, what: str = "", **hints: str) -> StartOrder:
    """A run that ends at once when a worker is there."""
    return StartOrder(
        workflow_id=unique,
        workflow_type="CustomerBackfill",
        task_queue=QUEUE,
        arguments=(what, QUEUE),
        hints=hints,
        token=f"{unique}:1",
    )


async def completed(engine: TemporalEngine, ref: Ref) -> Execution:
    described = await eventually(lambda: engine.describe(ref), lambda known: known.execution.closed_at)
    assert described.execution.status is ExecutionStatus.COMPLETED
    return described.execution


async def runs(client: Client, workflow_id: str) -> int:
    """How many the server knows of this id, without a filter that listings may be late with."""
    return len([run async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")])


async def start_without_lookup(client: Client, wanted: StartOrder) -> StartWorkflowExecutionResponse:
    return await client.workflow_service.start_workflow_execution(requests.start("default", wanted, {}))


@pytest.mark.usefixtures("working")
async def test_a_bot_that_never_heard_of_its_start_finds_the_run_that_has_completed_since(
    server: TemporalServer, control: TemporalControl, engine: TemporalEngine, client: Client, unique: str
) -> None:
    first = await control.start(order(unique))
    await completed(engine, first)
    restarted = TemporalControl(temporal_at(server.address), SEQUENCES)

    found = await restarted.start(order(unique))

    assert found == first
    assert await eventually(lambda: runs(client, unique), bool) == 1


@pytest.mark.usefixtures("working")
async def test_the_server_itself_takes_the_same_request_once_even_when_its_run_has_completed(
    control: TemporalControl, engine: TemporalEngine, client: Client, unique: str
) -> None:
    first = await control.start(order(unique))
    await completed(engine, first)

    answer = await start_without_lookup(client, order(unique))

    assert answer.run_id == first.run_id


@pytest.mark.usefixtures("working")
async def test_a_run_that_has_continued_as_new_is_found_by_its_memo_which_the_server_alone_would_not(
    control: TemporalControl, engine: TemporalEngine, client: Client, unique: str
) -> None:
    first = await control.start(order(unique, "anew"))
    closed = await eventually(lambda: engine.describe(first), lambda known: known.execution.closed_at)
    latest = await control.start(order(unique, "anew"))
    await completed(engine, latest)

    again = await control.start(order(unique, "anew"))
    doubled = await start_without_lookup(client, order(unique, "anew"))

    assert closed.execution.status is ExecutionStatus.CONTINUED_AS_NEW
    assert again == latest != first
    assert doubled.run_id not in {first.run_id, latest.run_id}


@pytest.mark.usefixtures("working")
async def test_a_longer_heartbeat_timeout_keeps_the_attempt_that_runs(
    control: TemporalControl, engine: TemporalEngine, unique: str
) -> None:
    """Its worker sends one heartbeat and then nothing, with a timeout of a second."""
    ref = await control.start(order(unique, "go_silent"))
    silent = await eventually(
        lambda: engine.describe(ref), lambda known: known.activities and known.activities[0].details
    )
    [before] = silent.activities
    await control.set_heartbeat_timeout(ref, before.activity_id, timedelta(minutes=30))
    shown = await engine.describe(ref)
    # Another run, which began later, times out meanwhile.
    other = await control.start(order(f"{unique}-other", "go_silent"))
    await eventually(lambda: engine.describe(other), lambda run: run.activities and run.activities[0].attempt > 2)
    [after] = (await engine.describe(ref)).activities
    await asyncio.gather(control.terminate(ref, "done"), control.terminate(other, "done"))

    assert shown.activities[0].heartbeat_timeout == timedelta(minutes=30)
    assert after.attempt == shown.activities[0].attempt


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("how", ["cancel", "terminate"])
async def test_a_run_that_has_continued_as_new_is_ended_as_what_it_has_become(
    control: TemporalControl, engine: TemporalEngine, unique: str, how: str
) -> None:
    first = await control.start(order(unique, "anew go_silent"))
    await eventually(lambda: engine.describe(first), lambda known: known.execution.closed_at)
    latest = await control.start(order(unique, "anew go_silent"))
    await eventually(lambda: engine.describe(latest), lambda known: known.activities)
    end = control.cancel if how == "cancel" else control.terminate

    await end(first, "its days are run as windows")
    await end(first, "told twice")
    ended = await engine.describe(latest)

    assert latest != first
    assert ended.cancel_requested is (how == "cancel")
    assert ended.execution.status.is_open is (how == "cancel")


@pytest.mark.usefixtures("working")
async def test_another_run_of_the_same_id_is_not_ended_in_place_of_one_that_is_over(
    control: TemporalControl, engine: TemporalEngine, unique: str
) -> None:
    over = await control.start(order(unique))
    await completed(engine, over)
    other = await control.start(replace(order(unique, "go_silent"), token=f"{unique}:2"))

    await control.cancel(over, "late")
    await control.terminate(over, "late")
    described = await engine.describe(other)

    assert other != over
    assert (described.cancel_requested, described.execution.status) == (False, ExecutionStatus.RUNNING)


async def test_many_starts_of_the_same_order_at_once_are_one_run(
    server: TemporalServer, client: Client, unique: str
) -> None:
    replicas = [TemporalControl(temporal_at(server.address), SEQUENCES) for _ in range(4)]

    refs = await asyncio.gather(*(replica.start(order(unique)) for replica in replicas for _ in range(2)))

    assert len(set(refs)) == 1
    assert await eventually(lambda: runs(client, unique), bool) == 1


async def test_the_workflow_gets_plain_json_and_the_history_says_who_started_it(
    control: TemporalControl, client: Client, unique: str
) -> None:
    argument = {"customer": ODD, "start": "2026-01-01", "days": 5, "whole": False}
    await control.start(StartOrder(unique, "CustomerBackfill", QUEUE, (argument, "text", None), {}, unique))

    history = await client.get_workflow_handle(unique).fetch_history()
    summary = await (await client.get_workflow_handle(unique).describe()).static_summary()
    started = history.events[0].workflow_execution_started_event_attributes

    first, second, third = started.input.payloads
    assert first.metadata["encoding"] == second.metadata["encoding"] == b"json/plain"
    assert (json.loads(first.data), json.loads(second.data)) == (argument, "text")
    assert third.metadata["encoding"] == b"binary/null"
    assert started.identity == "backfill-bot"
    assert summary == "Started by backfill-bot"


async def test_hints_are_search_attributes_where_they_are_registered_and_memo_everywhere(
    control: TemporalControl, client: Client, unique: str
) -> None:
    hints = {"BackfillCustomer": ODD, "BackfillSince": "2026-01-01", "BackfillRank": "first", "BackfillEnd": "x"}
    await control.start(order(unique, **hints))

    described = await client.get_workflow_handle(unique).describe()
    info = described.raw_description.workflow_execution_info
    attributes = {name: json.loads(value.data) for name, value in info.search_attributes.indexed_fields.items()}

    # A rank that is no number, and an end that nobody registered, stand in the memo alone.
    assert attributes["BackfillCustomer"] == ODD
    assert attributes["BackfillSince"] == "2026-01-01T00:00:00+00:00"
    assert not {"BackfillRank", "BackfillEnd"} & set(attributes)
    assert {name: json.loads(info.memo.fields[name].data) for name in hints} == hints


async def test_the_reason_of_a_cancel_and_of_an_end_stand_in_the_history(
    control: TemporalControl, client: Client, unique: str
) -> None:
    ref = await control.start(order(unique))
    await control.cancel(ref, "Olivia: it keeps timing out")
    await control.terminate(ref, "Oscar: it does not close")

    events = (await client.get_workflow_handle(unique).fetch_history()).events
    causes = [event.workflow_execution_cancel_requested_event_attributes.cause for event in events]
    ended = events[-1].workflow_execution_terminated_event_attributes

    assert [cause for cause in causes if cause] == ["Olivia: it keeps timing out"]
    assert (ended.reason, ended.identity) == ("Oscar: it does not close", "backfill-bot")


@pytest.mark.usefixtures("driven")
async def test_customers_may_be_called_anything(control: TemporalControl, unique: str) -> None:
    customer = f"{unique} {ODD}"
    await control.begin(spec(customer, reason=ODD))

    known = await control.sequence(customer)
    listed = await eventually(control.sequences, lambda found: customer in {each.customer for each in found})
    paused = await control.instruct(customer, Instruction(Order.PAUSE, "U0OLIVIA", ODD))

    assert known
    assert (known.customer, known.reason) == (customer, ODD)
    assert [each.id for each in listed if each.customer == customer] == [f"seq-{customer}"]
    assert paused.spec.customer == customer


@pytest.mark.usefixtures("driven")
async def test_a_sequence_that_has_continued_as_new_is_still_the_same_one(
    control: TemporalControl, unique: str
) -> None:
    await control.begin(spec(unique))
    first = await control.sequence(unique)
    await control.instruct(unique, Instruction(Order.STOP, "U0OLIVIA", "anew"))

    assert first
    second = await eventually(lambda: control.sequence(unique), lambda known: known and known.ref != first.ref)
    await control.begin(spec(unique))
    with pytest.raises(Conflict):
        await control.begin(spec(unique, id="another"))

    assert second
    assert (second.id, second.status, second.reason) == (f"seq-{unique}", ExecutionStatus.RUNNING, "it times out")
    assert await control.sequence(unique) == second


async def test_two_people_who_begin_a_sequence_at_once_begin_one(server: TemporalServer, unique: str) -> None:
    replicas = [TemporalControl(temporal_at(server.address), SEQUENCES) for _ in range(2)]
    beginnings = [replica.begin(spec(unique, id=f"{unique}-{n}")) for n, replica in enumerate(replicas)]

    ended = await asyncio.gather(*beginnings, return_exceptions=True)

    assert sorted(type(each).__name__ for each in ended) == ["Conflict", "NoneType"]


async def test_without_a_worker_a_sequence_is_known_by_its_memo_and_takes_no_instruction(
    server: TemporalServer, unique: str
) -> None:
    limit = timedelta(seconds=0.5)
    nobody = TemporalControl(temporal_at(server.address, limit=limit), f"nobody-{unique}", patience=limit)
    await nobody.begin(spec(unique))

    known = await nobody.sequence(unique)
    with pytest.raises(Unavailable):
        await nobody.instruct(unique, Instruction(Order.PAUSE, "U0OLIVIA", "why"))

    assert known
    assert (known.started_by, known.progress) == ("U0OLIVIA", None)


@pytest.mark.usefixtures("driven")
async def test_workflows_of_others_that_are_called_like_sequences_are_none(
    control: TemporalControl, client: Client, unique: str
) -> None:
    await client.start_workflow("SequentialBackfill", "x", id=f"backfill-bot-sequence-{unique}", task_queue=QUEUE)
    await control.begin(spec(f"{unique}-ours"))

    listed = await eventually(control.sequences, lambda found: f"{unique}-ours" in {each.customer for each in found})

    assert await control.sequence(unique) is None
    assert unique not in {each.customer for each in listed}
    with pytest.raises(Conflict):
        await control.begin(spec(unique))


async def test_a_worker_gets_a_connected_client_of_its_own(server: TemporalServer) -> None:
    cluster = temporal_at(server.address)

    first, second = await cluster.worker_client(), await cluster.worker_client()

    assert first is not second
    assert first.namespace == "default"
    assert first.identity.startswith("backfill-bot ")


async def test_a_worker_gets_none_where_no_server_is() -> None:
    with pytest.raises(Unavailable):
        await temporal_at(f"127.0.0.1:{free_port()}").worker_client()


async def test_what_the_native_half_of_the_client_warns_of_is_not_written_to_stdout(
    server: TemporalServer, unique: str, capfd: pytest.CaptureFixture[str]
) -> None:
    quiet = TemporalControl(temporal_at(server.address, runtime=quiet_runtime()), SEQUENCES)

    # It warns of every memo of more than two kilobytes.
    await quiet.start(order(unique, Long="x" * 3_000))

    assert capfd.readouterr().out == ""


@pytest.mark.usefixtures("working")
async def test_an_attempt_that_waits_begins_at_once_and_is_counted_from_1_again(
    control: TemporalControl, engine: TemporalEngine, unique: str
) -> None:
    ref = await control.start(order(unique, "fail"))
    waiting = await eventually(
        lambda: engine.describe(ref),
        lambda run: any(each.attempt > 3 and each.next_attempt_at for each in run.activities),
    )

    await control.reset_activity(ref, waiting.activities[0].activity_id)
    [activity] = (await engine.describe(ref)).activities

    assert activity.attempt < waiting.activities[0].attempt
    await control.terminate(ref, "the test is over")
