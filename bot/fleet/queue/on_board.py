"""Puts the queue of a cluster into its row of the board. Pure."""

from dataclasses import replace

from bot.fleet.queue.summary import summary
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import ClusterRow
from bot.fleet.status.queue import QueueSilent, places
from bot.model import CampaignScope, State
from bot.model.queue import QueueStanding

_NOTHING_TO_RUN = (State.COMPLETE, State.NOT_APPLICABLE)


def with_queue(row: ClusterRow, queue: QueueStanding | QueueSilent | None, scope: CampaignScope | None) -> ClusterRow:
    """The row with its queue, in which each customer that is not complete has its ``turn`` there. ``scope`` is the
    campaign of the row if several are known."""
    if queue is None:
        return row
    found = {} if isinstance(queue, QueueSilent) else places(queue.state, scope)

    def with_turn(backfill: Backfill) -> Backfill:
        turn = queue if isinstance(queue, QueueSilent) else found.get(backfill.customer)
        return replace(backfill, turn=turn) if turn and backfill.state not in _NOTHING_TO_RUN else backfill

    return replace(
        row,
        customers=tuple(map(with_turn, row.customers)),
        extras=tuple(map(with_turn, row.extras)),
        queue=queue if isinstance(queue, QueueSilent) else summary(queue),
    )
