"""TemporalEngine: ``bot.ports.Engine`` for one cluster.

It calls the raw gRPC service: the client's own types reject statuses and drop fields that newer servers send.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote

import structlog
from pydantic import JsonValue
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import HistoryEventFilterType, TaskQueueType
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    GetSystemInfoRequest,
    GetWorkflowExecutionHistoryRequest,
)

from bot.adapters.temporal import convert, payloads
from bot.adapters.temporal.attributes import SearchAttributes
from bot.adapters.temporal.close_events import close_event
from bot.adapters.temporal.cluster import HAS_COMPLETED, HAS_ENDED, IS_OPEN, PAGE, TemporalCluster
from bot.adapters.temporal.first_runs import FirstRuns
from bot.adapters.temporal.server_clock import ServerClock, describe_queue
from bot.adapters.temporal.task_failures import task_failure
from bot.errors import Refused, Unavailable
from bot.model import WORKFLOW_TYPE, CloseEvent, Description, Execution, Portion, Ref, TaskFailure, TaskKind
from bot.model.queue import QUEUE_TYPE as QUEUE_WORKFLOW

_log = structlog.get_logger(__name__)

# A poll lasts up to a minute, and the server remembers a poller for five minutes. A poller that the server has seen
# within POLLED_WITHIN still polls.
POLLED_WITHIN = timedelta(seconds=90)
# A smaller difference comes from the duration of the request and the usual skew of NTP clocks, so it counts as zero.
NEGLIGIBLE_SKEW = timedelta(seconds=2)
QUEUE_TYPE: Mapping[TaskKind, TaskQueueType.ValueType] = MappingProxyType(
    {
        TaskKind.WORKFLOW: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        TaskKind.ACTIVITY: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    }
)
# Each parent adds a run id of 36 characters to the list filter, so one filter names at most this many.
PARENTS_AT_ONCE = 50
# A server allows few listings in a second, so few run side by side.
LISTINGS_AT_ONCE = 4
NOT_THE_BOTS_OWN = f"WorkflowType != '{WORKFLOW_TYPE}' AND WorkflowType != '{QUEUE_WORKFLOW}'"
UNQUOTABLE = "'\"`\\"
# Temporal's times have nanoseconds and the bot's have microseconds. A run that is still to be read may have ended in
# the same microsecond as the last one that was read.
RESOLUTION = timedelta(microseconds=1)


class TemporalEngine:
    """Reads one namespace. The time limit of ``temporal`` holds for each request. A listing of all open runs may need
    several requests, so it may take longer than the limit. ``page`` is the page size of listings that may end before
    all runs are read."""

    def __init__(self, temporal: TemporalCluster, now: Callable[[], datetime], page: int = PAGE) -> None:
        self._temporal = temporal
        self._now = now
        self._page = page
        self._clock = ServerClock(temporal)
        self._first_runs = FirstRuns(temporal)

    async def open_executions(
        self, workflow_types: Collection[str], on_page: Callable[[Sequence[Execution]], None] | None = None
    ) -> list[Execution]:
        """See ``bot.ports.Engine``."""
        listed = await self._temporal.list_all(f"{self._type_filter(workflow_types)} AND {IS_OPEN}", on_page)
        return [execution for execution in listed if execution.status.is_open]

    async def changed_executions(
        self, workflow_types: Collection[str], since: datetime | None, within: timedelta
    ) -> Portion:
        """See ``bot.ports.Engine``."""
        query = self._type_filter(workflow_types)
        if since is not None:
            query = f"{query} AND ({IS_OPEN} OR CloseTime >= '{_timestamp(since)}')"
        return self._portion(*await self._temporal.list_within(query, within, self._page))

    async def recent_executions(
        self, workflow_types: Collection[str], begun_since: datetime, ended_since: datetime, within: timedelta
    ) -> Portion:
        """See ``bot.ports.Engine``."""
        began, ended = f"StartTime >= '{_timestamp(begun_since)}'", f"CloseTime >= '{_timestamp(ended_since)}'"
        query = f"{self._type_filter(workflow_types)} AND (({IS_OPEN} AND {began}) OR {ended})"
        return self._portion(*await self._temporal.list_within(query, within, self._page))

    async def ended_executions(self, workflow_types: Collection[str], until: datetime, within: timedelta) -> Portion:
        """See ``bot.ports.Engine``."""
        query = f"{self._type_filter(workflow_types)} AND {HAS_ENDED} AND CloseTime <= '{_timestamp(until)}'"
        return self._portion(*await self._temporal.list_within(query, within, self._page))

    async def completed_executions(
        self, workflow_types: Collection[str], since: datetime, within: timedelta
    ) -> Portion:
        """See ``bot.ports.Engine``."""
        query = f"{self._type_filter(workflow_types)} AND {HAS_COMPLETED} AND CloseTime >= '{_timestamp(since)}'"
        return self._portion(*await self._temporal.list_within(query, within, self._page))

    async def latest_executions(self, workflow_types: Collection[str], at_most: int) -> list[Execution]:
        """See ``bot.ports.Engine``."""
        query = self._type_filter(workflow_types) if workflow_types else self._own(NOT_THE_BOTS_OWN)
        return await self._temporal.list_first_page(query, at_most)

    async def describe(self, ref: Ref) -> Description:
        """See ``bot.ports.Engine``."""
        answer = await self._temporal.describe(ref.workflow_id, ref.run_id)
        first = await self._first_runs.of(answer.workflow_execution_info)
        return convert.description(self._temporal.name, answer, first)

    async def children(self, parents: Collection[Ref]) -> list[Execution]:
        """See ``bot.ports.Engine``. The list filter names only run ids, which are unique and contain nothing to
        escape. It does not contain the cluster's own filter, which may leave children out."""
        run_ids, turns = sorted({ref.run_id for ref in parents}), asyncio.Semaphore(LISTINGS_AT_ONCE)

        async def children_of(parents: Sequence[str]) -> list[Execution]:
            named = ", ".join(f"'{run_id}'" for run_id in parents)
            async with turns:
                return await self._temporal.list_all(f"ParentRunId IN ({named})")

        parts = (run_ids[first : first + PARENTS_AT_ONCE] for first in range(0, len(run_ids), PARENTS_AT_ONCE))
        try:
            listed = await asyncio.gather(*map(children_of, parts))
        except Refused as exc:
            # A server before 1.23 does not know ParentRunId. Then only the children that open parents report are
            # found.
            _log.warning("children not listed", cluster=self._temporal.name, reason=str(exc))
            return []
        return [run for part in listed for run in part]

    async def arguments(self, ref: Ref) -> tuple[JsonValue, ...]:
        """See ``bot.ports.Engine``. Asks only for the first event of the history, which has the arguments."""
        run = WorkflowExecution(workflow_id=ref.workflow_id, run_id=ref.run_id)
        async with self._temporal.asking() as client:
            answer = await client.workflow_service.get_workflow_execution_history(
                GetWorkflowExecutionHistoryRequest(namespace=client.namespace, execution=run, maximum_page_size=1),
                retry=True,
                timeout=self._temporal.limit,
            )
        await self._temporal.codec.decode(payloads.argument_payloads(answer.history))
        return payloads.arguments(answer.history)

    async def close_event(self, ref: Ref) -> CloseEvent:
        """See ``bot.ports.Engine``. Asks only for the last event of the history."""
        run = WorkflowExecution(workflow_id=ref.workflow_id, run_id=ref.run_id)
        async with self._temporal.asking() as client:
            answer = await client.workflow_service.get_workflow_execution_history(
                GetWorkflowExecutionHistoryRequest(
                    namespace=client.namespace,
                    execution=run,
                    history_event_filter_type=HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
                ),
                retry=True,
                timeout=self._temporal.limit,
            )
        await self._temporal.codec.decode_end(answer.history)
        return close_event(answer.history)

    async def task_failure(self, ref: Ref) -> TaskFailure | None:
        """See ``bot.ports.Engine``."""
        return await task_failure(self._temporal, ref)

    async def pollers(self, task_queue: str, kind: TaskKind) -> int:
        """See ``bot.ports.Engine``. Each worker identity counts once. The server's timestamps are compared with the
        server's clock. While that clock is unknown, every poller that the server remembers counts."""
        async with self._temporal.asking() as client:
            answer = await describe_queue(client, task_queue, self._temporal.limit, QUEUE_TYPE[kind])
        now = await self._clock.now()
        since = (now - POLLED_WITHIN).timestamp() if now else 0
        return len({poller.identity for poller in answer.pollers if poller.last_access_time.seconds >= since})

    async def search_attributes(self) -> Mapping[str, str] | None:
        """See ``bot.ports.Engine``."""
        return await SearchAttributes(self._temporal).kinds()

    async def check_codec(self) -> str:
        """See ``bot.ports.Engine``. Connects first, because a codec may serve several namespaces and has to be told
        which one."""
        async with self._temporal.asking():
            pass
        return await self._temporal.codec.check()

    async def ahead(self) -> timedelta:
        """See ``bot.ports.Engine``."""
        server_now = await self._clock.now()
        difference = self._now() - server_now if server_now else timedelta(0)
        return difference if abs(difference) > NEGLIGIBLE_SKEW else timedelta(0)

    def link(self, ref: Ref) -> str:
        """See ``bot.ports.Engine``. Also "" while a profile names the namespace and the bot has not connected yet."""
        return self._ui_page("workflows", ref.workflow_id, ref.run_id, "history")

    def queue_link(self, task_queue: str) -> str:
        """See ``bot.ports.Engine``."""
        return self._ui_page("task-queues", task_queue)

    def _ui_page(self, *parts: str) -> str:
        ui, namespace = self._temporal.address.ui, self._temporal.namespace
        if not ui or not namespace:
            return ""
        return "/".join([ui.rstrip("/"), "namespaces", *(quote(part, safe="") for part in (namespace, *parts))])

    async def check(self) -> str:
        """See ``bot.ports.Engine``. Raises Refused for a namespace that does not exist."""
        async with self._temporal.asking() as client:
            service = client.workflow_service
            info = await service.get_system_info(GetSystemInfoRequest(), retry=True, timeout=self._temporal.limit)
            await service.describe_namespace(
                DescribeNamespaceRequest(namespace=client.namespace), retry=True, timeout=self._temporal.limit
            )
        host = client.service_client.config.target_host
        return f"Temporal {info.server_version} answers at {host}, namespace {client.namespace} exists"

    def _portion(self, listed: list[Execution], is_complete: bool) -> Portion:
        """The listed runs as a Portion. Temporal lists open runs first, and then ended ones, the latest end first
        (https://docs.temporal.io/list-filter). So in an incomplete listing, the end of the last run shows how far the
        listing was read. Raises Unavailable if not even all open runs were read."""
        if is_complete:
            return Portion(tuple(listed))
        last = listed[-1].closed_at
        if last is None:
            raise Unavailable(
                self._temporal.system, f"no end of its open runs within the time: {len(listed):,} so far"
            )
        return Portion(tuple(listed), last + RESOLUTION)

    def _type_filter(self, workflow_types: Collection[str]) -> str:
        """A list filter for these types. Raises Refused for names with quotes or backslashes: the server unquotes
        such names only in part, and finds nothing."""
        unquotable = next((name for name in workflow_types if any(char in name for char in UNQUOTABLE)), None)
        if unquotable is not None:
            why = f"no list filter can ask for workflow type {unquotable}, for a quote or backslash in it"
            raise Refused(self._temporal.system, why)
        names = ", ".join(f"'{name}'" for name in sorted(workflow_types))
        return self._own(f"WorkflowType IN ({names})")

    def _own(self, query: str) -> str:
        """The query with the cluster's own filter added, where other clusters share the namespace."""
        own = self._temporal.visibility_filter
        return f"{query} AND ({own})" if own else query


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
