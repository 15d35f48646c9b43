"""Requests the cancellation of one run and of the workflows below it. ``follow`` sees whether the run closes."""

from contextlib import suppress
from datetime import timedelta

from bot.errors import DependencyError, NotFound
from bot.fleet.runs.close_facts import longest_heartbeat_timeout
from bot.fleet.runs.descendants import ending
from bot.fleet.runs.run import Run
from bot.model import Description, Execution, Ref
from bot.services import Services
from bot.usecases.drive.next_links import latest_link, links_after
from bot.usecases.observe.claims import earlier_links
from bot.usecases.observe.descendants import descendants_of


async def cancel_run(ref: Ref, reason: str, services: Services) -> timedelta:
    """Request the cancellation of the run and of the workflows that end with it. Returns the longest heartbeat
    timeout of their activities, which Temporal no longer reports once the run has closed; zero if none is known.

    Raises Unavailable or Refused. If the run cannot be described, only the run itself is cancelled, and then the
    error is raised. Idempotent: a run that is already being cancelled or has closed stays as it is, and only the
    workflows that end with it are cancelled, if they are still open. Nothing happens for a run that Temporal no
    longer knows.
    """
    cluster = services.clusters[ref.cluster]
    try:
        description = await cluster.engine.describe(ref)
    except NotFound:
        description = None
    except DependencyError:
        # The request is more urgent than the description.
        with suppress(NotFound):
            await cluster.control.cancel(ref, reason)
        raise
    try:
        await cluster.control.cancel(ref, reason)
    except NotFound:
        return timedelta(0)
    if description is None:
        return timedelta(0)
    ended = await _cancel_below(description, reason, services)
    timeouts = (longest_heartbeat_timeout(run) for run in (description.execution, *ended))
    own = (activity.heartbeat_timeout for activity in description.activities)
    return max(filter(None, (*timeouts, *own)), default=timedelta(0))


async def _cancel_below(description: Description, reason: str, services: Services) -> list[Execution]:
    """Also cancel the descendants that end with the run, and return them. They are looked up now, below all links of
    the chain, because a child may have begun since a person confirmed, perhaps below another link than the confirmed
    one."""
    first = description.execution
    later = await links_after(first, services) or (
        await latest_link(first, services) if first.status.continues else ()
    )
    chain = (first, *later)
    links = (*await earlier_links(first, services), *chain[:-1])
    run = Run(chain[-1], services.recogniser.identify(chain[-1]), links=links)
    cluster = run.execution.ref.cluster
    closed = {description.execution.ref: description}
    found = ending(
        await descendants_of(cluster, [run], services, closed), run.name, [run.window] if run.window else []
    )
    for child in found:
        if not child.cancel_requested:
            await services.clusters[cluster].control.cancel(child.execution.ref, reason)
    return [child.execution for child in found]
