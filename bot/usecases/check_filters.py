"""Checks that no run is found by the filters of two clusters that share a namespace."""

import asyncio
from collections.abc import Iterator, Mapping
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
    runs = dict(zip(names, listed, strict=True))
    problems = tuple(_common_runs(runs, config))
    return Answer((FiltersApart(tuple(names)),) if not problems else (), problems=problems)


async def _run_ids(name: str, cluster: Cluster, config: Config) -> Mapping[str, Execution]:
    try:
        runs = await cluster.engine.latest_executions(config.watched_types(name), LAST_RUNS)
    except DependencyError:
        return {}
    return {run.ref.run_id: run for run in runs}


def _common_runs(runs: Mapping[str, Mapping[str, Execution]], config: Config) -> Iterator[SharedRuns]:
    for name, other in combinations(runs, 2):
        both = runs[name].keys() & runs[other].keys()
        if config.clusters[name].temporal.place == config.clusters[other].temporal.place and both:
            example = redact_line(runs[name][min(both)].ref.workflow_id, 100)
            yield SharedRuns(name, other, len(both), example)
