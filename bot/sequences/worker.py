"""The bot's two workers for each cluster. They run the sequences in that cluster's Temporal.

One worker follows runs, each for as long as it takes; the other does everything else. Each has its own slots and task
queue, so that a thousand running windows do not delay the start, cancellation or report of another window.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from bot.errors import DependencyError
from bot.model import followers_queue
from bot.sequences.activities import Activities
from bot.sequences.queue import BackfillQueue
from bot.sequences.queue_activities import QueueActivities
from bot.sequences.workflow import SequentialBackfill
from bot.services import Services

ClientOf = Callable[[str], Awaitable[Client]]
"""Connects to a cluster's Temporal, with the converter for pydantic. Raises DependencyError."""

# Starts, cancellations, counts and reports of all sequences together.
MAX_CONCURRENT_STEPS = 1_000
# One activity for each running window and each run that is being cancelled. Nearly all the time it only waits.
MAX_CONCURRENT_FOLLOWERS = 5_000
# Well below the heartbeat timeout of the activities (``activity_stubs.HEARTBEAT_TIMEOUT``).
HEARTBEAT_THROTTLE = timedelta(seconds=8)
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)
# At shutdown, activities have this long to finish. Activities that follow runs never finish in that time; Temporal
# gives them to another bot.
GRACE = timedelta(seconds=2)
LAST_PATIENCE = timedelta(seconds=3)

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def working(services: Services, client_of: ClientOf) -> AsyncIterator[None]:
    """Run the workers of every cluster until the end of the block. A cluster that cannot be reached does not affect
    the others."""
    tasks = [asyncio.create_task(_serve(cluster, services, client_of)) for cluster in services.config.clusters]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        _, left = await asyncio.wait(tasks, timeout=LAST_PATIENCE.total_seconds())
        if left:
            _log.warning("workers still stopping", count=len(left))


@asynccontextmanager
async def connected_workers(
    client: Client, cluster: str, services: Services, followers: int = MAX_CONCURRENT_FOLLOWERS
) -> AsyncIterator[Awaitable[object]]:
    """Run both workers of one cluster until the end of the block. Awaiting the yielded value raises the error of the
    first worker that fails. ``followers`` is how many runs are followed at once; others wait for a free slot."""
    activities, queue = Activities(cluster, services), services.config.control_queue(cluster)
    steps = _steps_worker(client, queue, activities, QueueActivities(cluster, services))
    workers = steps, _follower(client, queue, activities, followers)
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    ended = asyncio.gather(*tasks)
    try:
        yield ended
    finally:
        ended.cancel()
        await asyncio.gather(ended, *tasks, return_exceptions=True)


def _steps_worker(client: Client, queue: str, activities: Activities, of_queue: QueueActivities) -> Worker:
    """The worker for the workflows and for all activities. It takes the activity ``follow`` in two cases only: to
    describe a run once, and for sequences that an earlier version of the bot began, because that version scheduled
    ``follow`` on this task queue. In all other cases, another worker takes ``follow`` (``_follower``)."""
    return Worker(
        client,
        task_queue=queue,
        workflows=[SequentialBackfill, BackfillQueue],
        activities=[
            activities.start_window,
            activities.follow,
            activities.cancel_run,
            activities.count_window,
            activities.tell,
            activities.demand_slots,
            of_queue.survey,
            of_queue.begin_queued,
        ],
        max_concurrent_activities=MAX_CONCURRENT_STEPS,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        max_concurrent_workflow_task_polls=2,
        max_concurrent_activity_task_polls=2,
        graceful_shutdown_timeout=GRACE,
    )


def _follower(client: Client, queue: str, activities: Activities, slots: int) -> Worker:
    return Worker(
        client,
        task_queue=followers_queue(queue),
        activities=[activities.follow],
        max_concurrent_activities=slots,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        max_concurrent_activity_task_polls=2,
        graceful_shutdown_timeout=GRACE,
    )


async def _serve(cluster: str, services: Services, client_of: ClientOf) -> None:
    """Run both workers, and new ones whenever one fails because the cluster cannot be reached. Logs when the cluster
    becomes unreachable, and when it is reached again."""
    clock, pause, is_away = asyncio.get_running_loop().time, FIRST_PAUSE, False
    while True:
        began = clock()
        try:
            client = await client_of(cluster)
            if is_away:
                _log.info("cluster can be reached for sequences again", cluster=cluster)
                is_away = False
            async with connected_workers(client, cluster, services) as ended:
                await ended
        except (DependencyError, RPCError, RuntimeError, OSError) as exc:
            if not is_away:
                _log.warning("sequences are not carried on", cluster=cluster, reason=str(exc) or repr(exc))
            is_away = True
        if timedelta(seconds=clock() - began) > LONGEST_PAUSE:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause.total_seconds())
        pause = min(pause * 2, LONGEST_PAUSE)
