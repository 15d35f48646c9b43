"""The bot's workers, one for each cluster: they run the sequences in that cluster's Temporal."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from bot.errors import DependencyError
from bot.sequences.activities import Activities
from bot.sequences.workflow import SequentialBackfill
from bot.services import Services

ClientOf = Callable[[str], Awaitable[Client]]
"""A connected client of a cluster, with Temporal's converter for pydantic. Raises DependencyError."""

# Each running window and each run that is being cancelled has a follower, which waits nearly all the time.
MAX_CONCURRENT_ACTIVITIES = 1000
# Well within the silence after which Temporal takes a follower for dead (``calls.HEARTBEAT_TIMEOUT``).
HEARTBEAT_THROTTLE = timedelta(seconds=8)
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)
# At shutdown activities have this long to finish. Followers never do; Temporal gives them to another bot.
GRACE = timedelta(seconds=2)
LAST_PATIENCE = timedelta(seconds=3)

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def working(services: Services, client_of: ClientOf) -> AsyncIterator[None]:
    """Run a worker for every cluster until the block is left. A cluster that is away affects no other."""
    tasks = [asyncio.create_task(_serve(cluster, services, client_of)) for cluster in services.config.clusters]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        _, left = await asyncio.wait(tasks, timeout=LAST_PATIENCE.total_seconds())
        if left:
            _log.warning("workers still stopping", count=len(left))


def make_worker(client: Client, cluster: str, services: Services) -> Worker:
    """A worker of one cluster's sequences."""
    activities = Activities(cluster, services)
    return Worker(
        client,
        task_queue=services.config.control_queue(cluster),
        workflows=[SequentialBackfill],
        activities=[
            activities.start_window,
            activities.follow,
            activities.cancel_run,
            activities.count_window,
            activities.tell,
        ],
        max_concurrent_activities=MAX_CONCURRENT_ACTIVITIES,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        max_concurrent_workflow_task_polls=2,
        max_concurrent_activity_task_polls=2,
        graceful_shutdown_timeout=GRACE,
    )


async def _serve(cluster: str, services: Services, client_of: ClientOf) -> None:
    """Run a worker, and a new one whenever it ends because its cluster is away. Logs when that begins and ends."""
    clock, pause, is_away = asyncio.get_running_loop().time, FIRST_PAUSE, False
    while True:
        began = clock()
        try:
            worker = make_worker(await client_of(cluster), cluster, services)
            if is_away:
                _log.info("cluster can be reached for sequences again", cluster=cluster)
                is_away = False
            await worker.run()
        except (DependencyError, RPCError, RuntimeError, OSError) as exc:
            if not is_away:
                _log.warning("sequences are not carried on", cluster=cluster, reason=str(exc) or repr(exc))
            is_away = True
        if timedelta(seconds=clock() - began) > LONGEST_PAUSE:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause.total_seconds())
        pause = min(pause * 2, LONGEST_PAUSE)
