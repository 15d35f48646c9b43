"""What a plan suggests for the days of an alert: how many windows of which size, and how long they take. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.fleet.planning.plan import Plan
from bot.fleet.planning.planner import PlanInputs, make_plan
from bot.fleet.runs.run import Run
from bot.model import Ref, SizingRules, SuggestedWindows, Window
from bot.model.coverage import missing


def suggested_windows(
    inputs: PlanInputs, ended: Collection[Ref], about: Sequence[Window], rules: SizingRules, at_once: int
) -> SuggestedWindows | None:
    """The windows to suggest for the days ``about``, once the runs in ``ended`` have ended. ``at_once`` is how many
    windows run at a time. None if the source did not answer, if no run in ``ended`` fills days of the campaign, or if
    a single window would do. Also None if the plan would run days that are not in ``about``: people would think that
    all of its windows are for the days ``about``."""
    customer = inputs.target.customer
    own = inputs.runs.get(customer, ())
    left = [run for run in own if not _is_among(run, ended)]
    if inputs.volumes is None or len(left) == len(own):
        return None
    without = replace(inputs, runs={**inputs.runs, customer: left})
    plan = replace(make_plan(without, inputs.campaign, None, rules), at_once=at_once)
    if len(plan.to_run) < 2 or not _is_about(plan, about):
        return None
    eta, longest = plan.eta, max(planned.window.days for planned in plan.to_run)
    return SuggestedWindows(len(plan.to_run), longest, eta.low if eta else None, eta.high if eta else None)


def _is_among(run: Run, refs: Collection[Ref]) -> bool:
    return any(ref in refs for ref in run.refs)


def _is_about(plan: Plan, days: Sequence[Window]) -> bool:
    return all(not missing(planned.window, days) for planned in plan.to_run)
