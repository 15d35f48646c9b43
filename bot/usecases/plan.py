"""What would run for one customer, and why so: nothing is started, and nothing is changed."""

import structlog

from bot.commands import Plan as PlanCommand
from bot.commands import usage_hint
from bot.errors import SystemAnswer, UsageError
from bot.fleet.board import Silent
from bot.fleet.directory import Target
from bot.fleet.plan import PlanResult, Unplanned
from bot.fleet.planning import Facts, draw_up
from bot.fleet.runs import ClusterView, by_customer
from bot.fleet.throughput import Volumes, comparable
from bot.model import Actor, Window
from bot.services import Services
from bot.usecases.fan_out import ask_all
from bot.usecases.observe import observe
from bot.usecases.resolve import resolve_target

# What so many have taken tells a cluster's pace; the source is asked about each of them.
MEASURED_CUSTOMERS = 50

_log = structlog.get_logger(__name__)


async def plan(command: PlanCommand, actor: Actor, services: Services) -> PlanResult:  # noqa: ARG001
    """Raises UsageError for a name, range or size that cannot be meant; who does not answer is told in the result."""
    campaign = services.config.campaign.window
    whole = _within(command.range, campaign)
    if command.days and command.days > campaign.days:
        raise UsageError(
            f"Windows of {command.days:,} days are longer than the campaign.",
            f"It has {campaign.days:,} days, {campaign}.",
        )
    target = await resolve_target(command.target, services)
    if not target.customer:
        raise UsageError(f"{target.cluster} is a cluster, and a plan is for one customer.", usage_hint(PlanCommand))

    async def ask(cluster: str) -> ClusterView:
        return await observe(cluster, services)

    (view,) = await ask_all(ask, (target.cluster,), services)
    if isinstance(view, Silent):
        return Unplanned(target, whole, services.now(), view)
    return draw_up(await _facts(target, view, services), whole, command.days, services.config.sizing.rules)


def _within(typed: Window | None, campaign: Window) -> Window:
    if typed is None or campaign.contains(typed):
        return typed or campaign
    inside = typed.intersection(campaign)
    hint = f"Did you mean {inside}?" if inside else "Without a range the whole campaign is meant."
    raise UsageError(f"{typed} is not within the campaign, which is {campaign}.", hint)


async def _facts(target: Target, view: ClusterView, services: Services) -> Facts:
    """The source is asked about this customer, and about others only where they have to tell the pace."""
    runs, shortest = by_customer(view.runs), services.config.sizing.shortest
    others = comparable(target.customer, runs, shortest, MEASURED_CUSTOMERS)
    campaign, silent = services.config.campaign.window, ""
    volumes: Volumes | None = None
    try:
        found = await services.clusters[target.cluster].warehouse.volumes([target.customer, *others], campaign)
        volumes = Volumes(campaign, found)
    except SystemAnswer as exc:
        _log.warning("source not asked", cluster=target.cluster, customer=target.customer, reason=str(exc))
        silent = exc.why
    expected = target.customer in services.config.clusters[target.cluster].customers
    return Facts(target, campaign, runs, volumes, silent, expected)
