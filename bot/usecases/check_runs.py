"""Checks how the last runs of a cluster are recognised, and reads the arguments of runs that are not."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.config import Config
from bot.errors import DependencyError
from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.diagnostics.mapping_facts import ArgumentsUnreadable, ClusterAway
from bot.fleet.diagnostics.mapping_proposal import propose_mapping
from bot.fleet.diagnostics.recognition import recognition
from bot.fleet.diagnostics.same_days import same_days
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Execution
from bot.ports import Engine
from bot.services import Cluster

LAST_RUNS = 20
# How many runs' arguments are read at the same time.
AT_ONCE = 8


async def check_runs(name: str, cluster: Cluster, config: Config, recogniser: Recogniser) -> Answer:
    """The finding about the last runs of all definitions of this cluster. If the cluster does not answer, the finding
    is "not known", because another probe reports why."""
    try:
        runs = await cluster.engine.latest_executions(config.watched_types(name), LAST_RUNS)
    except DependencyError:
        return Answer((ClusterAway(),), is_known=False)
    counted = config.counted_types(name)
    missing = [run for run in runs if run.workflow_type in counted and recogniser.recognise(run) is None]
    samples = await read_arguments(missing, cluster.engine)
    customers, zone = config.clusters[name].customers, ZoneInfo(config.campaign.timezone)
    proposal = propose_mapping(samples, customers, config.campaign.window, zone) if samples else None
    answer = recognition(runs, recogniser, proposal, "workflow" if config.workflow else "workflows")
    read = [(run, known) for run in runs if run.workflow_type in counted and (known := recogniser.identify(run))]
    if shared := same_days(read):
        answer = replace(answer, warnings=(*answer.warnings, shared))
    unreadable = sum(map(_is_unreadable, samples))
    if not unreadable:
        return answer
    fact = ArgumentsUnreadable(unreadable, has_codec=config.clusters[name].codec is not None)
    return replace(answer, warnings=(*answer.warnings, fact))


def _is_unreadable(sample: SampleRun) -> bool:
    return bool(sample.arguments) and all(argument is None for argument in sample.arguments)


async def read_arguments(runs: Sequence[Execution], engine: Engine) -> list[SampleRun]:
    """The runs with their arguments. A run whose arguments cannot be read is returned without arguments, because the
    others are enough for a proposal."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def sample(run: Execution) -> SampleRun:
        try:
            async with turns:
                return SampleRun(run, await engine.arguments(run.ref))
        except DependencyError:
            return SampleRun(run)

    return list(await asyncio.gather(*map(sample, runs)))
