"""The bot's own workers: one for each cluster, which carries that cluster's sequences on while the bot runs."""

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
"""A connected client of a cluster, with Temporal's converter for pydantic. Raises SystemAnswer."""

# Each window that runs, and each run that is being cancelled, has a follower, which waits nearly all the time.
ACTIVITIES_AT_ONCE = 1000
# Well within the silence after which Temporal takes a follower for dead (``calls.SILENCE``).
HEARD_EVERY = timedelta(seconds=8)
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)
# What is under way may end by itself for so long; followers never do, and are given back to Temporal then.
GRACE = timedelta(seconds=2)
LAST_PATIENCE = timedelta(seconds=3)

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def working(services: Services, client_of: ClientOf) -> AsyncIterator[None]:
    """Carry the sequences of every cluster on until the block is left. A cluster that is away stops no other."""
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
        task_queue=services.config.control.task_queue,
        workflows=[SequentialBackfill],
        activities=[
            activities.start_window,
            activities.follow,
            activities.cancel_run,
            activities.count_window,
            activities.tell,
        ],
        max_concurrent_activities=ACTIVITIES_AT_ONCE,
        max_heartbeat_throttle_interval=HEARD_EVERY,
        max_concurrent_workflow_task_polls=2,
        max_concurrent_activity_task_polls=2,
        graceful_shutdown_timeout=GRACE,
    )


async def _serve(cluster: str, services: Services, client_of: ClientOf) -> None:
    """One worker after the other, when one ends because its cluster is away; told when that begins and ends."""
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
