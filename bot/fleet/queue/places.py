"""Finds who already waits in a cluster's queue for what a command asks for. Pure."""

from collections.abc import Iterable

from bot.commands import Selection
from bot.model.queue import Batch, QueuedCustomer, QueueState, StartingCustomer


def waiting_for(asked: Batch, state: QueueState) -> dict[str, Batch]:
    """The customers that have already been queued for all that ``asked`` asks for, each with the batch in which it
    was queued. Some still wait; the turn of others has come, and their sequences are being begun. In a queue of an
    earlier version, days are not compared: a customer with any place for the same campaign is returned."""
    same = {batch.id: batch for batch in state.batches if batch.campaign == asked.campaign}
    places: list[QueuedCustomer | StartingCustomer] = [*state.queued, *state.starting]
    own = (each for each in places if each.batch in same)
    return {
        each.customer: same[each.batch] for each in own if not state.by_batch or includes(same[each.batch], asked)
    }


def includes(batch: Batch, other: Batch) -> bool:
    """Whether a customer that waits for ``batch`` also waits for all that ``other`` asks for."""
    if batch.id == other.id:
        return True
    has_days = batch.whole.contains(other.whole) and batch.which in {other.which, Selection.MISSING}
    return has_days and other.days in {None, batch.days}


def held_among(places: Iterable[QueuedCustomer], state: QueueState) -> frozenset[str]:
    """The customers that have a held place among ``places``. A place is held if a person has put it on hold. In
    queues of earlier versions, only the last place of each customer counts."""
    if state.rules < 2:
        places = {each.customer: each for each in places}.values()
    return frozenset(each.customer for each in places if each.is_held)
