"""FakeEngine: a Temporal in memory, tested against the contract of ``bot.ports.Engine``."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from bot.errors import DependencyError, NotFound, Unavailable
from bot.model import (
    WORKFLOW_TYPE,
    CloseEvent,
    Description,
    Execution,
    ExecutionStatus,
    Portion,
    Ref,
    TaskFailure,
    TaskKind,
)
from bot.model.execution import (
    CANCEL_HINT,
    CHAIN_HINT,
    CHILDREN_HINT,
    HEARTBEAT_HINT,
    NO,
    PARENT_RUN_HINT,
    UNREAD_CHILDREN,
    YES,
)


@dataclass
class FakeEngine:
    """Holds descriptions by run; ``away`` is raised by every call while it is set, and the next ``unanswered``
    questions about completed runs fail. ``workers`` and ``activity_workers`` are the numbers of those that poll a
    task queue for workflow tasks and for activities.

    A portion holds at most ``at_most`` ended runs; ``listed`` has the number of runs of each. ``is_ahead`` is how far
    the bot's clock is ahead. ``inputs`` are the arguments of runs, ``read_inputs`` those that were asked for,
    and ``withheld`` those that are not answered. ``close_events`` say how runs ended, and ``read_ends`` are those
    that were asked for. ``task_failures`` say why workflow tasks fail. Describes of ``undescribed`` runs are not
    answered.
    """

    descriptions: dict[Ref, Description] = field(default_factory=dict)
    workers: dict[str, int] = field(default_factory=dict)
    activity_workers: dict[str, int] = field(default_factory=dict)
    attributes: Mapping[str, str] | None = None
    codec: str = ""
    ui: str = "https://temporal.test"
    away: DependencyError | None = None
    unanswered: int = 0
    described: list[Ref] = field(default_factory=list)
    listed: list[int] = field(default_factory=list)
    at_most: int | None = None
    is_ahead: timedelta = timedelta(0)
    inputs: dict[Ref, tuple[JsonValue, ...]] = field(default_factory=dict)
    read_inputs: list[Ref] = field(default_factory=list)
    withheld: set[Ref] = field(default_factory=set)
    undescribed: set[Ref] = field(default_factory=set)
    close_events: dict[Ref, CloseEvent] = field(default_factory=dict)
    read_ends: list[Ref] = field(default_factory=list)
    task_failures: dict[Ref, TaskFailure] = field(default_factory=dict)
    listed_below: list[Collection[Ref]] = field(default_factory=list)

    def add(self, execution: Execution) -> Description:
        """Add a run without pending activities, and return its description."""
        return self.put(Description(execution, activities=(), cancel_requested=False, workflow_task_attempt=1))

    def put(self, description: Description) -> Description:
        """Add or replace the description of a run."""
        self.descriptions[description.execution.ref] = description
        return description

    async def open_executions(
        self, workflow_types: Collection[str], on_page: Callable[[Sequence[Execution]], None] | None = None
    ) -> list[Execution]:
        listed = [e for e in self._of_types(workflow_types) if e.status.is_open]
        if on_page:
            on_page(listed)
        return listed

    async def changed_executions(
        self,
        workflow_types: Collection[str],
        since: datetime | None,
        within: timedelta,  # noqa: ARG002
    ) -> Portion:
        runs = self._of_types(workflow_types)
        open_now = [e for e in runs if e.status.is_open]
        return self._portion(open_now, [e for e in runs if e.closed_at and (since is None or e.closed_at >= since)])

    async def recent_executions(
        self, workflow_types: Collection[str], begun_since: datetime, ended_since: datetime, within: timedelta
    ) -> Portion:
        changed = await self.changed_executions(workflow_types, ended_since, within)
        recent = (e for e in changed.executions if not e.status.is_open or e.started_at >= begun_since)
        return replace(changed, executions=tuple(recent))

    async def ended_executions(
        self,
        workflow_types: Collection[str],
        until: datetime,
        within: timedelta,  # noqa: ARG002
    ) -> Portion:
        runs = self._of_types(workflow_types)
        return self._portion([], [e for e in runs if e.closed_at and e.closed_at <= until])

    async def completed_executions(
        self,
        workflow_types: Collection[str],
        since: datetime,
        within: timedelta,  # noqa: ARG002
    ) -> Portion:
        if self.unanswered:
            self.unanswered -= 1
            raise Unavailable("Temporal", "no list of runs")
        completed = [e for e in self._of_types(workflow_types) if e.status is ExecutionStatus.COMPLETED]
        return self._portion([], [e for e in completed if e.closed_at and e.closed_at >= since])

    async def latest_executions(self, workflow_types: Collection[str], at_most: int) -> list[Execution]:
        every = {description.execution.workflow_type for description in self.descriptions.values()}
        runs = self._of_types(workflow_types or every - {WORKFLOW_TYPE})
        ended = sorted((e for e in runs if e.closed_at), key=lambda e: (e.closed_at, e.ref), reverse=True)
        return [*(e for e in runs if e.status.is_open), *ended][:at_most]

    async def describe(self, ref: Ref) -> Description:
        self._answer()
        if ref in self.undescribed:
            raise Unavailable("Temporal", f"no answer about {ref.workflow_id}")
        self.described.append(ref)
        if not ref.run_id:
            ref = self._latest_of(ref)
        if ref not in self.descriptions:
            raise NotFound("Temporal", f"no run {ref.run_id} of workflow {ref.workflow_id}")
        description = self.descriptions[ref]
        run = with_facts(description.execution, cancel_requested=description.cancel_requested)
        if timeouts := [each.heartbeat_timeout for each in description.activities if each.heartbeat_timeout]:
            run = replace(run, hints={HEARTBEAT_HINT: f"{max(timeouts).total_seconds():g}", **run.hints})
        unread = {CHILDREN_HINT: UNREAD_CHILDREN} if run.status is ExecutionStatus.COMPLETED else {}
        return replace(description, execution=replace(run, hints={**run.hints, **unread}))

    async def children(self, parents: Collection[Ref]) -> list[Execution]:
        self._answer()
        self.listed_below.append(parents)
        run_ids = {ref.run_id for ref in parents}
        runs = (description.execution for description in self.descriptions.values())
        found = (run for run in runs if run.hints.get(PARENT_RUN_HINT) in run_ids)
        return sorted(found, key=lambda run: (run.started_at, run.ref))

    async def arguments(self, ref: Ref) -> tuple[JsonValue, ...]:
        self._answer()
        self.read_inputs.append(ref)
        if ref in self.withheld:
            raise Unavailable("Temporal", f"no answer about {ref.workflow_id}")
        if ref not in self.descriptions:
            raise NotFound("Temporal", f"no run {ref.run_id} of workflow {ref.workflow_id}")
        return self.inputs.get(ref, ())

    async def close_event(self, ref: Ref) -> CloseEvent:
        self._answer()
        self.read_ends.append(ref)
        if ref in self.withheld:
            raise Unavailable("Temporal", f"no answer about {ref.workflow_id}")
        if ref not in self.descriptions:
            raise NotFound("Temporal", f"no run {ref.run_id} of workflow {ref.workflow_id}")
        return self.close_events.get(ref, CloseEvent())

    async def task_failure(self, ref: Ref) -> TaskFailure | None:
        self._answer()
        return self.task_failures.get(ref)

    async def pollers(self, task_queue: str, kind: TaskKind) -> int:
        self._answer()
        polling = self.workers if kind is TaskKind.WORKFLOW else self.activity_workers
        return polling.get(task_queue, 0)

    async def ahead(self) -> timedelta:
        return self.is_ahead

    async def search_attributes(self) -> Mapping[str, str] | None:
        self._answer()
        return self.attributes

    def link(self, ref: Ref) -> str:
        return f"{self.ui}/{ref.workflow_id}/{ref.run_id}" if self.ui else ""

    def queue_link(self, task_queue: str) -> str:
        return f"{self.ui}/task-queues/{task_queue}" if self.ui else ""

    async def check(self) -> str:
        self._answer()
        return "Temporal in memory answers"

    def _latest_of(self, ref: Ref) -> Ref:
        runs = (run for run in self.descriptions if replace(run, run_id="") == ref)
        return max(runs, key=lambda run: (self.descriptions[run].execution.started_at, run), default=ref)

    async def check_codec(self) -> str:
        self._answer()
        return self.codec

    def _of_types(self, workflow_types: Collection[str]) -> list[Execution]:
        self._answer()
        runs = (description.execution for description in self.descriptions.values())
        return sorted((e for e in runs if e.workflow_type in workflow_types), key=lambda e: (e.started_at, e.ref))

    def _portion(self, open_now: list[Execution], ended: list[Execution]) -> Portion:
        latest_first = sorted(ended, key=lambda e: (e.closed_at, e.ref), reverse=True)
        part = latest_first[: self.at_most]
        self.listed.append(len(open_now) + len(part))
        rest_until = part[-1].closed_at if part and len(part) < len(latest_first) else None
        return Portion((*open_now, *part), rest_until)

    def _answer(self) -> None:
        if self.away is not None:
            raise self.away


def with_facts(run: Execution, *, cancel_requested: bool) -> Execution:
    """A run with all that is read of it: a listing has neither the first run of the chain nor the cancel of a closed
    run, and nothing is below it."""
    hints = {CHAIN_HINT: run.first_run_id, **run.hints}
    if not run.status.is_open:
        hints[CANCEL_HINT] = YES if cancel_requested else NO
    if run.status is ExecutionStatus.COMPLETED:
        hints.setdefault(CHILDREN_HINT, "[]")
    return replace(run, hints=hints)
