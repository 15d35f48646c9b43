"""Bots with wrong clocks at a real server: its times are compared with each other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.workflowservice.v1 import DescribeTaskQueueResponse, PollActivityTaskQueueResponse
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode, WorkflowService

from bot.adapters.temporal import TemporalCluster, TemporalEngine
from bot.config import TemporalAddress
from bot.model import TaskKind
from tests.adapters.temporal.conftest import LIMIT, temporal_at
from tests.adapters.temporal.server import NOBODY, QUEUE, TemporalServer, eventually, free_port

SKEWS = [timedelta(seconds=95), timedelta(minutes=10), timedelta(hours=2)]
BOTH_WAYS = [skew * sign for skew in SKEWS for sign in (1, -1)]


class NoPolls(WorkflowService):
    """Lets everybody look, and nobody poll."""

    async def poll_activity_task_queue(self, *_: Any, **__: Any) -> PollActivityTaskQueueResponse:
        raise RPCError("Request unauthorized.", RPCStatusCode.PERMISSION_DENIED, b"")


class NoTimes(WorkflowService):
    """Tells who polls, and not when."""

    async def describe_task_queue(self, *args: Any, **kwargs: Any) -> DescribeTaskQueueResponse:
        answer = await super().describe_task_queue(*args, **kwargs)
        for poller in answer.pollers:
            poller.ClearField("last_access_time")
        return answer


class ForViewers(TemporalCluster):
    """A real server that admits the bot to look only."""

    service: type[WorkflowService] = NoPolls

    @asynccontextmanager
    async def asking(self, limit: timedelta | None = None) -> AsyncIterator[Client]:
        async with super().asking(limit) as client:
            client.service_client.workflow_service = self.service(client.service_client)
            yield client


class WithoutTimes(ForViewers):
    """A server that tells no times of pollers."""

    service = NoTimes


def bot_of(cluster: TemporalCluster, ahead: timedelta) -> TemporalEngine:
    return TemporalEngine(cluster, lambda: datetime.now(UTC) + ahead)


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("ahead", BOTH_WAYS, ids=str)
async def test_workers_that_poll_are_seen_by_a_bot_whose_clock_is_wrong(
    server: TemporalServer, ahead: timedelta
) -> None:
    engine = bot_of(temporal_at(server.address), ahead)

    assert await eventually(lambda: engine.pollers(QUEUE, TaskKind.ACTIVITY), bool) == 1
    assert await engine.pollers(NOBODY, TaskKind.ACTIVITY) == 0


@pytest.mark.parametrize("ahead", BOTH_WAYS, ids=str)
async def test_a_wrong_clock_is_known_by_how_much_it_is_wrong(server: TemporalServer, ahead: timedelta) -> None:
    shown = await bot_of(temporal_at(server.address), ahead).ahead()

    assert abs(shown - ahead) < timedelta(seconds=10)


async def test_a_right_clock_is_put_right_by_nothing(server: TemporalServer) -> None:
    assert await bot_of(temporal_at(server.address), timedelta(0)).ahead() == timedelta(0)


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("ahead", BOTH_WAYS, ids=str)
@pytest.mark.parametrize("kind", [ForViewers, WithoutTimes])
async def test_where_the_server_does_not_tell_its_time_whoever_it_remembers_polls(
    server: TemporalServer, kind: type[ForViewers], ahead: timedelta
) -> None:
    address = TemporalAddress(address=server.address, namespace="default")
    engine = bot_of(kind("voice-prod", address, LIMIT), ahead)

    assert await eventually(lambda: engine.pollers(QUEUE, TaskKind.ACTIVITY), bool) == 1
    assert await engine.ahead() == timedelta(0)


async def test_a_server_that_is_away_tells_no_time_and_that_is_no_error() -> None:
    away = temporal_at(f"127.0.0.1:{free_port()}")

    assert await bot_of(away, timedelta(hours=2)).ahead() == timedelta(0)
