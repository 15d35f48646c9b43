"""Checks one cluster's Temporal: whether it answers, which workers poll, and whether its runs fit the
configuration."""

import asyncio
from collections.abc import Iterable, Sequence

from bot.config import Config
from bot.errors import NotFound
from bot.fleet.diagnostics.facts import NoInstructions, OpenSequences, SystemSays
from bot.fleet.diagnostics.findings import Advice, Answer
from bot.fleet.diagnostics.runs import Expected, RecentRuns, runs
from bot.fleet.diagnostics.watching import Load, watching
from bot.fleet.diagnostics.workers import Workers, workers
from bot.fleet.runs.recogniser import Recogniser
from bot.model import Description, Execution, Ref, TaskKind, followers_queue
from bot.ports import Engine
from bot.services import Cluster
from bot.usecases.definitions import identity_mapping, start_template

# The latest runs show what the next ones will look like. More runs take longer and show nothing new.
LAST_RUNS = 20
# This many open runs are described, to estimate how many calls it takes to watch all of them.
SAMPLE = 20
# Children are looked for on this many levels below the runs.
MOST_LEVELS = 3
# Each type is listed separately, so that frequent types do not hide rare ones.
MOST_TYPES = 10


async def check_temporal(name: str, cluster: Cluster, config: Config, recogniser: Recogniser) -> Answer:
    """Asks Temporal all questions at once. Raises DependencyError if Temporal does not answer one of them. Does not
    ask whether the bot may start workflows in the namespace, because only the first start shows that."""
    engine, expected = cluster.engine, _expected(name, config, recogniser)
    line, recent, polling, sequences, load, takes_instructions = await asyncio.gather(
        engine.check(),
        _recent_runs(engine, expected.types),
        _workers(engine, expected.task_queue),
        _sequences(cluster, config.control_queue(name)),
        _load(engine, config.watched_types(name)),
        cluster.control.takes_instructions(),
    )
    is_in_use = bool(recent.latest) or bool(expected.customers and not recent.is_empty)
    of_runs = runs(recent, expected)
    of_workers = workers(polling, recent.latest, is_in_use=is_in_use)
    of_watching = watching(load, config.calls_per_second(name), config.watch.slow_round)
    of_sequences = Answer((sequences,), warnings=() if takes_instructions else (NoInstructions(),))
    return _joined(Answer((SystemSays(line),)), of_workers, of_runs, of_sequences, of_watching)


def _joined(*answers: Answer) -> Answer:
    problems = tuple(problem for answer in answers for problem in answer.problems)
    warnings = tuple(warning for answer in answers for warning in answer.warnings)
    facts = tuple(fact for answer in answers for fact in answer.facts)
    return Answer(facts, problems, warnings, advice=Advice.WORKFLOW if problems else None)


def _expected(name: str, config: Config, recogniser: Recogniser) -> Expected:
    workflow = config.filling_workflow(name)
    return Expected(
        types=workflow.types,
        task_queue=workflow.task_queue,
        recogniser=recogniser,
        mapping=identity_mapping(workflow, config, name),
        keys_are_given=workflow.keys != type(workflow.keys)() or workflow.identity.attributes is not None,
        customers=config.clusters[name].customers,
        written=tuple(start_template(config, name).search_attributes),
    )


async def _recent_runs(engine: Engine, expected_types: Sequence[str]) -> RecentRuns:
    types = dict.fromkeys(expected_types[:MOST_TYPES])
    by_type, attributes = await asyncio.gather(
        asyncio.gather(*(engine.latest_executions([name], LAST_RUNS) for name in types)), engine.search_attributes()
    )
    latest = _last(run for runs_of_type in by_type for run in runs_of_type)
    others = () if latest else tuple(await engine.latest_executions((), LAST_RUNS))
    return RecentRuns(
        latest, others, attributes, tuple(name for name, ran in zip(types, by_type, strict=True) if not ran)
    )


def _last(runs: Iterable[Execution]) -> tuple[Execution, ...]:
    return tuple(sorted(runs, key=lambda run: (run.started_at, run.ref), reverse=True)[:LAST_RUNS])


async def _workers(engine: Engine, task_queue: str) -> Workers:
    of_workflows, of_activities = await asyncio.gather(
        engine.pollers(task_queue, TaskKind.WORKFLOW), engine.pollers(task_queue, TaskKind.ACTIVITY)
    )
    return Workers(task_queue, of_workflows, of_activities)


async def _load(engine: Engine, watched_types: Sequence[str]) -> Load:
    """The load of the open runs, with that of the workflows below them. The number of workflows on each level is
    estimated from the children of a sample."""
    open_now = await engine.open_executions(watched_types)
    return await _load_of([run.ref for run in open_now], len(open_now), engine, frozenset(watched_types), MOST_LEVELS)


async def _load_of(refs: Sequence[Ref], number: int, engine: Engine, watched: frozenset[str], levels: int) -> Load:
    described = await _described(refs[:: -(-len(refs) // SAMPLE)] if refs else (), engine)
    children = [
        child.ref
        for description in described
        for child in description.children
        if child.ref.run_id and child.workflow_type not in watched
    ]
    if not children or not levels:
        return Load(number, described)
    below = round(number * len(children) / len(described))
    return Load(number, described, await _load_of(children, below, engine, watched, levels - 1))


async def _described(refs: Sequence[Ref], engine: Engine) -> list[Description]:
    answers = await asyncio.gather(*map(engine.describe, refs), return_exceptions=True)
    described: list[Description] = []
    for answer in answers:
        if isinstance(answer, Description):
            described.append(answer)
        elif not isinstance(answer, NotFound):
            raise answer
    return described


async def _sequences(cluster: Cluster, own: str) -> OpenSequences:
    """How many sequences are open, and the first of their task queues that no bot polls, if there is one. Sequences
    wait while no bot runs."""
    count = len(await cluster.control.sequences())
    needed = ((own, TaskKind.WORKFLOW), (own, TaskKind.ACTIVITY), (followers_queue(own), TaskKind.ACTIVITY))
    for queue, kind in needed if count else ():
        if not await cluster.engine.pollers(queue, kind):
            return OpenSequences(count, queue)
    return OpenSequences(count)
