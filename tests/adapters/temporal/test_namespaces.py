"""Of two clusters on one namespace the second one is refused, under any address and in any order of answers."""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode, ServiceClient, WorkflowService

from bot.adapters.temporal import TemporalCluster, TemporalControl, TemporalEngine, assign_namespaces
from bot.config import TemporalAddress
from bot.errors import Refused, Unavailable
from bot.model import Namespace, TaskKind
from sandbox.relay import Mode, Relay
from tests.adapters.temporal.conftest import LIMIT
from tests.adapters.temporal.server import SEQUENCES, TemporalServer, eventually, free_port

DAY = datetime(2026, 2, 22, tzinfo=UTC)


def cluster(name: str, address: str, namespace: str = "default") -> TemporalCluster:
    return TemporalCluster(name, TemporalAddress(address=address, namespace=namespace), LIMIT)


async def refused(*clusters: TemporalCluster, last_seen: Mapping[str, datetime] | None = None) -> dict[str, str]:
    """Who is not let in, and why, asked after all were told apart."""
    await assign_namespaces({each.name: each for each in clusters}, last_seen or {})
    shown: dict[str, str] = {}
    for first in clusters:
        try:
            await TemporalEngine(first, lambda: DAY).open_executions(["CustomerBackfill"])
        except Refused as exc:
            shown[first.name] = exc.why
    return shown


async def test_the_second_of_two_addresses_of_one_namespace_is_refused_with_the_name_of_the_first(
    server: TemporalServer,
) -> None:
    shown = await refused(cluster("alpha", server.address), cluster("beta", f"localhost:{server.port}"))

    assert set(shown) == {"beta"}
    assert shown["beta"].startswith("beta and alpha are the same namespace of the same Temporal")
    assert "take one of the two out of backfill.toml" in shown["beta"]


async def test_whatever_the_second_is_asked_it_refuses_and_no_worker_of_its_own_is_let_in(
    server: TemporalServer,
) -> None:
    alpha, beta = cluster("alpha", server.address), cluster("beta", f"localhost:{server.port}")
    await assign_namespaces({"alpha": alpha, "beta": beta}, {})

    for ask in (
        TemporalEngine(beta, lambda: DAY).check(),
        TemporalEngine(beta, lambda: DAY).pollers("backfill", TaskKind.WORKFLOW),
        TemporalControl(beta, SEQUENCES).sequences(),
        beta.worker_client(),
    ):
        with pytest.raises(Refused, match="beta and alpha are the same namespace"):
            await ask


async def test_a_proxy_is_another_address_of_the_same_namespace(server: TemporalServer) -> None:
    async with Relay(server.port) as relay:
        shown = await refused(cluster("alpha", server.address), cluster("beta", f"127.0.0.1:{relay.port}"))

    assert set(shown) == {"beta"}


async def test_one_that_was_away_is_refused_when_it_answers(server: TemporalServer) -> None:
    async with Relay(server.port) as relay:
        relay.switch(Mode.CUT)
        alpha, beta = cluster("alpha", f"127.0.0.1:{relay.port}"), cluster("beta", server.address)
        await assign_namespaces({"alpha": alpha, "beta": beta}, {})
        engine = TemporalEngine(alpha, lambda: DAY)
        with pytest.raises(Unavailable):
            await engine.open_executions(["CustomerBackfill"])
        relay.switch(Mode.OK)

        async def answer() -> str:
            try:
                await engine.open_executions(["CustomerBackfill"])
            except Unavailable:
                return ""
            except Refused as exc:
                return exc.why
            return "let in"

        shown = await eventually(answer, bool)

    assert shown.startswith("alpha and beta are the same namespace")
    assert await TemporalEngine(beta, lambda: DAY).open_executions(["CustomerBackfill"]) is not None


async def test_one_that_goes_away_keeps_its_namespace(server: TemporalServer) -> None:
    async with Relay(server.port) as relay:
        alpha, beta = cluster("alpha", f"127.0.0.1:{relay.port}"), cluster("beta", server.address)
        await assign_namespaces({"alpha": alpha, "beta": beta}, {})
        relay.switch(Mode.CUT)

        with pytest.raises(Refused):
            await TemporalEngine(beta, lambda: DAY).open_executions(["CustomerBackfill"])


async def test_the_one_that_was_watched_last_stays_the_one_over_a_restart(server: TemporalServer) -> None:
    clusters = cluster("alpha", server.address), cluster("beta", f"localhost:{server.port}")

    shown = await refused(*clusters, last_seen={"alpha": DAY, "beta": DAY + timedelta(seconds=1)})

    assert set(shown) == {"alpha"}


async def test_two_namespaces_of_one_server_are_two(server: TemporalServer, client: Client, unique: str) -> None:
    kept = Duration()
    kept.FromTimedelta(timedelta(days=1))
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=unique, workflow_execution_retention_period=kept)
    )
    other = cluster("beta", server.address, unique)

    async def answers() -> bool:
        # A new namespace is known to the whole server a moment later.
        with contextlib.suppress(Refused):
            return await TemporalEngine(other, lambda: DAY).open_executions(["CustomerBackfill"]) == []
        return False

    assert await eventually(answers, bool)
    assert await refused(cluster("alpha", server.address), other) == {}


async def test_namespaces_of_the_same_name_on_two_servers_are_two(server: TemporalServer) -> None:
    another = TemporalServer()
    another.start()
    try:
        shown = await refused(cluster("alpha", server.address), cluster("beta", another.address))
    finally:
        another.stop()

    assert shown == {}


class Closed(WorkflowService):
    """Lets nobody ask for what tells it from others, as an authorizer may."""

    def __init__(self, client: ServiceClient, *closed: str) -> None:
        super().__init__(client)
        for call in closed:
            setattr(self, call, self._refuse)

    async def _refuse(self, *_: Any, **__: Any) -> Any:
        raise RPCError("Request unauthorized.", RPCStatusCode.PERMISSION_DENIED, b"")


class ClosedCluster(TemporalCluster):
    def __init__(self, name: str, address: str, *closed: str) -> None:
        super().__init__(name, TemporalAddress(address=address, namespace="default"), LIMIT)
        self._closed = closed

    async def _connect(self) -> Client:
        client = await super()._connect()
        client.service_client.workflow_service = Closed(client.service_client, *self._closed)
        return client


async def test_a_server_that_does_not_tell_which_it_is_is_told_by_its_namespace(server: TemporalServer) -> None:
    closed = ClosedCluster("beta", f"localhost:{server.port}", "get_cluster_info")

    assert set(await refused(cluster("alpha", server.address), closed)) == {"beta"}


async def test_where_nobody_may_ask_for_the_namespace_the_bot_works_as_if_it_were_another(
    server: TemporalServer,
) -> None:
    closed = ClosedCluster("beta", f"localhost:{server.port}", "describe_namespace")

    assert await refused(cluster("alpha", server.address), closed) == {}


async def test_an_address_that_leads_to_nobody_takes_nothing_from_others(server: TemporalServer) -> None:
    assert await refused(cluster("beta", server.address)) == {}
    with pytest.raises(Unavailable):
        await refused(cluster("alpha", f"127.0.0.1:{free_port()}"), cluster("beta", server.address))


@pytest.mark.parametrize(
    ("first", "other", "is_same"),
    [
        (Namespace("s", "n"), Namespace("s", "n"), True),
        (Namespace("s", "n"), Namespace("s", "m"), False),
        (Namespace("s", "n"), Namespace("t", "n"), False),
        (Namespace("", "n"), Namespace("t", "n"), True),
        (Namespace("s", "n"), Namespace("", "n"), True),
        (Namespace("", "n"), Namespace("", "m"), False),
    ],
)
def test_a_server_that_is_not_known_makes_equal_ids_no_less_equal(
    first: Namespace, other: Namespace, is_same: bool
) -> None:
    assert first.is_same_as(other) is other.is_same_as(first) is is_same
