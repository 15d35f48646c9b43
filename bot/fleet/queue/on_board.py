"""Adds the queue of a cluster to the cluster's row of the board, the table of all clusters that ``status`` shows.
Pure."""

from dataclasses import replace

from bot.fleet.queue.summary import summary
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import ClusterRow
from bot.fleet.status.queue import QueueSilent, places
from bot.model import CampaignScope, State
from bot.model.queue import QueueStanding

_NOTHING_TO_RUN = (State.COMPLETE, State.NOT_APPLICABLE)


def with_queue(row: ClusterRow, queue: QueueStanding | QueueSilent | None, scope: CampaignScope | None) -> ClusterRow:
    """The row with a summary of the cluster's queue; unchanged if no queue is open. Each customer that waits in the
    queue and is not complete also gets its place there as ``turn``. If the queue does not answer, the row and all
    customers that are not complete get the ``QueueSilent`` instead. If several campaigns are known, ``scope`` is the
    row's campaign, and only places in that campaign count."""
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
