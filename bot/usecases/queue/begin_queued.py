"""Begins the sequence of a queued customer whose turn has come, as ``run`` would: it plans anew what is missing.

Idempotent: the request has the id of the sequence, and by this id a repeated attempt recognises the sequence that an
earlier attempt has begun. Temporal allows only one open sequence of a customer in a campaign.
"""

from dataclasses import replace

from bot.commands import Run, Selection
from bot.errors import Conflict, Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.confirmed import NotBegunLine
from bot.fleet.notifications.notification import dump
from bot.fleet.proposals.proposal import BeginSequence
from bot.fleet.proposals.run import RunRequest, propose_run
from bot.fleet.queue.not_begun import reason_of
from bot.fleet.refusals.campaigns import CampaignBroken, CampaignNotOnCluster, UnknownCampaign
from bot.fleet.refusals.declined import ActionBlocked, Declined
from bot.fleet.refusals.requests import OutsideCampaign
from bot.fleet.refusals.runs import ChildGoesOn
from bot.model import JournalEntry, OutboxMessage, SequenceSpec
from bot.model.queue import NotBegun
from bot.model.queue_requests import BeginQueuedRequest, BeginQueuedResult
from bot.services import Services
from bot.usecases.campaigns.choice import require_startable
from bot.usecases.campaigns.scope import services_of
from bot.usecases.control.plan_inputs import start_context_of
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.watch.subscribers import shown_campaign


async def begin_queued(
    cluster: str, request: BeginQueuedRequest, services: Services, *, is_last_attempt: bool = False
) -> BeginQueuedResult:
    """Begin the sequence, or return why it is not begun. Raises DependencyError if a system does not answer. If no
    worker would run the windows, raises Unavailable, so that Temporal tries again; in the last attempt of the
    customer's turn (``is_last_attempt``), returns ``NotBegun.NOT_NOW`` instead."""
    services = await services_of(request.batch.campaign, services)
    try:
        _require_campaign(request.batch.campaign, cluster, services)
        spec = await _spec(cluster, request, services)
    except Declined as exc:
        # A child may go on for days, and a campaign that lacks its definition waits for a person: waiting for them
        # would keep the turn from everybody else.
        if isinstance(exc, ActionBlocked) and not isinstance(exc.reason, ChildGoesOn | CampaignBroken):
            if is_last_attempt:
                return BeginQueuedResult(NotBegun.NOT_NOW)
            raise Unavailable(f"Temporal of {cluster}", type(exc.reason).__name__) from exc
        why = services.audit_wording.refusal(exc.reason)
        return await _not_begun(cluster, request, (reason_of(exc.reason), why), services)
    try:
        await services.clusters[cluster].control.begin(spec)
    except Conflict as exc:
        return await _not_begun(cluster, request, (NotBegun.SEQUENCE_OPEN, str(exc)), services)
    return BeginQueuedResult()


def _require_campaign(name: str, cluster: str, services: Services) -> None:
    """Raise Declined if the campaign ``name`` is no longer known, can start nothing, or has left the cluster. If it
    is no longer known, ``services`` belong to the home campaign (``services_of``). The home campaign may fill the
    same days with another workflow, so the sequence must not begin with these services."""
    if name and services.config.campaign.name.casefold() != name.casefold():
        raise Declined(UnknownCampaign(name, services.view.book.names if services.view else ()))
    if services.view:
        require_startable(services.view.campaign)
    if cluster not in services.config.clusters:
        raise Declined(CampaignNotOnCluster(services.config.campaign.name, cluster))


async def _spec(cluster: str, request: BeginQueuedRequest, services: Services) -> SequenceSpec:
    batch, customer = request.batch, request.customer
    which, campaign = Selection(batch.which), services.config.campaign.window
    # The campaign may have become shorter meanwhile.
    whole = batch.whole.intersection(campaign)
    if whole is None:
        raise Declined(OutsideCampaign(batch.whole, campaign))
    command = Run(target=f"{cluster}/{customer}", range=whole, days=batch.days, which=which)
    context = await start_context_of(Target(cluster, customer), services)
    proposal = propose_run(command, RunRequest(whole, which, batch.days), context)
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


async def _not_begun(
    cluster: str, request: BeginQueuedRequest, why: tuple[NotBegun, str], services: Services
) -> BeginQueuedResult:
    """The reason why nothing is begun. Unless the customer has nothing to run, a line with this reason goes to the
    thread of the command that has queued the customer. If an earlier attempt has begun this very sequence, and only
    the answer to that attempt was lost, the sequence counts as begun."""
    latest = await services.clusters[cluster].control.sequence(request.customer)
    if latest is not None and latest.id == request.sequence:
        return BeginQueuedResult()
    reason, sentence = why
    if reason is not NotBegun.NOTHING_TO_RUN and request.batch.thread_key:
        may_begin, campaign = reason is not NotBegun.REFUSED, shown_campaign(services)
        line = NotBegunLine(cluster, request.customer, sentence, may_begin, campaign)
        message = OutboxMessage(f"not begun:{request.sequence}", dump(line), request.batch.thread_key)
        await services.journal.record(JournalEntry(messages=(message,)), services.now())
    return BeginQueuedResult(reason)
