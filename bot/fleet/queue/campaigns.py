"""The part of a cluster's queue that belongs to one campaign."""

from dataclasses import replace

from bot.model import CampaignScope
from bot.model.queue import QueueStanding, QueueState


def of_campaign(standing: QueueStanding, scope: CampaignScope) -> QueueStanding:
    """The queue as if only this campaign's customers waited in it."""
    own = batches_of(standing.state, scope)
    state = replace(
        standing.state,
        queued=tuple(queued for queued in standing.state.queued if queued.batch in own),
        starting=tuple(starting for starting in standing.state.starting if starting.batch in own),
    )
    return replace(standing, state=state)


def batches_of(state: QueueState, scope: CampaignScope) -> frozenset[str]:
    """The ids of the batches that are for this campaign."""
    return frozenset(batch.id for batch in state.batches if scope.owns(batch.campaign))


def queued_names(state: QueueState, scope: CampaignScope | None) -> frozenset[str]:
    """The customers that have a place or whose sequence is being begun; those of one campaign if ``scope`` is
    given."""
    own = {batch.id for batch in state.batches if scope is None or scope.owns(batch.campaign)}
    starting = {each.customer for each in state.starting if each.batch in own and not each.is_begun}
    return frozenset(starting | {queued.customer for queued in state.queued if queued.batch in own})


def begun_names(state: QueueState) -> frozenset[str]:
    """The customers for which the queue knows of a sequence that has begun, in whichever campaign. The queue may know
    of the sequence before Temporal lists it."""
    begun = {each.customer for each in state.starting if each.is_begun}
    return frozenset(begun | {member.demand.customer for member in state.members})
