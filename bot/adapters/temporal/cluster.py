"""TemporalCluster: the connection to one cluster's Temporal, which TemporalEngine, TemporalControl and TemporalQueue
share.

It connects on first use, and reconnects when the server is back. So the bot starts even while a cluster is away.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Self

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.namespace.v1 import NamespaceInfo
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
    ListWorkflowExecutionsRequest,
    ListWorkflowExecutionsResponse,
)
from temporalio.client import Client
from temporalio.runtime import Runtime

from bot.adapters.temporal import convert
from bot.adapters.temporal.codec import RemoteCodec
from bot.adapters.temporal.codec_server import CodecServer
from bot.adapters.temporal.connect import connect, connect_for_worker
from bot.adapters.temporal.errors import translate_errors
from bot.adapters.temporal.message_codec import MessageCodec
from bot.adapters.temporal.namespaces import KEPT_FOR, Namespaces, namespace_of
from bot.computing import compute
from bot.config import TemporalAddress
from bot.errors import DependencyError, Unavailable
from bot.model import Execution, Namespace

PAGE = 1000
# A server that always gives a next page must not be asked for ever.
MOST_PAGES = 100
CLOSED = ("Completed", "Failed", "Canceled", "Terminated", "ContinuedAsNew", "TimedOut")
# Open runs are those with no closed status: ``CloseTime IS NULL`` finds nothing in some visibility stores
# (temporalio/temporal#6576), and ``Running`` leaves out paused runs.
_CLOSED_LIST = ", ".join(f"'{status}'" for status in CLOSED)
IS_OPEN = f"ExecutionStatus NOT IN ({_CLOSED_LIST})"
HAS_ENDED = f"ExecutionStatus IN ({_CLOSED_LIST})"
HAS_COMPLETED = "ExecutionStatus = 'Completed'"


class TemporalCluster:
    """One namespace of one Temporal server; every call ends within ``limit``.

    ``visibility_filter`` is a list filter that finds only this cluster's runs; "" if no other cluster shares the
    namespace.
    """

    def __init__(
        self,
        name: str,
        address: TemporalAddress,
        limit: timedelta,
        *,
        profiles: Path | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self.name = name
        self.visibility_filter = ""
        self.system = f"Temporal of {name}"
        self.address = address
        self.limit = limit
        self._profiles = profiles
        self._runtime = runtime
        self.codec = MessageCodec()
        self.namespaces = Namespaces()
        self._client: Client | None = None
        self._identity: Namespace | None = None
        self._identity_asked_at: float | None = None
        self._identity_lock = asyncio.Lock()

    def select(self, visibility_filter: str) -> Self:
        """Limit the cluster to the runs that this list filter finds."""
        self.visibility_filter = visibility_filter
        return self

    def use_codec(self, endpoint: str, auth: str) -> None:
        """Let this codec server encode what the bot sends and decode what it reads. ``auth`` is the Authorization
        header for the codec server. Each call to it gets half of the time limit, so that Temporal's own answer still
        arrives in time."""
        server = CodecServer(self.name, endpoint, auth, self.limit / 2, lambda: self.namespace)
        self.codec = MessageCodec(RemoteCodec(server))

    @property
    def namespace(self) -> str | None:
        """The configured namespace; None while it comes from a profile and nothing has connected yet."""
        return self._client.namespace if self._client else self.address.namespace

    async def worker_client(self) -> Client:
        """A new, connected client that only a worker uses. Raises Unavailable or Refused."""
        async with self.asking():
            pass
        async with self._within_limit(self.limit):
            return await connect_for_worker(
                self.system, self.address, self._profiles, self._runtime, self.codec.converter
            )

    @asynccontextmanager
    async def asking(self, limit: timedelta | None = None) -> AsyncIterator[Client]:
        """Yield the client. Calls in the block end within ``limit`` (None: the usual one), and their errors become
        those of bot.errors. Raises Refused while another cluster has claimed the same namespace."""
        async with self._within_limit(limit or self.limit):
            client = await self._connect()
            await self._refresh_identity(client)
            self.claim()
            yield client

    async def identify(self) -> None:
        """Look up the namespace's identity without claiming it. If the server does not answer, the next call asks
        again."""
        try:
            async with self._within_limit(self.limit):
                await self._refresh_identity(await self._connect())
        except DependencyError:
            return

    def claim(self) -> None:
        """Claim the namespace, if its identity is known. Raises Refused when another cluster has claimed it."""
        if self._identity is not None:
            self.namespaces.claim(self.name, self.system, self._identity, self.visibility_filter)

    async def _connect(self) -> Client:
        if self._client is None:
            self._client = await connect(self.system, self.address, self.limit, self._profiles, self._runtime)
        return self._client

    async def _refresh_identity(self, client: Client) -> None:
        """Ask for the namespace's identity, unless it was asked for within the last ``KEPT_FOR``. Concurrent callers
        share one request."""
        async with self._identity_lock:
            now = asyncio.get_running_loop().time()
            if self._identity_asked_at is None or now - self._identity_asked_at > KEPT_FOR.total_seconds():
                self._identity, self._identity_asked_at = await namespace_of(client, self.limit), now

    async def describe(self, workflow_id: str, run_id: str = "") -> DescribeWorkflowExecutionResponse:
        """One run as it is now. Without a run id, it is the latest run of the workflow id. Raises NotFound."""
        run = WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
        async with self.asking() as client:
            answer = await client.workflow_service.describe_workflow_execution(
                DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=run),
                retry=True,
                timeout=self.limit,
            )
        await self.codec.decode_description(answer)
        return answer

    async def capabilities(self) -> NamespaceInfo.Capabilities:
        """What the server offers in this namespace."""
        async with self.asking() as client:
            answer = await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=client.namespace), retry=True, timeout=self.limit
            )
        return answer.namespace_info.capabilities

    async def list_all(
        self, query: str, on_page: Callable[[Sequence[Execution]], None] | None = None
    ) -> list[Execution]:
        """Every run that a list filter matches, oldest start first; ``on_page`` is called with the runs of each page
        when it arrives. Each page has a time limit of its own, because a server with many runs is slow. Raises
        Unavailable for more than ``MOST_PAGES``."""
        runs: list[Execution] = []
        token = b""
        for _ in range(MOST_PAGES):
            async with self.asking() as client:
                page, token = await self._page(client, query, PAGE, token)
            runs += page
            if on_page:
                on_page(page)
            if not token:
                return sorted(runs, key=lambda execution: (execution.started_at, execution.ref))
        raise Unavailable(self.system, f"it lists more than {MOST_PAGES * PAGE:,} runs")

    async def list_first_page(self, query: str, at_most: int) -> list[Execution]:
        """The first page of the runs that a list filter matches, in the server's order."""
        async with self.asking() as client:
            async for page in self._pages(client, query, at_most):
                return page
        return []

    async def list_within(self, query: str, within: timedelta, page: int) -> tuple[list[Execution], bool]:
        """The runs that can be read in the time ``within``, and whether these are all. Reads pages of ``page`` runs,
        in the server's order. The usual time limit applies to all pages together. Only the first page may take longer
        than ``within``. Raises Unavailable when the first page does not arrive."""
        runs: list[Execution] = []
        deadline = asyncio.get_running_loop().time() + within.total_seconds()
        try:
            async with self.asking() as client, asyncio.timeout(None) as timer:
                async for batch in self._pages(client, query, page):
                    runs += batch
                    timer.reschedule(deadline)
        except Unavailable:
            if not runs:
                raise
            return runs, False
        return runs, True

    async def _pages(self, client: Client, query: str, page: int = PAGE) -> AsyncIterator[list[Execution]]:
        token = b""
        while True:
            runs, token = await self._page(client, query, page, token)
            yield runs
            if not token:
                return

    async def _page(self, client: Client, query: str, page: int, token: bytes) -> tuple[list[Execution], bytes]:
        """The page of a listing that begins at ``token``, and the token of the next page; b"" after the last page."""
        answer = await client.workflow_service.list_workflow_executions(
            ListWorkflowExecutionsRequest(
                namespace=client.namespace, page_size=page, query=query, next_page_token=token
            ),
            retry=True,
            timeout=self.limit,
        )
        await self.codec.decode_listing(answer)
        # A page of a thousand runs would block the event loop.
        return await compute(self._converted, answer), answer.next_page_token

    def _converted(self, answer: ListWorkflowExecutionsResponse) -> list[Execution]:
        return [convert.execution(self.name, info) for info in answer.executions]

    @asynccontextmanager
    async def _within_limit(self, limit: timedelta) -> AsyncIterator[None]:
        where = self.address.address or f"the address of profile {self.address.profile}"
        with translate_errors(self.system, where, limit):
            async with asyncio.timeout(limit.total_seconds()):
                yield
