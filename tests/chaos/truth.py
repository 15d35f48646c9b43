"""What has happened, as Temporal alone tells it: runs and their attempts, and all that sequences had to say."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowHandle

from tests.e2e.control import Control
from tests.e2e.temporal import SEQUENCES, WINDOWS

COPYING = "copy_days"
TELLING = "tell"
DAYS = len("2026-01-01-2026-01-11")


@dataclass(frozen=True)
class Ran:
    """One run of the team's workflow. ``attempt`` is the last one of its copying; ``days`` as in its id."""

    cluster: str
    workflow_id: str
    run_id: str
    days: str
    is_open: bool
    is_complete: bool
    started_at: datetime
    attempt: int

    @property
    def ref(self) -> tuple[str, str, str]:
        return self.cluster, self.workflow_id, self.run_id


@dataclass(frozen=True)
class Drove:
    """One sequence. ``lines`` are what it had to say, as facts, in order; ``thread_key`` is where."""

    cluster: str
    customer: str
    id: str
    thread_key: str
    started_at: datetime
    is_open: bool
    lines: tuple[dict[str, Any], ...]

    @property
    def completed(self) -> list[str]:
        """The windows of which it said that they are complete, as ``2026-01-01-2026-01-11``."""
        ended = [line["ended"] for line in self.lines if line["kind"] == "sequence window"]
        return sorted(
            f"{each['window']['start']}-{each['window']['end']}"
            for each in ended
            if each["end"].startswith("complete")
        )


@dataclass(frozen=True)
class Truth:
    runs: tuple[Ran, ...]
    sequences: tuple[Drove, ...]


def read_truth(control: Control, since: datetime) -> Truth:
    """Whatever was open since then, on all clusters: asked past the relays."""
    clusters = control.get("_control/world")["clusters"]
    return asyncio.run(_read({name: shown["temporal"]["direct"] for name, shown in clusters.items()}, since))


async def _read(addresses: dict[str, str], since: datetime) -> Truth:
    runs: list[Ran] = []
    sequences: list[Drove] = []
    for cluster, address in addresses.items():
        client = await Client.connect(address, namespace=cluster)
        open_since = f"(CloseTime IS NULL OR CloseTime >= '{since.isoformat()}')"
        windows = await _listed(client, f"WorkflowType = '{WINDOWS}' AND {open_since}")
        runs += [await _ran(cluster, client, found) for found in windows]
        driven = await _listed(client, f"WorkflowType = '{SEQUENCES}' AND {open_since}")
        sequences += [await _drove(cluster, client, found) for found in driven]
    return Truth(tuple(sorted(runs, key=lambda run: run.started_at)), tuple(sequences))


async def _listed(client: Client, query: str) -> list[WorkflowExecution]:
    return [found async for found in client.list_workflows(query)]


async def _ran(cluster: str, client: Client, found: WorkflowExecution) -> Ran:
    handle = client.get_workflow_handle(found.id, run_id=found.run_id)
    is_open = found.close_time is None
    return Ran(
        cluster=cluster,
        workflow_id=found.id,
        run_id=found.run_id,
        days=found.id[-DAYS:],
        is_open=is_open,
        is_complete=found.status is WorkflowExecutionStatus.COMPLETED,
        started_at=found.start_time,
        attempt=await (_attempt_now(handle) if is_open else _last_attempt(handle)),
    )


async def _attempt_now(handle: WorkflowHandle[Any, Any]) -> int:
    described = (await handle.describe()).raw_description
    return max(
        (each.attempt for each in described.pending_activities if each.activity_type.name == COPYING), default=0
    )


async def _last_attempt(handle: WorkflowHandle[Any, Any]) -> int:
    """0 for a run that was closed before it began to copy, or between two attempts: its history holds none then."""
    begun = EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    events = handle.fetch_history_events()
    return max(
        [event.activity_task_started_event_attributes.attempt async for event in events if event.event_type == begun],
        default=0,
    )


async def _drove(cluster: str, client: Client, found: WorkflowExecution) -> Drove:
    scheduled = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    history = client.get_workflow_handle(found.id, run_id=found.run_id).fetch_history_events()
    events = [
        event.activity_task_scheduled_event_attributes async for event in history if event.event_type == scheduled
    ]
    shown = [json.loads(event.input.payloads[0].data) for event in events if event.activity_type.name == TELLING]
    spec = shown[-1]["progress"]["spec"]
    return Drove(
        cluster=cluster,
        customer=spec["customer"],
        id=spec["id"],
        thread_key=spec["thread_key"],
        started_at=found.start_time,
        is_open=found.close_time is None,
        lines=tuple(_lines(shown)),
    )


def _lines(shown: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for telling in shown:
        yield from telling["lines"]
