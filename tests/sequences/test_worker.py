"""The bot's workers: one for each cluster, none of which stops another, or the bot from ending."""

import asyncio
import uuid
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.errors import Unavailable
from bot.model import ExecutionStatus, FollowedRun, Ref, SequenceEnd
from bot.sequences.activities import Activities
from bot.sequences.activity_stubs import HEARTBEAT_TIMEOUT
from bot.sequences.messages import FollowRequest
from bot.sequences.worker import connected_workers, working
from tests.adapters.temporal.server import TemporalServer, eventually
from tests.fakes.services import config
from tests.sequences.stage import Stage, connected
from tests.sequences.team import CLUSTER, CUSTOMER, LiveWorld, Team

# Seconds: what waits for a follower, or for a server that is gone, would take for ever.
A_HANG = 60


def two_clusters() -> LiveWorld:
    """One more than the other tests have, which nobody starts anything on."""
    queue = f"bot-{uuid.uuid4().hex[:8]}"
    shown = {CLUSTER: (CUSTOMER,), "us-east-1-prod": ()}
    return LiveWorld(config(shown, watch={"every": "0.03s"}, control={"task_queue": queue}))


class Away:
    """Gives a client out after so many tries; the other cluster stays away."""

    def __init__(self, client: Client, tries: int) -> None:
        self.client = client
        self.left = tries
        self.connections: list[str] = []

    async def __call__(self, cluster: str) -> Client:
        self.connections.append(cluster)
        if cluster != CLUSTER:
            raise Unavailable(f"Temporal of {cluster}", "no connection")
        if self.left:
            self.left -= 1
            raise Unavailable(f"Temporal of {cluster}", "no connection")
        return self.client


async def test_a_cluster_that_is_away_at_first_is_served_later_and_another_one_stops_nothing(client: Client) -> None:
    world = two_clusters()
    team = Team(world)
    at_work = asyncio.create_task(team.work())
    stage = Stage(client, world, team)
    away = Away(client, tries=1)
    await stage.begin(stage.spec(5, size=5))
    async with working(world.services, away):
        end = await stage.end()
    at_work.cancel()

    assert end.end is SequenceEnd.COMPLETE
    assert away.connections.count(CLUSTER) == 2
    assert away.connections.count("us-east-1-prod") >= 2


async def test_it_tells_of_a_silent_cluster_once(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    away = Away(client, tries=10)

    async def tries() -> int:
        return away.connections.count(CLUSTER)

    async with working(two_clusters().services, away):
        await eventually(tries, lambda count: count >= 2)

    shown = capsys.readouterr().out
    assert shown.count("sequences are not carried on") == 2


async def test_it_ends_soon_though_windows_are_being_followed_and_another_worker_goes_on(stage: Stage) -> None:
    stage.team.holding = True

    async def client_of(cluster: str) -> Client:
        return stage.client

    async with AsyncExitStack() as worker:
        await worker.enter_async_context(working(stage.world.services, client_of))
        await stage.begin(stage.spec(5, size=5))
        await stage.until(lambda progress: progress.running and progress.running[0].ref)
        async with asyncio.timeout(A_HANG):
            await worker.aclose()
    stage.team.holding = False
    async with working(stage.world.services, client_of):
        end = await stage.end()

    assert end.end is SequenceEnd.COMPLETE
    assert len(stage.team.windows()) == 1


async def test_windows_that_all_run_for_long_keep_no_other_window_from_starting_and_no_card_from_being_published(
    client: Client,
) -> None:
    world = two_clusters()
    stages = [Stage(client, world, Team(world, holding=True)) for _ in range(3)]

    async def published() -> int:
        return sum(f"sequence:{stage.id}" in world.outbox.messages for stage in stages)

    async with connected_workers(client, CLUSTER, world.services, followers=1):
        for number, stage in enumerate(stages):
            await stage.begin(replace(stage.spec(5, size=5), customer=f"customer-{number}"))
        for stage in stages:
            await stage.until(lambda progress: progress.running and progress.running[0].ref)
        assert await eventually(published, lambda count: count == 3) == 3


@workflow.defn
class FollowsOnTheQueueOfAllSteps:
    """As a sequence does that an earlier version of the bot began."""

    @workflow.run
    async def run(self, queue: str, ref: Ref) -> FollowedRun:
        return await workflow.execute_activity_method(
            Activities.follow,
            FollowRequest(ref, None),
            task_queue=queue,
            start_to_close_timeout=timedelta(days=1),
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
        )


async def test_a_run_that_an_earlier_version_of_the_bot_has_begun_to_follow_is_followed_to_its_end(
    stage: Stage,
) -> None:
    ref, queue = stage.team.add("backfill-hilton-2026-01-01-2026-01-06"), stage.world.config.control.task_queue
    earlier = Worker(
        stage.client,
        task_queue=f"{queue}-earlier",
        workflows=[FollowsOnTheQueueOfAllSteps],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with earlier, stage.worker():
        following = await stage.client.start_workflow(
            FollowsOnTheQueueOfAllSteps.run, args=[queue, ref], id=stage.workflow_id, task_queue=f"{queue}-earlier"
        )
        stage.team.close(ref, ExecutionStatus.COMPLETED)
        followed = await asyncio.wait_for(following.result(), A_HANG)

    assert (followed.ref, followed.status) == (ref, ExecutionStatus.COMPLETED)


async def test_it_ends_soon_though_the_server_is_gone() -> None:
    server = TemporalServer()
    server.start()
    try:
        client = await connected(server)
        world = two_clusters()
        stage = Stage(client, world, Team(world))
        connected_once = Away(client, tries=0)
        async with AsyncExitStack() as worker:
            await worker.enter_async_context(working(world.services, connected_once))
            await stage.begin(stage.spec(5, size=5))
            await stage.until(lambda progress: progress.running)
            server.stop()
            async with asyncio.timeout(A_HANG):
                await worker.aclose()
    finally:
        server.stop()
