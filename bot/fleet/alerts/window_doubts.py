"""Which doubts about the windows of the bot's sequences need no alert, because the sequence has reported them. Pure.

A sequence reports how each window has ended, and counts the window's rows. It does not report what happens later. For
example, somebody runs the same days again and cancels the new run, rows are lost, or a listing shows a failed child
only afterwards.
"""

from datetime import timedelta

from bot.fleet.runs.doubts import differed_since, settled_at
from bot.fleet.runs.mapping import is_started_by_bot
from bot.fleet.runs.run import Run
from bot.fleet.runs.run_counts import counts_of
from bot.model import DoubtfulDays, DoubtReason
from bot.model.execution import LATE_CHILDREN_HINT

# A sequence counts a window at once, unless the bot is down or ClickHouse does not answer.
COUNTED_WITHIN = timedelta(hours=1)


def is_told_by_sequence(run: Run, days: DoubtfulDays) -> bool:
    """Whether a sequence ran these days and has reported the doubt, because the sequence knew of the doubt when the
    window of these days ended."""
    if not is_started_by_bot(run.execution):
        return False
    match days.doubt.reason:
        case DoubtReason.LATER_RUN:
            return False
        case DoubtReason.CHILD_ENDED | DoubtReason.CHILD_OPEN:
            return LATE_CHILDREN_HINT not in run.execution.hints
        case DoubtReason.COUNT:
            return _has_counted_difference(run, days)
        case _:
            return True


def _has_counted_difference(run: Run, days: DoubtfulDays) -> bool:
    """Whether the rows differed already when the sequence counted the window."""
    settled = settled_at([run])
    differing = (
        count for count in counts_of(run.execution) if not count.matches and count.window.intersection(days.window)
    )
    return settled is not None and any(differed_since(count, ()) <= settled + COUNTED_WITHIN for count in differing)
