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
