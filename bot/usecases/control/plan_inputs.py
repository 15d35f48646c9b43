"""Gathers what is needed to start windows for a cluster's customers: runs, volumes and workers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from bot.commands import Plan, Reset, Split, Timeout
from bot.commands import Run as RunCommand
from bot.computing import compute
from bot.errors import DependencyError, Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.planning.planner import PlanInputs
from bot.fleet.planning.throughput import Volumes, customers_with_pace
from bot.fleet.proposals.context import ProposalContext, StartContext, Workers
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import ClusterGiven, OutsideCampaign, WindowsTooLong
from bot.fleet.runs.run import ClusterView, Run, by_customer
from bot.model import TaskKind, Window
from bot.model.text import listed
from bot.services import Services
from bot.usecases.control.context import context_of
from bot.usecases.observe.observe import observe_whole
from bot.usecases.resolve import resolve_target

# A cluster's pace is measured on at most this many customers, because the source is asked about each of them.
MEASURED_CUSTOMERS = 50

_log = structlog.get_logger(__name__)


async def resolve_customer(command: Plan | RunCommand, services: Services) -> Target:
    """The customer that the command names. Raises Declined if the name is unknown or ambiguous, or if it names a
    cluster."""
    return require_customer(command, await resolve_target(command.target, services))


def require_customer(command: Plan | RunCommand | Split | Timeout | Reset, target: Target) -> Target:
    """Returns the target. Raises Declined if it is a cluster."""
    if not target.customer:
        raise Declined(ClusterGiven(command, target.cluster))
    return target


def check_days(days: int | None, campaign: Window) -> None:
    """Raises Declined for windows that are longer than the campaign."""
    if days and days > campaign.days:
        raise Declined(WindowsTooLong(days, campaign))


def range_within(typed_range: Window | None, campaign: Window) -> Window:
    """The typed range, or the whole campaign if none was typed. Raises Declined for days outside the campaign."""
    if typed_range is None or campaign.contains(typed_range):
        return typed_range or campaign
    raise Declined(OutsideCampaign(typed_range, campaign))


async def start_context_of(target: Target, services: Services) -> StartContext:
    """The context of a start for this target. Raises DependencyError if Temporal does not answer, if it has not
    described every open run of the customer, or if not all past runs are known."""
    view = await observe_whole(target.cluster, services)
    context = await context_of(target, view, services)
    require_all_described(context)
    (start_context,) = await start_contexts_of(view, [context], services)
    return start_context


def require_all_described(context: ProposalContext) -> None:
    """Raises Unavailable if Temporal has not described one of the open runs. Then it is unknown whether to adopt that
    run, or to wait until its cancellation is done."""
    undescribed = [run.execution.ref.workflow_id for run in context.open if run.health is None]
    if undescribed:
        raise Unavailable(f"Temporal of {context.target.cluster}", f"no answer about {listed(undescribed)}")


async def start_contexts_of(
    view: ClusterView, contexts: Sequence[ProposalContext], services: Services
) -> list[StartContext]:
    """The context of a start for each of ``contexts``, whose customers are all on the same cluster."""
    workers = await _workers(view, services)
    targets = [context.target for context in contexts]
    inputs = await plan_inputs_of(targets, view, services) if targets else []
    return [StartContext(context, facts, workers) for context, facts in zip(contexts, inputs, strict=True)]


async def plan_inputs_of(targets: Sequence[Target], view: ClusterView, services: Services) -> list[PlanInputs]:
    """The inputs of a plan for each target. Reads the volumes from the source with one question, which also covers
    the other customers whose runs give the pace. If the source does not answer, the inputs say why."""
    config = services.config
    own = [target.customer for target in targets]
    runs, others = await compute(_runs_and_comparable, view, own, config.sizing.shortest)
    campaign, silent = config.campaign.window, ""
    volumes: Volumes | None = None
    try:
        customers = list(dict.fromkeys([*own, *others]))
        volumes = Volumes(campaign, await services.clusters[view.cluster].warehouse.volumes(customers, campaign))
    except DependencyError as exc:
        _log.warning("source not asked", cluster=view.cluster, customers=own, reason=str(exc))
        silent = exc.why
    expected = config.clusters[view.cluster].customers
    return [
        PlanInputs(target, campaign, runs, volumes, silent, target.customer in expected, view.at)
        for target in targets
    ]


def _runs_and_comparable(
    view: ClusterView, own: Sequence[str], shortest: timedelta
) -> tuple[Mapping[str, Sequence[Run]], list[str]]:
    """All runs by customer; and the names of other customers, whose runs give the pace for those in ``own`` that have
    no measured runs themselves. A run that took less than ``shortest`` is not measured."""
    runs = by_customer(view.runs)
    return runs, [
        name for customer in own for name in customers_with_pace(customer, runs, shortest, MEASURED_CUSTOMERS)
    ]


async def _workers(view: ClusterView, services: Services) -> Workers:
    workflow = services.config.filling_workflow(view.cluster)
    engine = services.clusters[view.cluster].engine
    # The activities may have their own task queue and workers, which the configuration does not name.
    pollers = await engine.pollers(workflow.task_queue, TaskKind.WORKFLOW)
    was_seen = any(run.execution.workflow_type == workflow.types[0] for run in view.runs)
    return Workers(workflow, pollers, was_seen)
