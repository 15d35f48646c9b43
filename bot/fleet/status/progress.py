"""The chart of how many days of all customers are complete over time, and when the work under way ends. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board
from bot.fleet.status.estimate import until_last
from bot.fleet.status.fleet_eta import needs_nobody
from bot.model import ProgressChart, ProgressPoint, State
from bot.model.coverage import missing, total_days

# More points would make no difference to the eye, and a digest is stored with them.
MOST_POINTS = 80
_NOT_COUNTED = (State.NOT_APPLICABLE, State.UNKNOWN)


def progress_of(board: Board) -> ProgressChart | None:
    """The chart, or None as long as no day is complete. Leaves out customers whose state is unknown, customers with
    nothing to backfill, and clusters that did not answer."""
    backfills = [b for row in board.answered for b in row.customers if b.state not in _NOT_COUNTED]
    completed = sorted(event for backfill in backfills for event in _completed(backfill))
    if not completed:
        return None
    began_at = min(run.started_at for backfill in backfills for run in backfill.runs if run.complete_days)
    sums = accumulate(days for _, days in completed)
    points = [ProgressPoint(at, days) for (at, _), days in zip(completed, sums, strict=True)]
    under_way = [b for b in backfills if b.missing and b.work and needs_nobody(b)]
    left = until_last((b.work for b in under_way if b.work), board.slots)
    done = points[-1].days
    return ProgressChart(
        whole=board.whole,
        customers=len(backfills),
        total=board.whole.days * len(backfills),
        at=board.at,
        points=(ProgressPoint(began_at, 0), *_thinned(points, began_at)),
        goal=done + sum(total_days(b.missing) for b in under_way),
        earliest=board.at + left.low if left else None,
        latest=board.at + left.high if left else None,
    )


def _completed(backfill: Backfill) -> Iterator[tuple[datetime, int]]:
    """The times at which days became complete, in order, each with the number of these days. A day that several runs
    have filled counts when the first of them closed."""
    rest = missing(backfill.whole, backfill.missing)
    closed = [(run.execution.closed_at or run.started_at, run) for run in backfill.runs if run.complete_days]
    for at, run in sorted(closed, key=lambda pair: pair[0]):
        left = tuple(piece for gap in rest for piece in missing(gap, run.complete_days))
        if days := total_days(rest) - total_days(left):
            yield at, days
        rest = left


def _thinned(points: Sequence[ProgressPoint], began_at: datetime) -> list[ProgressPoint]:
    """The last point of each of ``MOST_POINTS`` equal spans of time."""
    span = (points[-1].at - began_at) / MOST_POINTS or timedelta(microseconds=1)
    return list({int((point.at - began_at) / span): point for point in points}.values())
