"""Makes the runs of a cluster from what it has answered, and from its recorded past."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.errors import DependencyError
from bot.fleet.runs.assessment import Patience
from bot.fleet.runs.children_health import AssessedChild, children_health, with_children_health
from bot.fleet.runs.health import Past, assess
from bot.fleet.runs.observation import failures_of, joined
from bot.fleet.runs.past import RecordedPast
from bot.fleet.runs.run import Run, RunsByCustomer
from bot.model import Description, Execution, Ref, TaskKind
from bot.ports import Engine
from bot.services import Services
from bot.usecases.campaigns.scope import campaigns_of
from bot.usecases.observe.history import History
from bot.usecases.observe.recalled import Recalled

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the cluster has answered about its open runs and the open workflows below them, at the time ``at`` of its
    clock; and what the journal has recorded. ``ages`` has the age of each description that was made earlier."""

    described: Mapping[Ref, Description]
    recalled: Recalled
    children: Mapping[Ref, Sequence[AssessedChild]]
    at: datetime
    ages: Mapping[Ref, timedelta]


def all_runs(
    executions: Iterable[Execution], past: RecordedPast, answers: Answers, services: Services
) -> tuple[RunsByCustomer, frozenset[str | None]]:
    """The runs of the past together with these executions, and the customers that the executions are about. The
    caller must hold ``past.turn``."""
    recorded = past.recorded(execution.ref for execution in executions)
    news: list[Run] = []
    for execution in executions:
        run, description = _run(execution, answers, services), answers.described.get(execution.ref)
        if description:
            news.append(_assessed(run, description, answers, services))
        elif run.failures or recorded.get(execution.ref) != execution:
            news.append(run)
    runs, customers = past.derived_with(news)
    return runs.replaced(customers, lambda run: _with_children(run, answers)), customers


def of_customer(customer: str, history: History, services: Services) -> list[Execution]:
    """The customer's runs among ``history.news``. Among them are runs that do not show the customer themselves, but
    that the recorded past assigns to the customer. The caller must hold ``history.past.turn``."""
    recorded = {run.ref for run in history.past.of([customer])}
    customer_of = services.recogniser.customer_of
    return [run for run in history.news if run.ref in recorded or customer_of(run) == customer]


async def with_pollers(runs: RunsByCustomer, customers: Collection[str | None], engine: Engine) -> RunsByCustomer:
    """The same runs. Each run of these customers that waits for a worker gets the number of workers that poll its
    task queue; None if Temporal does not tell."""
    waiting = {where for run in runs.of(customers) if (where := _waits_on(run))}
    if not waiting:
        return runs
    polled: dict[tuple[str, TaskKind], int] = {}
    for queue, kind in sorted(waiting):
        try:
            polled[queue, kind] = await engine.pollers(queue, kind)
        except DependencyError as exc:
            _log.warning("pollers not counted", queue=queue, kind=kind, reason=str(exc))

    def polled_run(run: Run) -> Run:
        where = _waits_on(run)
        return replace(run, pollers=polled.get(where)) if where else run

    return runs.replaced(customers, polled_run)


def _run(execution: Execution, answers: Answers, services: Services) -> Run:
    identity = services.recogniser.identify(execution)
    return Run(
        execution=execution,
        identity=identity,
        link=services.clusters[execution.ref.cluster].engine.link(execution.ref),
        failures=answers.recalled.failures.get(execution.ref, ()),
        campaigns=campaigns_of(execution, identity, services),
    )


def _assessed(run: Run, description: Description, answers: Answers, services: Services) -> Run:
    watch = services.config.watch
    at = answers.at - answers.ages.get(description.execution.ref, timedelta(0))
    failures = joined(run.failures, failures_of(description, at))
    past = Past(answers.recalled.observations.get(description.execution.ref, ()), failures)
    patience = Patience(watch.stalled_after, watch.no_worker_after)
    health = assess(description, past, patience, at) if run.is_open else None
    return replace(run, health=health, cancel_requested=description.cancel_requested, failures=failures)


def _with_children(run: Run, answers: Answers) -> Run:
    children = answers.children.get(run.execution.ref, ())
    if run.health is None or not children:
        return run
    health = with_children_health(run.health, children, run.window)
    return replace(run, health=health, children=children_health(children, run.window))


def _waits_on(run: Run) -> tuple[str, TaskKind] | None:
    """The task queue on which the run waits for a worker, and the kind of the task; None if the run does not wait for
    one."""
    return (run.health.task_queue, run.health.waits_for) if run.health and run.health.waiting_since else None
