"""How many customers of a board wait in the queue of each cluster, for Home and the digest."""

from dataclasses import dataclass

from bot.fleet.status.board import Board, ClusterRow
from bot.fleet.status.queue import QueueSilent
from bot.model import State

# At most this many names, because a digest is stored with them.
UPCOMING_KEPT = 5


@dataclass(frozen=True, slots=True)
class QueuedCustomers:
    """Customers of a board that wait in the queue of a cluster. ``number`` is how many there are, and ``upcoming``
    names the first of them. ``held`` is how many of them are on hold: the queue passes these over until somebody
    resumes them. ``paused_by`` is the name of the person who has paused the queue; "" if nobody has. ``silent`` is
    the reason if the queue does not answer, else "". If the queue does not answer, it is not known whether these
    customers wait there."""

    cluster: str
    number: int
    upcoming: tuple[str, ...]
    held: int = 0
    paused_by: str = ""
    silent: str = ""

    @property
    def needs_person(self) -> bool:
        """Whether some of these customers wait until a person resumes them or the queue."""
        return bool(self.paused_by or self.held)


def queued_customers(board: Board) -> tuple[QueuedCustomers, ...]:
    """How many customers of the board wait in the queue, for each cluster where any do. If the queue does not answer,
    the customers whose work has stopped are counted, because they may wait there. Clusters without a counted customer
    are left out."""
    return tuple(found for row in board.answered if (found := _queued(row, board)).number)


def _queued(row: ClusterRow, board: Board) -> QueuedCustomers:
    if isinstance(row.queue, QueueSilent):
        begun = [b.customer for b in row.open if b.may_be_queued and b.state is not State.NOT_STARTED]
        return QueuedCustomers(row.cluster, len(begun), tuple(begun[:UPCOMING_KEPT]), silent=row.queue.why)
    waiting = {b.customer: b.place for b in row.open if b.place}
    upcoming = sorted((name for name in waiting if not waiting[name].is_held), key=lambda name: waiting[name].place)
    paused_by = row.queue.paused_by if row.queue else ""
    return QueuedCustomers(
        row.cluster,
        len(waiting),
        tuple(upcoming[:UPCOMING_KEPT]),
        held=len(waiting) - len(upcoming),
        paused_by=board.people.get(paused_by, paused_by),
    )
