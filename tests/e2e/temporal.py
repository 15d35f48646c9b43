"""What Temporal itself says has happened: asked directly, past the bot and past the relays."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowExecutionStatus

from tests.e2e.control import Control

WINDOWS = "CustomerBackfill"
SEQUENCES = "SequentialBackfill"

_T = TypeVar("_T")


@dataclass(frozen=True)
class Run:
    """One run of a workflow."""

    workflow_id: str
    status: WorkflowExecutionStatus
    started_at: datetime
    closed_at: datetime | None
    workflow_type: str
    task_queue: str

    @property
    def days(self) -> str:
        """The days in its id, as ``2026-01-01-2026-01-03``."""
        return self.workflow_id[-21:]


def most_at_once(runs: Iterable[Run]) -> int:
    """The most of these runs that were open at the same time. One that closes as another begins is not."""
    known = list(runs)
    begun = [(run.started_at, 1) for run in known]
    over = [(run.closed_at, -1) for run in known if run.closed_at]
    now_open = most = 0
    for _, change in sorted([*begun, *over]):
        now_open += change
        most = max(most, now_open)
    return most


class Temporal:
    """One cluster's namespace."""

    def __init__(self, control: Control, cluster: str) -> None:
        shown = control.get("_control/world")["clusters"][cluster]
        self._address, self._namespace = shown["temporal"]["direct"], shown["namespace"]

    def windows(self, customer: str) -> list[Run]:
        """Every run of the team's workflow for a customer, in the order of their starts."""
        return self.runs(f"WorkflowType = '{WINDOWS}' AND BackfillCustomer = '{customer}'")

    def all_windows(self) -> list[Run]:
        """Every run of the team's workflow, in the order of their starts."""
        return self.runs(f"WorkflowType = '{WINDOWS}'")

    def sequences(self, customer: str) -> list[Run]:
        """Every run of a sequence of this customer."""
        return self.runs(f"WorkflowType = '{SEQUENCES}' AND WorkflowId = 'backfill-bot-sequence-{customer}'")

    def copies_begun(self, workflow_id: str) -> int:
        """How often a run began to copy, by its history: once, whatever the attempts."""

        async def count(client: Client) -> int:
            events = client.get_workflow_handle(workflow_id).fetch_history_events()
            return len(
                [event async for event in events if event.HasField("activity_task_scheduled_event_attributes")]
            )

        return self._ask(count)

    def most_attempts(self, workflow_ids: Iterable[str]) -> int:
        """The highest number that an attempt of an activity has had in any of these runs, by their histories."""

        async def highest(client: Client) -> int:
            started = [
                event.activity_task_started_event_attributes.attempt
                for workflow_id in workflow_ids
                async for event in client.get_workflow_handle(workflow_id).fetch_history_events()
            ]
            return max(started, default=0)

        return self._ask(highest)

    def encodings_of_input(self, workflow_id: str) -> list[str]:
        """How the arguments of a run are encoded, as Temporal keeps them."""

        async def first_event(client: Client) -> list[str]:
            async for event in client.get_workflow_handle(workflow_id).fetch_history_events():
                payloads = event.workflow_execution_started_event_attributes.input.payloads
                return [payload.metadata["encoding"].decode() for payload in payloads]
            return []

        return self._ask(first_event)

    def terminate(self, workflow_id: str) -> None:
        """As somebody with Temporal's own page would."""

        async def end(client: Client) -> None:
            await client.get_workflow_handle(workflow_id).terminate("by hand")

        self._ask(end)

    def runs(self, query: str) -> list[Run]:
        """Every run that a list filter finds, in the order of their starts."""

        async def listed(client: Client) -> list[Run]:
            return [
                Run(
                    workflow_id=found.id,
                    status=found.status or WorkflowExecutionStatus.RUNNING,
                    started_at=found.start_time,
                    closed_at=found.close_time,
                    workflow_type=found.workflow_type,
                    task_queue=found.task_queue,
                )
                async for found in client.list_workflows(query)
            ]

        return sorted(self._ask(listed), key=lambda run: run.started_at)

    def _ask(self, question: Callable[[Client], Coroutine[Any, Any, _T]]) -> _T:
        async def connected() -> _T:
            return await question(await Client.connect(self._address, namespace=self._namespace))

        return asyncio.run(connected())
