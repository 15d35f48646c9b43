"""Clusters that share a namespace must not find the same runs."""

from typing import Any

from bot.config import Config
from bot.errors import Unavailable
from bot.fleet.diagnostics.findings import Level
from bot.fleet.diagnostics.mapping_facts import FiltersApart, SharedRuns
from bot.model import Ref
from bot.usecases.check_filters import check_filters
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import execution


def shared() -> Config:
    two = config({"emea": ("hilton",), "apac": ("hilton",)})
    place = two.clusters["emea"].temporal
    clusters: dict[str, Any] = {
        name: cluster.model_copy(update={"temporal": place, "filter": f"Region = '{name}'"})
        for name, cluster in two.clusters.items()
    }
    return two.model_copy(update={"clusters": clusters})


def run(world: FakeWorld, cluster: str, run_id: str) -> None:
    world.engines[cluster].add(execution(ref=Ref(cluster, "backfill-hilton", run_id)))


async def test_filters_that_keep_runs_apart_are_ok() -> None:
    world = FakeWorld(shared())
    run(world, "emea", "run-1")
    run(world, "apac", "run-2")

    answer = await check_filters(world.services.clusters, world.config)

    assert answer.level is Level.OK
    assert answer.facts == (FiltersApart(("emea", "apac")),)


async def test_of_a_cluster_that_does_not_answer_nothing_is_claimed() -> None:
    world = FakeWorld(shared())
    run(world, "emea", "run-1")
    world.engines["apac"].away = Unavailable("Temporal of apac", "no answer")

    answer = await check_filters(world.services.clusters, world.config)

    assert (answer.facts, answer.problems) == ((), ())


async def test_a_run_that_two_filters_find_is_a_failure_that_names_it() -> None:
    world = FakeWorld(shared())
    run(world, "emea", "run-1")
    run(world, "apac", "run-1")

    answer = await check_filters(world.services.clusters, world.config)

    assert answer.problems == (SharedRuns("emea", "apac", 1, "backfill-hilton"),)
