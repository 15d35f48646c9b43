"""What a real Temporal server shows of an execution, in the bot's words."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.adapters.temporal import TemporalEngine
from bot.adapters.temporal.cluster import PAGE
from bot.errors import Refused, Unavailable
from bot.model import ActivityState, Description, Execution, ExecutionStatus, FailureKind, Portion, Ref, TaskKind
from tests.adapters.temporal.conftest import LIMIT, engine_at, temporal_at
from tests.adapters.temporal.server import NOBODY, QUEUE, CustomerBackfill, TemporalServer, eventually, free_port

# Enough for a page, and not for many.
BRIEFLY = timedelta(seconds=0.05)


async def started(
    client: Client, workflow_id: str, what: str, queue: str = QUEUE
) -> tuple[WorkflowHandle[object, None], Ref]:
    handle = await client.start_workflow("CustomerBackfill", args=[what, queue], id=workflow_id, task_queue=QUEUE)
    return handle, Ref("voice-prod", workflow_id, handle.first_execution_run_id or "")


@pytest.mark.usefixtures("working")
async def test_a_heartbeat_timeout_is_told_with_the_attempt_and_the_last_details(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    _, ref = await started(client, unique, "go_silent")

    described = await eventually(lambda: engine.describe(ref), _has_failed)
    activity = described.activities[0]

    assert activity.last_failure
    assert activity.last_failure.kind is FailureKind.HEARTBEAT_TIMEOUT
    assert activity.last_failure.message == "activity Heartbeat timeout"
    assert activity.attempt >= 2
    assert activity.details == '{"day":"2026-01-03","rows":12}'
    assert activity.heartbeat_timeout == timedelta(seconds=1)
    assert activity.activity_type == "go_silent"
    assert activity.last_heartbeat_at
    assert datetime.now(UTC) - activity.last_heartbeat_at < timedelta(minutes=1)
    assert described.execution.status is ExecutionStatus.RUNNING
    assert not described.cancel_requested


@pytest.mark.usefixtures("working")
async def test_an_attempt_that_fails_for_another_reason_says_so_and_when_the_next_is_due(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    _, ref = await started(client, unique, "fail")

    described = await eventually(
        lambda: engine.describe(ref), lambda d: _has_failed(d) and d.activities[0].state is ActivityState.SCHEDULED
    )
    activity = described.activities[0]

    assert activity.last_failure
    assert (activity.last_failure.kind, activity.last_failure.message) == (
        FailureKind.APPLICATION,
        "OSError: disk full",
    )
    assert activity.next_attempt_at
    assert activity.details == ""


@pytest.mark.usefixtures("working")
async def test_a_cancel_is_a_request_until_the_run_is_closed(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    handle, ref = await started(client, unique, "beat")
    beating = await eventually(lambda: engine.describe(ref), lambda d: d.activities and d.activities[0].details)
    await handle.cancel()

    described = await eventually(
        lambda: engine.describe(ref),
        lambda d: d.activities and d.activities[0].state is ActivityState.CANCEL_REQUESTED,
    )
    await handle.terminate()
    over = await engine.describe(ref)

    assert beating.activities[0].details == '["day",7]'
    assert not beating.cancel_requested
    assert described.cancel_requested
    assert described.execution.status.is_open
    assert over.execution.status is ExecutionStatus.TERMINATED
    assert over.execution.closed_at


@pytest.mark.usefixtures("working")
async def test_an_activity_nobody_picks_up_is_scheduled_and_its_queue_has_no_pollers(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    _, ref = await started(client, unique, "beat", NOBODY)

    described = await eventually(lambda: engine.describe(ref), lambda d: d.activities)
    activity = described.activities[0]

    assert (activity.state, activity.attempt, activity.started_at) == (ActivityState.SCHEDULED, 1, None)
    assert activity.scheduled_at
    assert await engine.pollers(NOBODY, TaskKind.ACTIVITY) == 0
    assert await eventually(lambda: engine.pollers(QUEUE, TaskKind.ACTIVITY), bool) == 1


async def test_a_worker_for_workflows_alone_does_not_count_among_those_for_activities(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    async with Worker(
        client, task_queue=unique, workflows=[CustomerBackfill], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        assert await eventually(lambda: engine.pollers(unique, TaskKind.WORKFLOW), bool) == 1
        assert await engine.pollers(unique, TaskKind.ACTIVITY) == 0


@pytest.mark.usefixtures("working")
async def test_a_workflow_task_that_keeps_failing_shows_in_its_attempt(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    _, ref = await started(client, unique, "bug")

    described = await eventually(
        lambda: engine.describe(ref),
        # A worker that is there takes it up again at once.
        lambda d: d.workflow_task_attempt > 1 and d.workflow_task_scheduled_at is None,
    )

    assert described.activities == ()
    assert described.execution.status.is_open


async def test_a_workflow_task_no_worker_picks_up_is_told_with_the_time_since(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    handle = await client.start_workflow("CustomerBackfill", args=["", ""], id=unique, task_queue=NOBODY)

    described = await engine.describe(Ref("voice-prod", unique, handle.first_execution_run_id or ""))

    assert described.workflow_task_attempt == 1
    assert described.workflow_task_scheduled_at
    assert datetime.now(UTC) - described.workflow_task_scheduled_at < timedelta(minutes=1)


async def test_search_attributes_win_over_memo_and_both_are_hints(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    customer = SearchAttributeKey.for_keyword("BackfillCustomer")
    await client.start_workflow(
        unique,
        id=unique,
        task_queue=NOBODY,
        memo={"BackfillCustomer": "memo says", "BackfillEnd": "2026-01-06", "size": {"days": 5}},
        search_attributes=TypedSearchAttributes([SearchAttributePair(customer, "hilton")]),
    )

    listed = await eventually(lambda: engine.open_executions([unique]), bool)

    assert listed[0].hints["BackfillCustomer"] == "hilton"
    assert listed[0].hints["BackfillEnd"] == "2026-01-06"
    assert listed[0].hints["size"] == '{"days":5}'


async def test_a_customer_whose_name_looks_like_a_token_is_recognised(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    memo = {"BackfillCustomer": "xoxb-media", "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"}
    await client.start_workflow(unique, id=unique, task_queue=NOBODY, memo=memo)
    (listed,) = await eventually(lambda: engine.open_executions([unique]), bool)

    assert {name: listed.hints[name] for name in memo} == memo


async def test_a_type_with_odd_characters_is_found_and_finds_nothing_else(
    client: Client, engine: TemporalEngine, unique: str
) -> None:
    odd = f"Füllen % _ ({unique}) {{1}} -- ;"
    await client.start_workflow(odd, id=unique, task_queue=NOBODY)

    listed = await eventually(lambda: engine.open_executions([odd]), bool)

    assert [(e.ref.workflow_id, e.workflow_type) for e in listed] == [(unique, odd)]


@pytest.mark.parametrize("odd", ['say "hi"', "back\\slash", "x') OR ('' = '"])
async def test_a_type_that_no_filter_can_ask_for_is_refused_rather_than_not_found(
    engine: TemporalEngine, odd: str
) -> None:
    with pytest.raises(Refused, match="no list filter can ask for workflow type"):
        await engine.open_executions([odd])


async def test_listings_of_more_than_a_page_are_whole(client: Client, engine: TemporalEngine, unique: str) -> None:
    wanted = PAGE + 1
    at_once = asyncio.Semaphore(64)

    async def start(number: int) -> None:
        async with at_once:
            await client.start_workflow(unique, id=f"{unique}-{number}", task_queue=NOBODY)

    await asyncio.gather(*(start(number) for number in range(wanted)))
    listed = await eventually(lambda: engine.open_executions([unique]), lambda found: len(found) == wanted)

    pages: list[Sequence[Execution]] = []
    await engine.open_executions([unique], pages.append)

    assert sorted(len(page) for page in pages) == [1, PAGE]
    assert len({execution.ref for execution in listed}) == wanted
    assert [e.started_at for e in listed] == sorted(e.started_at for e in listed)


async def test_a_listing_that_takes_longer_than_its_time_is_read_in_portions_and_nothing_is_left_out(
    client: Client, server: TemporalServer, unique: str
) -> None:
    at_once = asyncio.Semaphore(16)

    async def run(number: int) -> None:
        async with at_once:
            handle = await client.start_workflow(unique, id=f"{unique}-{number}", task_queue=NOBODY)
            if number:
                await handle.terminate()

    await asyncio.gather(*(run(number) for number in range(150)))
    whole = engine_at(server.address)
    ended = await eventually(lambda: whole.changed_executions([unique], None, LIMIT), lambda p: _ended(p) == 149)
    engine = TemporalEngine(temporal_at(server.address), lambda: datetime.now(UTC), page=5)
    await engine.check()
    portions = [await engine.changed_executions([unique], None, BRIEFLY)]
    while portions[-1].rest_until is not None and len(portions) < 200:
        with suppress(Unavailable):
            portions.append(await engine.ended_executions([unique], portions[-1].rest_until, BRIEFLY))

    assert len(portions) > 1
    assert [portion.rest_until is None for portion in portions] == [*[False] * (len(portions) - 1), True]
    read = dict.fromkeys(each.ref for portion in portions for each in portion.executions)
    assert list(read) == [each.ref for each in ended.executions]


async def test_open_runs_that_cannot_all_be_listed_in_time_are_no_portion(
    client: Client, server: TemporalServer, unique: str
) -> None:
    for number in range(60):
        await client.start_workflow(unique, id=f"{unique}-{number}", task_queue=NOBODY)
    engine = TemporalEngine(temporal_at(server.address), lambda: datetime.now(UTC), page=1)
    await engine.check()

    with pytest.raises(Unavailable):
        await engine.changed_executions([unique], None, BRIEFLY)


async def test_check_names_the_server_and_a_namespace_that_does_not_exist_is_refused_with_what_to_do(
    server: TemporalServer, engine: TemporalEngine
) -> None:
    shown = await engine.check()
    with pytest.raises(Refused, match="Namespace elsewhere is not found: create it there, or correct it"):
        await engine_at(server.address, namespace="elsewhere").check()

    assert shown.startswith("Temporal 1.")
    assert shown.endswith(f"answers at {server.address}, namespace default exists")


async def test_every_call_to_a_missing_namespace_is_refused_not_empty(server: TemporalServer) -> None:
    lost = engine_at(server.address, namespace="elsewhere")

    with pytest.raises(Refused):
        await lost.open_executions(["CustomerBackfill"])
    with pytest.raises(Refused):
        await lost.describe(Ref("voice-prod", "backfill-hilton", ""))


async def test_a_server_that_goes_and_comes_back_is_unavailable_and_then_answers() -> None:
    restarted = TemporalServer()
    engine = engine_at(restarted.address)
    with pytest.raises(Unavailable, match="Connection refused"):
        await engine.check()
    try:
        for _ in range(2):
            restarted.start()
            await eventually(lambda: _answers(engine), bool)
            restarted.stop()

            with pytest.raises(Unavailable):
                await engine.open_executions(["CustomerBackfill"])
    finally:
        restarted.stop()


async def test_a_server_that_accepts_and_says_nothing_is_unavailable_within_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = engine_at(f"127.0.0.1:{silent.getsockname()[1]}", limit=timedelta(seconds=1))
        # Far beyond the limit: without one it would be for ever.
        async with asyncio.timeout(30):
            with pytest.raises(Unavailable, match="within 1 s"):
                await engine.describe(Ref("voice-prod", "w", ""))


async def test_links_quote_what_stands_in_an_id() -> None:
    engine = engine_at(f"127.0.0.1:{free_port()}", namespace="voice prod", ui="https://temporal.example/")

    link = engine.link(Ref("voice-prod", "a/b c?#ü", "run"))

    assert link == "https://temporal.example/namespaces/voice%20prod/workflows/a%2Fb%20c%3F%23%C3%BC/run/history"
    assert engine_at("127.0.0.1:1").link(Ref("voice-prod", "w", "r")) == ""


def _ended(portion: Portion) -> int:
    return sum(not each.status.is_open for each in portion.executions)


def _has_failed(described: Description) -> bool:
    return bool(described.activities and described.activities[0].last_failure)


async def _answers(engine: TemporalEngine) -> bool:
    try:
        await engine.check()
    except (Unavailable, Refused):
        return False
    return True
