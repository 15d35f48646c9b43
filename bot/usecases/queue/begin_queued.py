"""Begins the sequence of a queued customer whose turn has come, as ``run`` would: it plans anew what is missing.

Idempotent: the id of the sequence is given, and Temporal has one sequence of a customer at a time.
"""

from dataclasses import replace

from bot.commands import Run, Selection
from bot.errors import Conflict, Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.proposal import BeginSequence
from bot.fleet.proposals.run import RunRequest, propose_run
from bot.fleet.queue.not_begun import reason_of
from bot.fleet.refusals.declined import ActionBlocked, Declined
from bot.model import SequenceSpec
from bot.model.queue import BeginQueuedRequest, BeginQueuedResult, NotBegun
from bot.services import Services
from bot.usecases.campaigns.choice import require_startable
from bot.usecases.campaigns.scope import services_of
from bot.usecases.control.plan_inputs import start_context_of
from bot.usecases.observe.cluster_time import cluster_time


async def begin_queued(cluster: str, request: BeginQueuedRequest, services: Services) -> BeginQueuedResult:
    """Begin the sequence, or return why it is not begun. Raises DependencyError if a system does not answer, if no
    worker would run the windows, or if the configuration lets the campaign start nothing."""
    services = await services_of(request.batch.campaign, services)
    try:
        if services.view:
            require_startable(services.view.campaign)
        spec = await _spec(cluster, request, services)
    except ActionBlocked as exc:
        raise Unavailable(f"Temporal of {cluster}", type(exc.reason).__name__) from exc
    except Declined as exc:
        return await _declined(cluster, request, reason_of(exc.reason), services)
    try:
        await services.clusters[cluster].control.begin(spec)
    except Conflict:
        return BeginQueuedResult(NotBegun.SEQUENCE_OPEN)
    return BeginQueuedResult()


async def _spec(cluster: str, request: BeginQueuedRequest, services: Services) -> SequenceSpec:
    batch, customer = request.batch, request.customer
    which = Selection(batch.which)
    command = Run(target=f"{cluster}/{customer}", range=batch.whole, days=batch.days, which=which)
    context = await start_context_of(Target(cluster, customer), services)
    proposal = propose_run(command, RunRequest(batch.whole, which, batch.days), context)
    (act,) = (act for act in proposal.acts if isinstance(act, BeginSequence))
    spec = replace(
        act.spec,
        id=request.sequence,
        batch=batch.id,
        started_by=batch.by,
        started_at=await cluster_time(cluster, services),
        reason=batch.reason,
        plan_digest=proposal.digest,
    )
    return replace(spec, thread_key=batch.thread_key or spec.card_key)


async def _declined(
    cluster: str, request: BeginQueuedRequest, why: NotBegun, services: Services
) -> BeginQueuedResult:
    """The reason why nothing is begun. If an earlier attempt has begun this very sequence and its answer was lost,
    the sequence counts as begun."""
    latest = await services.clusters[cluster].control.sequence(request.customer)
    return BeginQueuedResult(None if latest is not None and latest.id == request.sequence else why)
