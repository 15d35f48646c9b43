"""``TeamShape``: what the sandbox knows of a team's workflow, such as its code and how the team starts a run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from sandbox.scenario.runs import Run
from sandbox.worker.copying import CopyActivities, Details, as_a_table


@dataclass(frozen=True)
class Start:
    """How a team starts one run: the fields of Temporal's start request."""

    workflow_type: str
    id: str
    task_queue: str
    arguments: Sequence[Any]
    search_attributes: Mapping[str, str] = field(default_factory=dict)
    memo: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TeamShape:
    """One team's workflow. `search_attributes` are keyword attributes that the namespace needs; `details` turns a
    progress into heartbeat details."""

    workflows: Sequence[type]
    task_queue: Callable[[str], str]
    """The task queue by the name of the cluster."""
    start: Callable[[Run], Start]
    search_attributes: Sequence[str] = ()
    details: Details = as_a_table
    data_converter: DataConverter = DataConverter.default


def shape_worker(client: Client, shape: TeamShape, task_queue: str, activities: CopyActivities) -> Worker:
    """A worker for this shape. It is not running yet."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=shape.workflows,
        activities=activities.all,
        # The workflows read nothing but their input. A sandboxed workflow runner would only cost time, for hundreds
        # of runs.
        workflow_runner=UnsandboxedWorkflowRunner(),
        # The SDK's own throttle would delay heartbeats for most of the short timeouts of this world.
        max_heartbeat_throttle_interval=activities.heartbeat_every,
        default_heartbeat_throttle_interval=activities.heartbeat_every,
    )


def last_day(run: Run) -> str:
    """The last day of the run's range, as an ISO date."""
    return (run.range.end - timedelta(days=1)).isoformat()


def days_after(start: str, days: int) -> str:
    """The date ``days`` days after ``start``. Both are ISO dates."""
    return (date.fromisoformat(start) + timedelta(days=days)).isoformat()


def days_between(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days
