"""What would run for one customer, and why so: nothing is started, and nothing is changed."""

import asyncio
from dataclasses import replace

from bot.commands import Plan as PlanCommand
from bot.fleet.planning.plan import PlanResult, Unplanned
from bot.fleet.planning.planner import draw_up
from bot.fleet.proposals.sentences import runs_already
from bot.fleet.runs.open_work import elsewhere_sentences
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.board import Silent
from bot.services import Services
from bot.usecases.control.plan_inputs import check_days, facts_of, one_customer, within
from bot.usecases.display_names import names_of
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.observe import observe_whole
from bot.usecases.observe.open_work import seen_elsewhere


async def plan(command: PlanCommand, services: Services) -> PlanResult:
    """Raises UsageError for a name, range or size that cannot be meant; who does not answer is told in the result."""
    campaign = services.config.campaign.window
    whole = within(command.range, campaign)
    check_days(command.days, campaign)
    target = await one_customer(command, services)

    async def ask(cluster: str) -> ClusterView:
        return await observe_whole(cluster, services)

    (view,), others = await asyncio.gather(
        ask_all(ask, (target.cluster,), services), seen_elsewhere(target, services)
    )
    notes = elsewhere_sentences(target.customer, others)
    if isinstance(view, Silent):
        return Unplanned(target, whole, services.now(), view, notes)
    (facts,) = await facts_of([target], view, services)
    drawn = await asyncio.to_thread(draw_up, facts, whole, command.days, services.config.sizing.rules)
    return replace(drawn, notes=(*await _sequence(view, target.customer, services), *notes))


async def _sequence(view: ClusterView, customer: str, services: Services) -> tuple[str, ...]:
    """That one is open, which runs all this or something else by itself; or that nobody knows."""
    if view.sequences_silent:
        return (f"Whether a sequence runs its windows is not known: {view.sequences_silent}.",)
    standing = next((one for one in view.sequences if one.customer == customer), None)
    if standing is None:
        return ()
    names = await names_of([standing.started_by], services)
    told = runs_already(standing, names[standing.started_by])
    return (f"{told} While it is open, nothing else starts windows of {customer} there.",)
