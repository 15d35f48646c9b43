"""A cluster's queue as people see it: how full it is, who is next, and the place of each customer."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.model import CampaignScope, Ref
from bot.model.queue import Batch, QueueState


@dataclass(frozen=True, slots=True)
class QueueSilent:
    """A queue may be open, but it does not answer, so it is unknown who waits there."""

    why: str


@dataclass(frozen=True, slots=True)
class SlotHolder:
    """A customer's sequence, and how many windows it has slots for."""

    customer: str
    slots: int


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """An open queue. ``upcoming`` are the customers that wait for their turn, the next one first. ``held`` counts the
    customers that somebody has put on hold; the others overtake them.

    ``at_once`` is how many windows may run; None before the queue has asked Temporal. ``windows`` counts the windows
    that have a slot, ``waiting`` those that wait for one, and ``beginning`` the sequences that are being begun.
    ``holders`` are the sequences that have slots, the most first. ``other_runs`` are open runs that no sequence has
    started, ``examples`` some of them. ``is_full``: somebody waits, and no slot is free. ``paused_by`` is "" unless
    somebody has paused the queue.
    """

    upcoming: tuple[str, ...]
    held: int
    at_once: int | None
    windows: int
    waiting: int = 0
    beginning: int = 0
    holders: tuple[SlotHolder, ...] = ()
    other_runs: int = 0
    examples: tuple[Ref, ...] = ()
    is_full: bool = False
    paused_by: str = ""

    @property
    def queued(self) -> int:
        """How many customers wait for their turn."""
        return len(self.upcoming) + self.held

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits or begins, and nobody has paused the queue."""
        return not (self.queued or self.waiting or self.beginning or self.paused_by)


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """The ``place`` of a queued customer among ``waiting`` customers: 1 for the first, and 0 once its turn has come
    and its sequence is being begun. ``by`` is the user id of the person who has queued it, and ``reason`` is why;
    both are "" if the queue no longer has them. ``paused_by`` is the user id of the person who has paused the
    queue."""

    place: int
    waiting: int
    by: str
    reason: str
    is_held: bool = False
    paused_by: str = ""


Turn = QueuePlace | QueueSilent
"""What is known of a customer in the queue of its cluster: its place, or that the queue does not answer."""


def places(state: QueueState, scope: CampaignScope | None = None) -> Mapping[str, QueuePlace]:
    """The place of each customer in the queue, for the campaign of ``scope`` if one is given. A customer with several
    places has the first."""
    own = {batch.id: batch for batch in state.batches if scope is None or scope.owns(batch.campaign)}
    waiting, found = len(state.queued), dict[str, QueuePlace]()
    for each in state.starting:
        if each.batch in own and not each.is_begun:
            found.setdefault(each.customer, _place(0, waiting, own[each.batch]))
    for number, queued in enumerate(state.queued, start=1):
        if scope is None or queued.batch in own:
            place = _place(number, waiting, own.get(queued.batch), queued.is_held, state.paused_by)
            found.setdefault(queued.customer, place)
    return found


def _place(number: int, waiting: int, batch: Batch | None, is_held: bool = False, paused_by: str = "") -> QueuePlace:
    by, reason = (batch.by, batch.reason) if batch else ("", "")
    return QueuePlace(number, waiting, by, reason, is_held, paused_by)
