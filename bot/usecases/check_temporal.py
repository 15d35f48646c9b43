"""Check: asks one cluster's Temporal whether it answers, who works there, and whether its runs are as expected."""

import asyncio
from collections.abc import Iterable

from bot.config import Config
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.diagnostics.runs import Expected, RecentRuns, runs
from bot.fleet.diagnostics.workers import Workers, workers
from bot.fleet.runs.identity import Recogniser
from bot.model import Execution
from bot.ports import Engine
from bot.services import Cluster

# What the last ones look like tells what the next ones will; more cost time, and tell no more.
LAST_RUNS = 20
# Each is listed by itself, so that a rare one is not hidden behind a frequent one.
MOST_TYPES = 10
_ADVICE = (
    "See [workflow] in backfill.toml: types, task_queue, id_template and keys are to be as your own code has them;"
    " and whether your workers run."
)


async def check_temporal(name: str, cluster: Cluster, config: Config, recogniser: Recogniser) -> Answer:
    """Everything at once: one question that is not answered fails all of it. Whether the namespace lets the bot start
    anything shows when it does, and not before."""
    engine, expected = cluster.engine, _expected(name, config, recogniser)
    line, lately, polling, under_way = await asyncio.gather(
        engine.check(), _lately(engine, config), _workers(engine, expected.task_queue), _under_way(cluster, config)
    )
    is_in_use = bool(lately.latest) or bool(expected.customers and not lately.is_empty)
    of_runs = runs(lately, expected)
    of_workers = workers(polling, lately.latest, is_in_use=is_in_use)
    return _joined(Answer(line), of_workers, of_runs, Answer(under_way))


def _joined(*answers: Answer) -> Answer:
    problems = tuple(problem for answer in answers for problem in answer.problems)
    warnings = tuple(warning for answer in answers for warning in answer.warnings)
    return Answer("; ".join(answer.line for answer in answers if answer.line), problems, warnings, advice=_ADVICE)


def _expected(name: str, config: Config, recogniser: Recogniser) -> Expected:
    workflow = config.workflow
    return Expected(
        types=workflow.types,
        task_queue=workflow.task_queue,
        recogniser=recogniser,
        keys_are_given=workflow.keys != type(workflow.keys)(),
        customers=config.clusters[name].customers,
    )


async def _lately(engine: Engine, config: Config) -> RecentRuns:
    types = dict.fromkeys(config.workflow.types[:MOST_TYPES])
    found, attributes = await asyncio.gather(
        asyncio.gather(*(engine.latest_executions([name], LAST_RUNS) for name in types)), engine.search_attributes()
    )
    latest = _last(run for runs_of_type in found for run in runs_of_type)
    others = () if latest else tuple(await engine.latest_executions((), LAST_RUNS))
    return RecentRuns(
        latest, others, attributes, tuple(name for name, ran in zip(types, found, strict=True) if not ran)
    )


def _last(found: Iterable[Execution]) -> tuple[Execution, ...]:
    return tuple(sorted(found, key=lambda run: (run.started_at, run.ref), reverse=True)[:LAST_RUNS])


async def _workers(engine: Engine, task_queue: str) -> Workers:
    of_workflows, of_activities = await asyncio.gather(
        engine.workflow_pollers(task_queue), engine.pollers(task_queue)
    )
    return Workers(task_queue, of_workflows, of_activities)


async def _under_way(cluster: Cluster, config: Config) -> str:
    """Bots drive the sequences: where none runs, they wait for one."""
    under_way, queue = len(await cluster.control.sequences()), config.control.task_queue
    if not under_way or await cluster.engine.pollers(queue):
        return f"open sequences: {under_way}"
    return f"open sequences: {under_way}, which wait for a bot: none polls {queue}"
