"""A Temporal that comes back empty behind the same address, while an alert is open: everybody is answered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from bot.adapters.temporal import TemporalCluster, TemporalControl, TemporalEngine
from bot.blocks import confirm
from bot.blocks.notifications import draw
from bot.commands import Split
from bot.config import TemporalAddress
from bot.errors import BackfillBotError
from bot.fleet.notifications import notification
from bot.model import Actor, Ending, JournalEntry, Ref
from bot.services import Services
from bot.usecases.control.propose import split
from tests.adapters.temporal.server import QUEUE, SEQUENCES, TemporalServer, eventually
from tests.fakes.episodes import episode
from tests.fakes.services import CHANNEL, OPERATOR, TEAM, FakeWorld
from tests.usecases.watch.passes import watch

CLUSTER = "voice-prod"
OLIVIA = Actor(OPERATOR, TEAM, CHANNEL)


@pytest.fixture
def wiped() -> Iterator[TemporalServer]:
    """Its store is in memory: started again it knows nothing."""
    server = TemporalServer()
    server.start()
    yield server
    server.stop()


async def namespace_of(server: TemporalServer, name: str) -> Client:
    client = await Client.connect(server.address, namespace=name)
    if name != "default":
        kept = Duration(seconds=86_400)
        await client.workflow_service.register_namespace(
            RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=kept)
        )

    async def is_known() -> bool:
        try:
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
            await client.count_workflows("")
        except RPCError:
            return False
        return True

    assert await eventually(is_known, bool)
    return client


async def with_alert(client: Client, server: TemporalServer, world: FakeWorld) -> Services:
    """A struggling run, as its alert knows it."""
    handle = await client.start_workflow("CustomerBackfill", id="backfill-hilton", task_queue=QUEUE)
    run = Ref(CLUSTER, handle.id, handle.first_execution_run_id or "")
    await world.journal.record(JournalEntry(episodes=(episode("hilton", CLUSTER, revision=0, ref=run),)), world.now)
    address = TemporalAddress(address=server.address, namespace=client.namespace)
    temporal = TemporalCluster(CLUSTER, address, timedelta(seconds=8))
    engine = TemporalEngine(temporal, lambda: datetime.now(UTC))
    real = replace(world.services.clusters[CLUSTER], engine=engine, control=TemporalControl(temporal, SEQUENCES))
    return replace(world.services, clusters={**world.services.clusters, CLUSTER: real})


async def dialog_text(services: Services) -> str:
    """What the dialog of *Split* says."""
    with pytest.raises(BackfillBotError) as posted:
        await split(Split(target="hilton"), services)
    return str(confirm.problem(posted.value).blocks)


async def test_an_alert_of_a_run_that_is_gone_ends_and_its_dialog_answers(
    wiped: TemporalServer,
) -> None:
    world = FakeWorld()
    services = await with_alert(await namespace_of(wiped, "default"), wiped, world)
    await watch(CLUSTER, services)
    wiped.stop()
    assert "did not answer" in await dialog_text(services) or "no answer" in await dialog_text(services)

    wiped.start()
    await namespace_of(wiped, "default")
    before_the_pass = await dialog_text(services)
    await watch(CLUSTER, services)
    (alert,) = world.journal.episodes.values()
    card = draw(notification.EpisodeCard(alert))

    assert before_the_pass == await dialog_text(services)
    assert alert.ending is Ending.GONE
    assert "no longer known to Temporal" in card.text


async def test_where_the_namespace_is_gone_the_dialog_says_so_and_the_alert_stays_open(wiped: TemporalServer) -> None:
    world = FakeWorld()
    services = await with_alert(await namespace_of(wiped, "team"), wiped, world)
    wiped.stop()
    wiped.start()
    await namespace_of(wiped, "default")
    await watch(CLUSTER, services)
    (alert,) = world.journal.episodes.values()

    assert "Namespace team is not found: create it there" in await dialog_text(services)
    assert alert.ending is None
