"""A stand-in for the bot's sequence: takes instructions as it does, runs nothing, ends when told to stop
(for the reason ``anew``, continues as new)."""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.fleet.sequence import instructions
from bot.fleet.sequence import state as sequence_state
from bot.model import (
    PROGRESS_QUERY,
    WORKFLOW_TYPE,
    Instruction,
    Order,
    SequenceProgress,
    SequenceState,
)
from tests.adapters.temporal.server import SEQUENCES


@workflow.defn(name=WORKFLOW_TYPE)
class StandIn:
    """Its updates return the progress after the instruction."""

    @workflow.init
    def __init__(self, state: SequenceState) -> None:
        self._state = state
        for order in Order:
            workflow.set_update_handler(order.value, self._take, validator=self._may_take)

    @workflow.run
    async def run(self, state: SequenceState) -> None:
        await workflow.wait_condition(lambda: self._state.stop is not None)
        if self._state.stop and self._state.stop.reason == "anew":
            workflow.continue_as_new(sequence_state.begin(state.spec))

    @workflow.query(name=PROGRESS_QUERY)
    def progress(self) -> SequenceProgress:
        return sequence_state.progress(self._state, ())

    async def _take(self, instruction: Instruction) -> SequenceProgress:
        self._state = instructions.apply(self._state, instruction)
        return self.progress()

    def _may_take(self, instruction: Instruction) -> None:
        if why := instructions.refusal(self._state, instruction, ()):
            raise ApplicationError(why)


def sequences_worker(client: Client, workflow_class: type = StandIn) -> Worker:
    """``client`` needs the bot's own data converter. The worker has no activities, so those wait for ever."""
    return Worker(
        client,
        task_queue=SEQUENCES,
        workflows=[workflow_class],
        workflow_runner=UnsandboxedWorkflowRunner(),
        graceful_shutdown_timeout=timedelta(0),
    )
