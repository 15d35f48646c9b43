"""Finds the alerts that a sequence takes over."""

import asyncio
from collections.abc import Iterable

import structlog

from bot.errors import DependencyError, NotFound
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.alerts.episodes import has_run, is_for
from bot.model import Episode, SequenceSpec
from bot.services import Services

_log = structlog.get_logger(__name__)


async def own_alerts(spec: SequenceSpec, episodes: Iterable[Episode], services: Services) -> list[Episode]:
    """The alerts among ``episodes`` that the sequence takes over. ``services`` are those of the sequence's campaign.

    Only alerts that pass ``is_for`` are considered. Of these, the sequence takes over:
    - an alert that it has taken over before, or whose run it cancels or follows;
    - an alert of its campaign whose reason is one of ``CLOSED_REASONS``, or whose run Temporal no longer knows;
    - any other alert if its run has closed and fills days of the campaign. A run of another workflow type or campaign
      may be about the same customer and days, and its alert is not taken over.

    If the cluster does not answer about a run, the run's alert is not taken over yet.
    """
    candidates = [episode for episode in episodes if is_for(spec, episode)]
    own = await asyncio.gather(*(_is_own(spec, episode, services) for episode in candidates))
    return [episode for episode, is_own in zip(candidates, own, strict=True) if is_own]


async def _is_own(spec: SequenceSpec, episode: Episode, services: Services) -> bool:
    is_taken_over = episode.sequence is not None and episode.sequence.spec.id == spec.id
    if is_taken_over or has_run(spec, episode):
        return True
    is_of_same_campaign = "" in (episode.campaign, spec.campaign) or episode.campaign == spec.campaign
    if episode.alert_reason in CLOSED_REASONS:
        return is_of_same_campaign
    cluster = episode.ref.cluster
    if cluster not in services.config.clusters:
        # The campaign has left the cluster, or the cluster has another name now.
        return False
    try:
        run = (await services.clusters[cluster].engine.describe(episode.ref)).execution
    except NotFound:
        return is_of_same_campaign
    except DependencyError as exc:
        _log.info("alert not taken over yet", cluster=cluster, customer=episode.customer, reason=str(exc))
        return False
    is_of_campaign = services.covers(run, services.recogniser.identify(run))
    return not run.status.is_open and is_of_campaign and run.workflow_type in services.config.counted_types(cluster)
