"""Checks that no run is found by the filters of two clusters that share a namespace."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from bot.config import Config
from bot.errors import DependencyError
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.diagnostics.mapping_facts import FiltersApart, SharedRuns
from bot.model import Execution
from bot.redaction import redact_line
from bot.services import Cluster

LAST_RUNS = 100


async def check_filters(clusters: Mapping[str, Cluster], config: Config) -> Answer:
    """Compares the last runs of clusters that share a namespace and have filters. Leaves out a cluster that does not
    answer, because another probe says why."""
    names = [name for name, cluster in config.clusters.items() if cluster.filter]
    listed = await asyncio.gather(*(_run_ids(name, clusters[name], config) for name in names))
    runs = {name: answered for name, answered in zip(names, listed, strict=True) if answered is not None}
    pairs = [(name, other) for name, other in combinations(runs, 2) if _share_place(name, other, config)]
    problems = tuple(_common_runs(pairs, runs))
    compared = tuple(name for name in runs if any(name in pair for pair in pairs))
    return Answer((FiltersApart(compared),) if compared and not problems else (), problems=problems)


async def _run_ids(name: str, cluster: Cluster, config: Config) -> Mapping[str, Execution] | None:
    """The last runs by their run id; None if the cluster does not answer."""
    try:
        runs = await cluster.engine.latest_executions(config.watched_types(name), LAST_RUNS)
    except DependencyError:
        return None
    return {run.ref.run_id: run for run in runs}


def _share_place(name: str, other: str, config: Config) -> bool:
    return config.clusters[name].temporal.place == config.clusters[other].temporal.place


def _common_runs(
    pairs: Iterable[tuple[str, str]], runs: Mapping[str, Mapping[str, Execution]]
) -> Iterator[SharedRuns]:
    for name, other in pairs:
        if both := runs[name].keys() & runs[other].keys():
            example = redact_line(runs[name][min(both)].ref.workflow_id, 100)
            yield SharedRuns(name, other, len(both), example)
