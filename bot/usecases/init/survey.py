"""Surveys the last runs and the tables, from which `backfill-bot init` derives its proposal."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import DependencyError
from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.onboarding.facts import RunsSeen, SystemAway, TablesSeen
from bot.fleet.onboarding.tables import Candidate, candidate
from bot.model import Execution
from bot.ports import Engine
from bot.ports.catalog import Catalog
from bot.usecases.check_runs import read_arguments
from bot.usecases.init.interview import Interview

# The last runs of a cluster: one page of a listing, which is long enough that frequent types seldom hide a rare one.
LAST_RUNS = 1_000
# How many runs are read with their arguments: of one type, and of all types. Each run takes a call.
SAMPLES_OF_TYPE = 200
SAMPLES = 600
# The kind of a search attribute that contains a single text.
KEYWORD = "Keyword"
# Customers are looked up in at most this many tables.
MOST_TABLES = 50


@dataclass(frozen=True, slots=True)
class RunSurvey:
    """The sampled runs of all clusters that answered, and the search attributes of their namespaces."""

    runs: tuple[SampleRun, ...] = ()
    # ``registered`` is None if no cluster reports its attributes. ``keywords`` are the attributes that contain a
    # single text.
    registered: frozenset[str] | None = None
    keywords: frozenset[str] = frozenset()


async def survey_runs(engines: Mapping[str, Engine], interview: Interview) -> RunSurvey:
    """Asks each cluster. Leaves out a cluster that does not answer, and shows that."""
    surveys = [await _survey_cluster(name, engine, interview) for name, engine in engines.items()]
    known = [survey.registered for survey in surveys if survey.registered is not None]
    return RunSurvey(
        tuple(run for survey in surveys for run in survey.runs),
        frozenset().union(*known) if known else None,
        frozenset().union(*(survey.keywords for survey in surveys)),
    )


async def _survey_cluster(name: str, engine: Engine, interview: Interview) -> RunSurvey:
    try:
        # Listing the runs of a missing namespace returns none and raises no error. This call raises one.
        await engine.check()
        listed, attributes = await asyncio.gather(engine.latest_executions((), LAST_RUNS), engine.search_attributes())
    except DependencyError as exc:
        interview.tell(SystemAway(str(exc)))
        return RunSurvey()
    interview.tell(RunsSeen(name, len(listed), tuple(Counter(run.workflow_type for run in listed).most_common())))
    samples = await read_arguments(_of_each_type(listed), engine)
    keywords = frozenset(name for name, kind in (attributes or {}).items() if kind == KEYWORD)
    return RunSurvey(tuple(samples), None if attributes is None else frozenset(attributes), keywords)


def _of_each_type(listed: Sequence[Execution]) -> list[Execution]:
    """The latest runs of each type on each task queue, in the order of the listing. So a frequent type does not hide
    a rare one, and a cluster does not hide another one in the same namespace."""
    kinds = len({(run.workflow_type, run.task_queue) for run in listed})
    most = max(1, min(SAMPLES_OF_TYPE, SAMPLES // kinds)) if kinds else 0
    times: Counter[tuple[str, str]] = Counter()
    chosen: list[Execution] = []
    for run in listed:
        times[run.workflow_type, run.task_queue] += 1
        if times[run.workflow_type, run.task_queue] <= most:
            chosen.append(run)
    return chosen


async def survey_tables(catalog: Catalog, interview: Interview) -> tuple[Candidate, ...]:
    """The tables that can be counted, with the customers in each; () if ClickHouse does not answer."""
    try:
        listed = await catalog.tables()
    except DependencyError as exc:
        interview.tell(SystemAway(str(exc)))
        return ()
    found = [each for table in listed if (each := candidate(table))][:MOST_TABLES]
    interview.tell(TablesSeen(len(listed), tuple(each.place for each in found)))
    return tuple([await _with_customers(each, catalog) for each in found])


async def _with_customers(chosen: Candidate, catalog: Catalog) -> Candidate:
    """The table with its customers. The table gets no customers if ClickHouse does not answer in time, or if the bot
    may not read it."""
    try:
        return replace(chosen, customers=await catalog.values(chosen.table, chosen.customer_column))
    except DependencyError:
        return chosen
