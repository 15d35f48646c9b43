"""A customer that waits in the queue of its cluster, in a few words."""

from bot.fleet.status.backfill import Backfill
from bot.fleet.status.queue import QueuePlace
from bot.model import State

MARK = ":hourglass_flowing_sand:"


def word(backfill: Backfill) -> str:
    """``queued``, or ``may be queued`` if its work has stopped and the queue does not answer; "" for others."""
    if backfill.place:
        return "queued"
    return "may be queued" if backfill.may_be_queued and backfill.state is not State.NOT_STARTED else ""


def lead(backfill: Backfill) -> str:
    """``queued, place 3 of 12``, or ``may be queued``; "" for a customer that does not wait."""
    return f"{word(backfill)}{_where(backfill.place) if backfill.place else ''}"


def _where(place: QueuePlace) -> str:
    if not place.place:
        return ", its turn has come"
    return f", place {place.place:,} of {place.waiting:,}{', held' if place.is_held else ''}"
