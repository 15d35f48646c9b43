"""Requests the cancellation of one run and of the workflows below it. ``follow`` sees whether the run closes."""

from datetime import timedelta

from bot.errors import DependencyError, NotFound
from bot.fleet.runs.descendants import ending
from bot.fleet.runs.run import Run
from bot.model import Description, Ref
from bot.services import Services
from bot.usecases.observe.descendants import descendants_of


async def cancel_run(ref: Ref, reason: str, services: Services) -> timedelta:
    """Request the cancellation, and return the longest heartbeat timeout of the run's activities, because Temporal
    reports none for a closed run.

    Raises Unavailable or Refused. Idempotent: for a run that is already being cancelled, closed or gone, nothing
    happens.
    """
    description = await _describe(ref, services)
    try:
        await services.clusters[ref.cluster].control.cancel(ref, reason)
    except NotFound:
        return timedelta(0)
    if description:
        await _cancel_below(description, reason, services)
    return _heartbeat_timeout(description)


async def _describe(ref: Ref, services: Services) -> Description | None:
    """The run's description; None if Temporal does not answer, because the cancel request is more urgent."""
    try:
        return await services.clusters[ref.cluster].engine.describe(ref)
    except DependencyError:
        return None


async def _cancel_below(description: Description, reason: str, services: Services) -> None:
    """Also cancel the descendants that end with the run. A child may have begun since a person confirmed."""
    run = Run(description.execution, services.recogniser.identify(description.execution))
    customer, windows = (run.name, [run.window]) if run.window else ("", [])
    descendants = await descendants_of(run.execution.ref.cluster, [run], services)
    for child in ending(descendants, customer, windows):
        if not child.cancel_requested:
            await services.clusters[run.execution.ref.cluster].control.cancel(child.execution.ref, reason)


def _heartbeat_timeout(description: Description | None) -> timedelta:
    activities = description.activities if description else ()
    return max(filter(None, (activity.heartbeat_timeout for activity in activities)), default=timedelta(0))
