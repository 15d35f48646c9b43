"""Plans the windows that a new alert suggests, so that the alert has the numbers that a person needs.

This happens once, when the alert opens. It asks Temporal nothing: the runs are those of the run history. The alerts
that open together take one statement in the source for each of their campaigns, and wait at most
``PATIENCE_SECONDS``.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.computing import compute
from bot.errors import Unavailable
from bot.fleet.alerts.reconcile import Pass, newly_alerting
from bot.fleet.campaigns.membership import AlertCampaigns
from bot.fleet.name_lookup import Target
from bot.fleet.planning.planner import PlanInputs
from bot.fleet.planning.suggested_windows import suggested_windows
from bot.fleet.runs.observation import DescribedRun
from bot.fleet.runs.run import ClusterView
from bot.model import AlertReason, Ref, SuggestedWindows
from bot.services import Services
from bot.usecases.campaigns.scope import services_of
from bot.usecases.control.plan_inputs import plan_inputs_of
from bot.usecases.observe.past import recorded_past
from bot.usecases.watch.describe import run_isolated

PATIENCE_SECONDS = 1.0
# If more alerts open within ``[alerts] storm_within``, they probably share a cause, and nothing is planned. This also
# bounds the statements that alerts cost the source.
MOST_TOGETHER = 5
# The reasons whose advice names windows.
_REASONS = (AlertReason.HEARTBEAT_TIMEOUT, AlertReason.FAILED)

_Suggested = Mapping[Ref, SuggestedWindows]


async def with_suggested_windows(seen: Pass, services: Services) -> Sequence[DescribedRun]:
    """The runs of the pass. Each run that opens an alert gets the windows that the alert suggests. It gets none if a
    system does not answer in time, if the past is not wholly known, or if many alerts open together."""
    opening = [run for run in newly_alerting(seen.runs, seen.remembered) if _takes_windows(run, seen)]
    since = seen.now - services.config.alerts.storm_within
    together = len(opening) + sum(alert.opened_at > since for alert in seen.remembered)
    if not opening or together > MOST_TOGETHER:
        return seen.runs
    planning = _all_planned(opening, seen, services)
    planned: _Suggested = await run_isolated(planning, {}, "alert without plan", seen.cluster)
    return [replace(run, suggested=planned[run.ref]) if run.ref in planned else run for run in seen.runs]


def _takes_windows(run: DescribedRun, seen: Pass) -> bool:
    """Whether the alert of this run would suggest windows. A run of a sequence is left to the sequence."""
    is_known = bool(run.customer) and run.window is not None
    return is_known and run.alert_reason in _REASONS and not seen.sequence_thread(run)


async def _all_planned(opening: Sequence[DescribedRun], seen: Pass, services: Services) -> _Suggested:
    by_campaign: dict[str, list[DescribedRun]] = {}
    for run in opening:
        by_campaign.setdefault(seen.campaigns.get(run.ref, AlertCampaigns()).acts_in, []).append(run)
    planned: dict[Ref, SuggestedWindows] = {}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for campaign, own in by_campaign.items():
                planned |= await _planned(own, seen, await services_of(campaign, services))
    except TimeoutError as exc:
        raise Unavailable(seen.cluster, "not in time") from exc
    return planned


async def _planned(runs: Sequence[DescribedRun], seen: Pass, services: Services) -> _Suggested:
    """The windows to suggest for each of these runs, which are all of one campaign. Empty as long as the past is not
    wholly read, because complete days would seem to be missing."""
    cluster = seen.cluster
    if cluster not in services.config.clusters:
        return {}
    past = await recorded_past(cluster, services)
    if past.reading is None or not past.reading.is_whole:
        return {}
    async with past.turn:
        recorded, _ = await compute(past.derived_with, ())
    view = ClusterView(cluster, seen.now - seen.ahead, recorded)
    targets = [Target(cluster, run.customer) for run in runs]
    return await compute(_suggested, runs, await plan_inputs_of(targets, view, services), services)


def _suggested(runs: Sequence[DescribedRun], inputs: Sequence[PlanInputs], services: Services) -> _Suggested:
    config, ended = services.config, {ref for run in runs for ref in (run.ref, run.chain)}
    found: dict[Ref, SuggestedWindows] = {}
    for run, known in zip(runs, inputs, strict=True):
        about = run.facts.days or ((run.window,) if run.window else ())
        windows = suggested_windows(known, ended, about, config.sizing.rules, config.control.parallel)
        if windows:
            found[run.ref] = windows
    return found
