"""Finds the places on hold in a cluster's queue that have nothing left to wait for: a command has run their days
meanwhile. Only reads."""

from collections.abc import Sequence

import structlog

from bot.errors import DependencyError
from bot.model.coverage import missing
from bot.model.queue import Batch
from bot.model.queue_requests import SurveyRequest
from bot.services import Services
from bot.usecases.campaigns.scope import services_of
from bot.usecases.observe.observe import look

_log = structlog.get_logger(__name__)


async def finished_places(cluster: str, request: SurveyRequest, services: Services) -> tuple[tuple[str, str], ...]:
    """The held places whose days are complete, each as its customer and its batch. If the runs of a campaign cannot
    be read, the campaign's places stay on hold, and a later survey looks again."""
    by_campaign: dict[str, list[Batch]] = {}
    for batch in request.batches:
        by_campaign.setdefault(batch.campaign, []).append(batch)
    finished: list[tuple[str, str]] = []
    for campaign, batches in by_campaign.items():
        try:
            finished += await _finished(cluster, batches, request, await services_of(campaign, services))
        except DependencyError as exc:
            _log.warning("held places not checked", cluster=cluster, campaign=campaign, reason=str(exc))
    return tuple(finished)


async def _finished(
    cluster: str, batches: Sequence[Batch], request: SurveyRequest, services: Services
) -> list[tuple[str, str]]:
    known, name = services.config.campaign, batches[0].campaign
    if cluster not in services.config.clusters or (name and name.casefold() != known.name.casefold()):
        return []
    days = {batch.id: whole for batch in batches if (whole := batch.whole.intersection(known.window))}
    view = await look(cluster, services)
    return [
        (customer, batch)
        for customer, batch in request.held
        if batch in days
        and not missing(days[batch], (window for run in view.of(customer) for window in run.complete_days))
    ]
