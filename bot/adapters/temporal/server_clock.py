"""Measures the time on a cluster's server, for comparisons with timestamps that come from the server.

No call of the service returns the server's time, but the server records when a task queue was polled and reports it.
So the bot briefly polls a queue of its own, which never has a task. Until the next measurement, the machine's
monotonic clock counts the time that has passed, so setting the wall clock does no harm.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    PollActivityTaskQueueRequest,
)
from temporalio.client import Client

from bot.adapters.temporal.cluster import TemporalCluster
from bot.errors import DependencyError

QUEUE = "backfill-bot-clock"
KEPT_FOR = timedelta(minutes=1)
# The service refuses polls shorter than two seconds. The bot cancels its poll once the server has recorded it.
POLL = timedelta(seconds=5)
# A queue may have several partitions, so its description may show a poll late. READ_INTERVAL is in seconds.
MAX_READS, READ_INTERVAL = 20, 0.05

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Stamp:
    """The server's time at the moment when the event loop's clock showed ``at``; None if it could not be measured."""

    server_time: datetime | None
    at: float


class ServerClock:
    """The clock of one cluster's server, measured again after ``KEPT_FOR``."""

    def __init__(self, temporal: TemporalCluster) -> None:
        self._temporal = temporal
        self._stamp: _Stamp | None = None
        self._lock = asyncio.Lock()

    async def now(self) -> datetime | None:
        """The server's time; None if it cannot be measured. Raises no DependencyError."""
        clock = asyncio.get_running_loop().time
        async with self._lock:
            if self._stamp is None or clock() - self._stamp.at > KEPT_FOR.total_seconds():
                self._stamp = await self._measure()
        stamp = self._stamp
        return stamp.server_time + timedelta(seconds=clock() - stamp.at) if stamp.server_time else None

    async def _measure(self) -> _Stamp:
        clock = asyncio.get_running_loop().time
        try:
            async with self._temporal.asking() as client:
                at = clock()
                return _Stamp(await _time_of_poll(client, self._temporal.limit), at)
        except DependencyError as exc:
            _log.info("the server does not tell its time", cluster=self._temporal.name, reason=str(exc))
            return _Stamp(None, clock())


async def _time_of_poll(client: Client, limit: timedelta) -> datetime | None:
    """Poll once, and return the time that the server recorded for the poll; None if it recorded none."""
    identity = f"clock {secrets.token_hex(8)}"
    polling = asyncio.ensure_future(
        client.workflow_service.poll_activity_task_queue(
            PollActivityTaskQueueRequest(
                namespace=client.namespace, task_queue=TaskQueue(name=QUEUE), identity=identity
            ),
            timeout=POLL,
        )
    )
    try:
        for _ in range(MAX_READS):
            for poller in (await describe_queue(client, QUEUE, limit)).pollers:
                if poller.identity == identity and poller.HasField("last_access_time"):
                    return poller.last_access_time.ToDatetime(tzinfo=UTC)
            if polling.done():
                # Raises the reason when the server has refused the poll.
                polling.result()
            await asyncio.sleep(READ_INTERVAL)
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
    return None


async def describe_queue(
    client: Client,
    task_queue: str,
    limit: timedelta,
    kind: TaskQueueType.ValueType = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
) -> DescribeTaskQueueResponse:
    """The pollers of a task queue for tasks of this kind. The server remembers a poller for some minutes."""
    return await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=kind,
        ),
        retry=True,
        timeout=limit,
    )
