"""Shows which windows would run for one customer, and why. It starts and changes nothing."""

import asyncio
from dataclasses import replace

from bot.commands import Plan as PlanCommand
from bot.computing import compute
from bot.fleet.planning.plan import PlanResult, SequenceNote, SequenceUnknown, Unplanned
from bot.fleet.planning.planner import make_plan
from bot.fleet.refusals.sequences import OpenSequence
from bot.fleet.runs.open_work import elsewhere_notes
from bot.fleet.runs.run import ClusterView
from bot.fleet.status.board import Silent
from bot.services import Services
from bot.usecases.control.plan_inputs import check_days, plan_inputs_of, range_within, resolve_customer
from bot.usecases.display_names import names_of
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.observe import observe_whole
from bot.usecases.observe.open_work import open_work_elsewhere


async def plan(command: PlanCommand, services: Services) -> PlanResult:
    """Raises Declined for a wrong name, range or size. If a system does not answer, the result says which."""
    campaign = services.config.campaign.window
    whole = range_within(command.range, campaign)
    check_days(command.days, campaign)
    target = await resolve_customer(command, services)

    async def ask(cluster: str) -> ClusterView:
        return await observe_whole(cluster, services)

    (view,), others = await asyncio.gather(
        ask_all(ask, (target.cluster,), services), open_work_elsewhere(target, services)
    )
    notes = elsewhere_notes(target.customer, others)
    if isinstance(view, Silent):
        return Unplanned(target, whole, services.now(), view, notes, is_typed=command.range is not None)
    (inputs,) = await plan_inputs_of([target], view, services)
    result = await compute(make_plan, inputs, whole, command.days, services.config.sizing.rules)
    sequence = await _sequence(view, target.customer, services)
    at_once = services.config.control.parallel
    return replace(result, notes=(*sequence, *notes), is_typed=command.range is not None, at_once=at_once)


async def _sequence(view: ClusterView, customer: str, services: Services) -> tuple[SequenceNote, ...]:
    """A note that the customer has an open sequence, which starts windows by itself; or a note that the open
    sequences are not known. Empty if the customer has no open sequence."""
    if view.sequences_silent:
        return (SequenceUnknown(view.sequences_silent),)
    standing = next((standing for standing in view.sequences if standing.customer == customer), None)
    if standing is None:
        return ()
    names = await names_of([standing.started_by], services)
    return (OpenSequence(standing, names[standing.started_by]),)
