"""A cluster whose workers encode every payload, on a real Temporal server with a codec server beside it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes

from bot.adapters.temporal import TemporalControl, TemporalEngine
from bot.errors import Unavailable
from bot.fleet.runs.mapping import ORDER_KEY
from bot.model import Description, ExecutionStatus, Instruction, Order, Phase, Ref, StartOrder
from bot.sequences.workflow import SequentialBackfill
from tests.adapters.temporal.codec_stand_in import CodecStandIn, WorkersCodec
from tests.adapters.temporal.conftest import temporal_at
from tests.adapters.temporal.server import QUEUE, SEQUENCES, TemporalServer, eventually, worker
from tests.adapters.temporal.stand_in import sequences_worker
from tests.fleet.sequences import spec


@dataclass(frozen=True)
class Bot:
    """The bot's side of the cluster, with a codec server or without one."""

    engine: TemporalEngine
    control: TemporalControl


@pytest.fixture
async def there() -> AsyncIterator[CodecStandIn]:
    async with CodecStandIn().serving() as first:
        yield first


@pytest.fixture
async def bot(server: TemporalServer, there: CodecStandIn) -> AsyncIterator[Bot]:
    temporal = temporal_at(server.address)
    temporal.use_codec(there.endpoint, there.auth)
    yield Bot(TemporalEngine(temporal, lambda: datetime.now(UTC)), TemporalControl(temporal, SEQUENCES))
    await temporal.codec.close()


@pytest.fixture
async def team(server: TemporalServer) -> AsyncIterator[Client]:
    """The team's workers encode arguments, memos, heartbeats, and the texts of failures."""
    encoding = DataConverter(
        payload_codec=WorkersCodec(), failure_converter_class=DefaultFailureConverterWithEncodedAttributes
    )
    client = await Client.connect(server.address, data_converter=encoding)
    async with worker(client):
        yield client


async def started(team: Client, workflow_id: str, what: str) -> tuple[WorkflowHandle[object, None], Ref]:
    handle = await team.start_workflow(
        "CustomerBackfill",
        args=[what, QUEUE],
        id=workflow_id,
        task_queue=QUEUE,
        memo={"BackfillCustomer": f"customer-{workflow_id}"},
    )
    return handle, Ref("voice-prod", workflow_id, handle.first_execution_run_id or "")


def order(unique: str) -> StartOrder:
    return StartOrder(unique, "CustomerBackfill", QUEUE, ("", QUEUE), {"Account": unique}, f"{unique}:1")


async def stored(client: Client, workflow_id: str) -> str:
    """All that the server has of a run, as text, in which bytes are readable."""
    answer = await client.workflow_service.get_workflow_execution_history(
        GetWorkflowExecutionHistoryRequest(namespace="default", execution=WorkflowExecution(workflow_id=workflow_id))
    )
    return str(answer)


def _has_beaten(description: Description) -> bool:
    return any(activity.details for activity in description.activities)


async def test_memo_heartbeats_and_arguments_are_decoded(team: Client, bot: Bot, unique: str) -> None:
    handle, ref = await started(team, unique, "beat")
    described = await eventually(lambda: bot.engine.describe(ref), _has_beaten)
    listed = await eventually(
        lambda: bot.engine.open_executions(["CustomerBackfill"]), lambda runs: ref in [run.ref for run in runs]
    )
    [run] = [run for run in listed if run.ref == ref]

    assert described.activities[0].details == '["day",7]'
    assert not described.activities[0].is_encrypted
    assert described.execution.hints["BackfillCustomer"] == f"customer-{unique}"
    assert run.hints["BackfillCustomer"] == f"customer-{unique}"
    assert await bot.engine.arguments(ref) == ("beat", QUEUE)
    await handle.terminate()


async def test_the_text_of_a_failure_is_decoded_and_secrets_in_it_are_hidden_all_the_same(
    team: Client, bot: Bot, unique: str
) -> None:
    handle, ref = await started(team, unique, "fail_with_secret")
    described = await eventually(
        lambda: bot.engine.describe(ref), lambda d: d.activities and d.activities[0].last_failure
    )
    failure = described.activities[0].last_failure

    assert failure
    assert failure.message.startswith("OSError: no login with password=")
    assert "hunter2" not in failure.message
    await handle.terminate()


async def test_without_a_codec_all_of_it_is_called_encrypted(
    team: Client, engine: TemporalEngine, unique: str
) -> None:
    handle, ref = await started(team, unique, "beat")
    described = await eventually(lambda: engine.describe(ref), _has_beaten)

    assert json.loads(described.activities[0].details) == ["encrypted", "encrypted"]
    assert described.activities[0].is_encrypted
    assert "BackfillCustomer" not in described.execution.hints
    assert await engine.arguments(ref) == (None, None)
    await handle.terminate()


async def test_what_the_bot_starts_is_encoded_and_the_teams_worker_reads_it(
    team: Client, bot: Bot, unique: str
) -> None:
    ref = await bot.control.start(order(unique))
    ended = await eventually(lambda: bot.engine.describe(ref), lambda known: known.execution.closed_at)

    assert ended.execution.status is ExecutionStatus.COMPLETED
    assert ended.execution.hints[ORDER_KEY] == f"{unique}:1"
    assert await bot.control.start(order(unique)) == ref
    kept, _ = (await stored(team, unique)).split("user_metadata", 1)
    assert "binary/encrypted" in kept
    assert "json/plain" not in kept


async def test_a_sequence_is_encoded_driven_told_and_instructed(
    server: TemporalServer, there: CodecStandIn, bot: Bot, client: Client, unique: str
) -> None:
    driving = temporal_at(server.address)
    driving.use_codec(there.endpoint, there.auth)
    async with sequences_worker(await driving.worker_client(), SequentialBackfill):
        await bot.control.begin(spec(unique, reason="the source was mended"))
        paused = await bot.control.instruct(unique, Instruction(Order.PAUSE, "U0OLIVIA", "the warehouse is slow"))
        standing = await bot.control.sequence(unique)
    kept = await stored(client, f"backfill-bot-sequence-{unique}")

    assert paused.phase is Phase.PAUSED
    assert standing
    assert (standing.reason, standing.progress) == ("the source was mended", paused)
    assert "the source was mended" not in kept
    assert "the warehouse is slow" not in kept
    await client.get_workflow_handle(f"backfill-bot-sequence-{unique}").terminate()
    await driving.codec.close()


async def test_a_sequence_that_began_before_there_was_a_codec_goes_on(
    bot: Bot, control: TemporalControl, client: Client, unique: str
) -> None:
    await control.begin(spec(unique))
    standing = await bot.control.sequence(unique)

    assert standing
    assert standing.id == spec(unique).id
    await client.get_workflow_handle(f"backfill-bot-sequence-{unique}").terminate()


async def test_while_the_codec_is_away_known_runs_are_watched_and_nothing_is_taken_for_less(
    team: Client, bot: Bot, there: CodecStandIn, unique: str
) -> None:
    handle, ref = await started(team, unique, "beat")
    known = await eventually(lambda: bot.engine.describe(ref), _has_beaten)
    there.status = 503
    watched = await bot.engine.describe(ref)
    _, new = await started(team, f"{unique}-new", "")

    assert watched.execution == known.execution
    assert watched.activities[0].attempt == 1
    for ask in (
        bot.engine.describe(new),
        eventually(lambda: bot.engine.latest_executions(["CustomerBackfill"], 100), lambda _: False),
        bot.engine.arguments(new),
        bot.control.start(order(f"{unique}-start")),
    ):
        with pytest.raises(Unavailable, match="Codec of voice-prod: it answers HTTP status 503"):
            await ask

    await handle.terminate()
