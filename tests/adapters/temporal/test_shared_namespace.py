"""Two clusters in one namespace, each with a filter: runs and sequences are told apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from temporalio.client import Client

from bot.adapters.temporal import TemporalCluster, TemporalControl, TemporalEngine, assign_namespaces
from bot.config import TemporalAddress
from bot.errors import Conflict, Refused
from tests.adapters.temporal.conftest import LIMIT
from tests.adapters.temporal.server import SEQUENCES, TemporalServer, eventually
from tests.fleet.sequences import spec


def cluster_at(server: TemporalServer, name: str, visibility_filter: str) -> TemporalCluster:
    address = TemporalAddress(address=server.address, namespace="default")
    return TemporalCluster(name, address, LIMIT).select(visibility_filter)


async def test_each_cluster_lists_the_runs_that_its_filter_finds(
    server: TemporalServer, client: Client, unique: str
) -> None:
    clusters = {name: cluster_at(server, name, f"TaskQueue = '{name}-{unique}'") for name in ("emea", "apac")}
    await assign_namespaces(clusters, {})
    engines = {name: TemporalEngine(cluster, lambda: datetime.now(UTC)) for name, cluster in clusters.items()}
    kind = f"Backfill{unique}"
    for name in clusters:
        await client.start_workflow(kind, id=f"{name}-{unique}", task_queue=f"{name}-{unique}")

    async def listed(name: str) -> list[str]:
        return [run.ref.workflow_id for run in await engines[name].open_executions([kind])]

    for name in clusters:
        found = await eventually(partial(listed, name), bool)
        assert found == [f"{name}-{unique}"]
        changed = await engines[name].changed_executions([kind], None, timedelta(seconds=5))
        assert [run.ref.workflow_id for run in changed.executions] == [f"{name}-{unique}"]
        assert [run.ref.workflow_id for run in await engines[name].latest_executions([kind], 5)] == found


async def test_sequences_of_one_customer_on_both_clusters_are_two(server: TemporalServer, unique: str) -> None:
    controls = {
        name: TemporalControl(cluster_at(server, name, f"TaskQueue = '{name}'"), SEQUENCES)
        for name in ("emea", "apac")
    }
    specs = {name: replace(spec(), id=f"{name}-{unique}", cluster=name, customer=f"c/{unique}") for name in controls}
    for name, control in controls.items():
        await control.begin(specs[name])
        await control.begin(specs[name])

    standings = {name: await control.sequence(f"c/{unique}") for name, control in controls.items()}

    assert {name: standing.id for name, standing in standings.items() if standing} == {
        name: f"{name}-{unique}" for name in controls
    }

    async def customers() -> list[str]:
        return [standing.id for standing in await controls["emea"].sequences() if unique in standing.id]

    assert await eventually(customers, bool) == [f"emea-{unique}"]


async def test_an_open_sequence_under_the_earlier_id_blocks_a_second_one(server: TemporalServer, unique: str) -> None:
    alone = TemporalControl(cluster_at(server, "emea", ""), SEQUENCES)
    shared = TemporalControl(cluster_at(server, "emea", "TaskQueue = 'emea'"), SEQUENCES)
    await alone.begin(replace(spec(), id=f"old-{unique}", cluster="emea", customer=unique))

    with pytest.raises(Conflict, match="under its earlier id"):
        await shared.begin(replace(spec(), id=f"new-{unique}", cluster="emea", customer=unique))


async def test_without_filters_of_their_own_two_clusters_are_refused(server: TemporalServer) -> None:
    for filters in (("", "TaskQueue = 'a'"), ("TaskQueue = 'a'", "TaskQueue = 'a'")):
        clusters = {name: cluster_at(server, name, own) for name, own in zip(("one", "two"), filters, strict=True)}
        await assign_namespaces(clusters, {})

        with pytest.raises(Refused, match="are the same namespace"):
            await clusters["two"].list_all("WorkflowType = 'Nothing'")
