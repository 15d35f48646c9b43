"""TemporalEngine: ``bot.ports.Engine`` for one cluster.

It connects on first use and again whenever the server is back, so a cluster that is away at start costs nothing.
The raw service is asked, since the client's own types refuse statuses and drop fields that newer servers send.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    DescribeWorkflowExecutionRequest,
    GetSystemInfoRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client

from bot.adapters.temporal import convert
from bot.adapters.temporal.connect import connect
from bot.adapters.temporal.errors import translated
from bot.config import TemporalAddress
from bot.errors import Refused
from bot.model import Description, Execution, Ref

PAGE = 1000
# A poll hangs for up to a minute, and the server remembers pollers for five: who polls now was seen in this time.
POLLED_WITHIN = timedelta(seconds=90)
CLOSED = ("Completed", "Failed", "Canceled", "Terminated", "ContinuedAsNew", "TimedOut")
UNQUOTABLE = "'\"`\\"


class TemporalEngine:
    """One namespace of one Temporal; every call ends within ``time_limit``."""

    def __init__(
        self,
        cluster: str,
        address: TemporalAddress,
        time_limit: timedelta,
        now: Callable[[], datetime],
        *,
        profiles: Path | None = None,
    ) -> None:
        self._cluster = cluster
        self._system = f"Temporal of {cluster}"
        self._address = address
        self._limit = time_limit
        self._now = now
        self._profiles = profiles
        self._client: Client | None = None

    async def executions(self, workflow_types: Collection[str]) -> list[Execution]:
        """See ``bot.ports.Engine``; several pages share the one time limit."""
        return await self._listed(self._of_types(workflow_types))

    async def open_executions(self, workflow_types: Collection[str]) -> list[Execution]:
        """See ``bot.ports.Engine``.

        Asked by what is not closed: ``CloseTime IS NULL`` finds nothing in some visibility stores
        (temporalio/temporal#6576), and ``Running`` leaves out what is paused.
        """
        is_open = f"ExecutionStatus NOT IN ({_literals(CLOSED)})"
        listed = await self._listed(f"{self._of_types(workflow_types)} AND {is_open}")
        return [execution for execution in listed if execution.status.is_open]

    async def describe(self, ref: Ref) -> Description:
        """See ``bot.ports.Engine``."""
        run = WorkflowExecution(workflow_id=ref.workflow_id, run_id=ref.run_id)
        async with self._asking() as client:
            answer = await client.workflow_service.describe_workflow_execution(
                DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=run),
                retry=True,
                timeout=self._limit,
            )
        return convert.description(self._cluster, answer)

    async def pollers(self, task_queue: str) -> int:
        """See ``bot.ports.Engine``; workers are told apart by identity."""
        since = (self._now() - POLLED_WITHIN).timestamp()
        async with self._asking() as client:
            answer = await client.workflow_service.describe_task_queue(
                DescribeTaskQueueRequest(
                    namespace=client.namespace,
                    task_queue=TaskQueue(name=task_queue),
                    task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
                ),
                retry=True,
                timeout=self._limit,
            )
        return len({poller.identity for poller in answer.pollers if poller.last_access_time.seconds >= since})

    def link(self, ref: Ref) -> str:
        """See ``bot.ports.Engine``; the namespace of a profile is known once it has been asked."""
        namespace = self._client.namespace if self._client else self._address.namespace
        if not self._address.ui or not namespace:
            return ""
        path = "/".join(quote(part, safe="") for part in (ref.workflow_id, ref.run_id))
        return f"{self._address.ui.rstrip('/')}/namespaces/{quote(namespace, safe='')}/workflows/{path}/history"

    async def check(self) -> str:
        """See ``bot.ports.Engine``; a namespace that does not exist is Refused."""
        async with self._asking() as client:
            service = client.workflow_service
            info = await service.get_system_info(GetSystemInfoRequest(), retry=True, timeout=self._limit)
            await service.describe_namespace(
                DescribeNamespaceRequest(namespace=client.namespace), retry=True, timeout=self._limit
            )
        host = client.service_client.config.target_host
        return f"Temporal {info.server_version} answers at {host}, namespace {client.namespace} exists"

    def _of_types(self, workflow_types: Collection[str]) -> str:
        """Refused for names that list filters cannot hold: the server undoes quoting in parts, and finds nothing."""
        odd = next((name for name in workflow_types if any(char in name for char in UNQUOTABLE)), None)
        if odd is not None:
            raise Refused(
                self._system, f"no list filter can ask for workflow type {odd}, for a quote or backslash in it"
            )
        return f"WorkflowType IN ({_literals(sorted(workflow_types))})"

    async def _listed(self, query: str) -> list[Execution]:
        found: list[Execution] = []
        token = b""
        async with self._asking() as client:
            while True:
                page = await client.workflow_service.list_workflow_executions(
                    ListWorkflowExecutionsRequest(
                        namespace=client.namespace, page_size=PAGE, query=query, next_page_token=token
                    ),
                    retry=True,
                    timeout=self._limit,
                )
                found += (convert.execution(self._cluster, info) for info in page.executions)
                token = page.next_page_token
                if not token:
                    return sorted(found, key=lambda execution: (execution.started_at, execution.ref))

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Client]:
        """The client, for calls that end in time and raise what the bot knows."""
        where = self._address.address or f"the address of profile {self._address.profile}"
        with translated(self._system, where, self._limit):
            async with asyncio.timeout(self._limit.total_seconds()):
                if self._client is None:
                    self._client = await connect(self._system, self._address, self._limit, self._profiles)
                yield self._client


def _literals(texts: Iterable[str]) -> str:
    return ", ".join(f"'{text}'" for text in texts)
