"""Submits the scenario's workflows: the closed ones before the bot starts, the running ones last."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import CancelledError

from sandbox.errors import NotReady
from sandbox.scenario.model import Cluster, State
from sandbox.scenario.runs import Run
from sandbox.worker.shapes import SHAPES

AT_ONCE = 16
OVER_WITHIN_SECONDS = 120
POLL_SECONDS = 0.1


class Seeding:
    """Submits the runs. `clients` has one client for each cluster."""

    def __init__(self, clients: Mapping[str, Client], clusters: Mapping[str, Cluster]) -> None:
        self._clients = clients
        self._clusters = clusters
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def submit_finished(self, runs: Sequence[Run]) -> None:
        """Submits every complete and cancelled run and waits until it is closed. Raises NotReady, alone or in an
        ExceptionGroup."""
        over = [run for run in runs if run.state is not State.RUNNING]
        customers = [list(group) for _, group in groupby(over, key=lambda run: (run.cluster, run.customer))]
        try:
            async with asyncio.timeout(OVER_WITHIN_SECONDS), asyncio.TaskGroup() as group:
                for of_customer in customers:
                    group.create_task(self._play(of_customer))
        except TimeoutError as error:
            raise NotReady(f"what is over was not played within {OVER_WITHIN_SECONDS} s") from error

    async def submit_running(self, runs: Sequence[Run]) -> None:
        for run in runs:
            if run.state is State.RUNNING:
                await self._submit(run)

    async def _play(self, runs: Sequence[Run]) -> None:
        """Submits one customer's runs in order and waits until each has ended. Consecutive windows of the same state
        and length run at the same time."""
        for _, together in groupby(runs, key=lambda run: (run.state, run.range.days)):
            async with asyncio.TaskGroup() as group:
                for run in together:
                    group.create_task(self._bring_to_its_end(run))

    async def _bring_to_its_end(self, run: Run) -> None:
        async with self._turns:
            handle = await self._submit(run)
            if run.state is State.CANCELLED:
                await self._cancel(handle, run)
            else:
                await handle.result()

    async def _submit(self, run: Run) -> WorkflowHandle[object, object]:
        start = SHAPES[self._clusters[run.cluster].shape].start(run)
        handle: WorkflowHandle[object, object] = await self._clients[run.cluster].start_workflow(
            start.workflow_type,
            args=start.arguments,
            id=start.id,
            task_queue=start.task_queue,
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(SearchAttributeKey.for_keyword(name), value)
                    for name, value in start.search_attributes.items()
                ]
            ),
            memo=start.memo,
        )
        return handle

    async def _cancel(self, handle: WorkflowHandle[object, object], run: Run) -> None:
        """Cancels the run and waits until it is closed. If the run has ``days_before_story``, first waits until
        one of its heartbeats reports copied rows."""
        if run.days_before_story:
            await _wait_for_rows(handle)
        await handle.cancel()
        try:
            await handle.result()
        except WorkflowFailureError as error:
            if not isinstance(error.cause, CancelledError):
                raise NotReady(f"{handle.id} did not end as cancelled: {error.cause}") from error


async def _wait_for_rows(handle: WorkflowHandle[object, object]) -> None:
    while True:
        if await _has_rows(handle):
            return
        await asyncio.sleep(POLL_SECONDS)


async def _has_rows(handle: WorkflowHandle[object, object]) -> bool:
    description = await handle.describe()
    for pending in description.raw_description.pending_activities:
        details = await description.data_converter.decode(list(pending.heartbeat_details.payloads))
        if details and details[0]["rows"] > 0:
            return True
    return False
