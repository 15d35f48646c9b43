"""A server that takes no workflow updates: sequences cannot be instructed there, and can be cancelled."""

from collections.abc import Iterator

import pytest
from temporalio.client import WorkflowExecutionStatus

from bot.adapters.temporal import TemporalControl
from bot.errors import NotOffered
from bot.fleet.sequence.cancellation import cancel_reason
from bot.model import Instruction, Order, SequenceEnd
from bot.sequences.workflow import SequentialBackfill
from tests.adapters.temporal.conftest import temporal_at
from tests.adapters.temporal.server import SEQUENCES, TemporalServer, eventually
from tests.adapters.temporal.stand_in import sequences_worker
from tests.fleet.sequences import spec

PAUSE = Instruction(Order.PAUSE, "U0OLIVIA", "the warehouse is slow")


@pytest.fixture(scope="module")
def without_updates() -> Iterator[TemporalServer]:
    first = TemporalServer(**{"frontend.enableUpdateWorkflowExecution": "false"})
    first.start()
    yield first
    first.stop()


async def test_an_instruction_is_not_offered_there_and_a_cancel_stops_the_sequence(
    without_updates: TemporalServer, unique: str
) -> None:
    temporal = temporal_at(without_updates.address)
    control = TemporalControl(temporal, SEQUENCES)
    client = await temporal.worker_client()
    async with sequences_worker(client, SequentialBackfill):
        await control.begin(spec(unique))
        with pytest.raises(NotOffered, match="takes no workflow updates"):
            await control.instruct(unique, PAUSE)
        standing = await control.sequence(unique)
        assert standing
        await control.cancel(standing.ref, cancel_reason("the source was mended", "U0OLIVIA"))
        stopped = await eventually(
            lambda: control.sequence(unique),
            lambda known: known and known.progress and known.progress.end is SequenceEnd.CANCELLED,
        )
    handle = client.get_workflow_handle(standing.ref.workflow_id)

    assert not await control.takes_instructions()
    assert stopped
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await handle.terminate()


async def test_where_updates_are_on_a_refusal_is_the_sequences_own(control: TemporalControl) -> None:
    assert await control.takes_instructions()
