"""Finds the days of completed runs that are in doubt, and why. COMPLETED is only a claim (docs/decisions/proof.md).
Pure.

Days are in doubt when the run's own facts speak against it (``complete_when.own_doubt``), when a later run of the
same days has closed without completing, or when a count differs. Two things settle a doubt: a later complete run of
these days, or a matching count. A count settles nothing if one of the closed runs of these days could still write
when the count began. A run that was reset and runs again is open, and covers nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

from bot.fleet.runs.close_facts import (
    is_cancel_requested,
    is_closed,
    longest_heartbeat_timeout,
    passes_on_cancel,
    unread,
)
from bot.fleet.runs.complete_when import CompleteWhen, own_doubt
from bot.fleet.runs.heartbeat import UNSEEN_REST
from bot.fleet.runs.run import Run, by_campaigns, by_customer
from bot.fleet.runs.run_counts import CountedDays, counts_of
from bot.model import Doubt, DoubtfulDays, DoubtReason, ExecutionStatus, Window
from bot.model.execution import COUNTS_HINT

Conditions = Mapping[str, CompleteWhen]
"""The condition on the result, by workflow type."""


def with_doubts(runs: Sequence[Run], conditions: Conditions) -> tuple[Run, ...]:
    """The runs in their order. Each run with days in doubt has these days and the reasons in ``doubts``."""
    doubtful: dict[int, Run] = {}
    for own in by_customer(runs).values():
        for group, related in by_campaigns(own):
            members = set(map(id, group))
            for run, days in _doubts(related, conditions):
                if id(run) in members:
                    doubtful[id(run)] = replace(run, doubts=tuple(days))
    return tuple(doubtful.get(id(run), run) for run in runs) if doubtful else tuple(runs)


def settled_at(runs: Iterable[Run]) -> datetime | None:
    """The time after which none of these closed runs could write any more; None if no run has closed."""
    ends = (
        closed + (longest_heartbeat_timeout(run.execution) or UNSEEN_REST)
        for run in runs
        if (closed := run.execution.closed_at)
    )
    return max(ends, default=None)


def proven_days(own: Sequence[Run]) -> tuple[Window, ...]:
    """The days of one customer's runs that a count has proven, oldest first. The count matched, and it began when no
    run of these days could write any more. A run that has completed normally writes nothing after its end, so the
    count that a sequence makes right after a window proves the window."""
    if not any(COUNTS_HINT in run.execution.hints for run in own):
        # No days of this customer were counted.
        return ()
    return tuple(piece for piece, touching in _pieces(own) if _is_proven(piece, touching))


def differing_days(own: Sequence[Run]) -> tuple[Window, ...]:
    """The days of one customer's runs whose latest count differs, oldest first. Leaves out days that were run again
    since that count."""
    counted = ((piece, touching, _latest_count(piece, touching)) for piece, touching in _pieces(own))
    return tuple(
        piece
        for piece, touching, count in counted
        if count and not count.matches and all(not end or end <= count.at for end in map(_closed_at, touching))
    )


def differed_since(count: CountedDays, own: Iterable[Run]) -> datetime:
    """Since when the rows have differed: the start of the first count in the unbroken series of differing counts that
    ends with ``count``. If runs of these days ended after that start and before ``count``, the result is the latest
    of these ends instead. Rows may arrive after the end of their run, so a difference that was found before that end
    proves nothing."""
    first = count.since or count.at
    # Few runs ended in between, so days are compared only for these: a customer may have thousands of runs.
    between = ((run.window, end) for run in own if (end := run.execution.closed_at) and first < end <= count.at)
    return max((end for days, end in between if days and days.intersection(count.window)), default=first)


def _closed_at(run: Run) -> datetime | None:
    return run.execution.closed_at


def _is_proven(piece: Window, touching: Sequence[Run]) -> bool:
    count = _latest_count(piece, touching)
    if count is None or any(run.is_open for run in touching):
        return False
    ended = [run.execution.closed_at if _has_ended_normally(run) else settled_at([run]) for run in touching]
    return count.matches and all(end is not None and count.at >= end for end in ended)


def _has_ended_normally(run: Run) -> bool:
    """Whether the run has completed, nothing speaks against it, and nobody had asked it to cancel."""
    return run.is_complete and not any(is_cancel_requested(link) for link in (run.execution, *run.links))


def _doubts(own: Sequence[Run], conditions: Conditions) -> list[tuple[Run, list[DoubtfulDays]]]:
    """The completed runs of one customer that have days in doubt, with these days. ``own`` are all runs of the
    customer, oldest first."""
    claims = _claims(own, conditions)
    completed = [run for run in own if run.is_completed]
    if not completed or not (any(claims.values()) or _has_later_failure(own) or _has_difference(completed)):
        # The usual case: nothing speaks against any day of this customer.
        return []
    of_runs: dict[int, list[DoubtfulDays]] = {}
    for piece, touching in _pieces(own):
        if doubt := _doubt(piece, touching, claims):
            for run in touching:
                of_runs.setdefault(id(run), []).append(DoubtfulDays(piece, doubt))
    return [(run, _joined(of_runs[id(run)])) for run in completed if id(run) in of_runs]


def _claims(own: Sequence[Run], conditions: Conditions) -> dict[int, Doubt | None]:
    """For each completed run, by its ``id()``: the doubt that the run itself or an earlier link of its chain causes;
    None if neither causes any."""
    return {
        id(run): Doubt(DoubtReason.CANCEL_REQUESTED)
        if any(map(passes_on_cancel, run.links))
        else own_doubt(run.execution, conditions.get(run.execution.workflow_type))
        for run in own
        if run.is_completed
    }


def _doubt(piece: Window, touching: Sequence[Run], claims: Mapping[int, Doubt | None]) -> Doubt | None:
    """The doubt about days that all runs in ``touching`` cover; None if there is none, or if no run has completed the
    days."""
    is_claimed, doubt = False, None
    for run in sorted(touching, key=_by_start):
        if run.is_completed:
            is_claimed, doubt = True, claims[id(run)]
        elif is_claimed and _has_ended_otherwise(run):
            doubt = doubt or Doubt(DoubtReason.LATER_RUN, run.execution.status.value)
    if not is_claimed:
        return None
    count = _latest_count(piece, touching)
    if count is None:
        return doubt
    if not count.matches:
        return Doubt(DoubtReason.COUNT) if _began_after_claims(count, touching) else doubt
    if any(run.is_open for run in touching):
        # It may still write, so the count proves these days only after it has closed.
        return doubt
    settled = settled_at(touching)
    return None if settled is None or count.at >= settled else doubt


def _by_start(run: Run) -> tuple[datetime, bool]:
    """The sort key by start. If two runs started at the same moment, the completed one counts as later."""
    return run.execution.started_at, run.is_completed


def _latest_count(piece: Window, touching: Sequence[Run]) -> CountedDays | None:
    counts = [count for run in touching for count in counts_of(run.execution) if count.window.contains(piece)]
    return max(counts, key=lambda count: count.at, default=None)


def _began_after_claims(count: CountedDays, touching: Sequence[Run]) -> bool:
    """Whether all runs that completed these days had closed when the count began. Otherwise the count may have missed
    rows of the runs that closed later."""
    ends = (run.execution.closed_at for run in touching if run.is_completed)
    return all(end <= count.at for end in ends if end)


def _has_ended_otherwise(run: Run) -> bool:
    """Whether the run has closed without completing. A run that continued as new has not ended. False also if the
    facts of the run's end are unknown, as for a run that an earlier version of the bot has recorded."""
    is_known = is_closed(run.execution) and unread(run.execution) is None
    return is_known and run.execution.status not in (ExecutionStatus.COMPLETED, ExecutionStatus.CONTINUED_AS_NEW)


def _has_later_failure(own: Sequence[Run]) -> bool:
    """Whether a completed run shares days with a later run that closed without completing."""
    ended = [run for run in own if run.window and _has_ended_otherwise(run)]
    return any(
        older.is_completed
        and older.window
        and _by_start(older) < _by_start(later)
        and older.window.intersection(later.window)
        for later in ended
        for older in own
        if later.window
    )


def _has_difference(completed: Iterable[Run]) -> bool:
    return any(not count.matches for run in completed for count in counts_of(run.execution))


def _pieces(own: Sequence[Run]) -> Iterator[tuple[Window, list[Run]]]:
    """Cuts the days of these runs at each border of a run or a count. Yields the pieces in order, each with the runs
    that cover it. There may be a run for each day of many years. So for each piece, only two kinds of runs are
    examined: those that cover the piece before, and those that start on the first day of this piece."""
    by_start: dict[date, list[Run]] = {}
    borders: set[date] = set()
    for run in own:
        counted = (count.window for count in counts_of(run.execution))
        borders |= {border for window in (run.window, *counted) if window for border in (window.start, window.end)}
        if run.window:
            by_start.setdefault(run.window.start, []).append(run)
    touching: list[Run] = []
    for start, end in pairwise(sorted(borders)):
        going_on = (run for run in touching if run.window and run.window.end > start)
        touching = [*going_on, *by_start.get(start, ())]
        yield Window(start, end), touching


def _joined(days: Sequence[DoubtfulDays]) -> list[DoubtfulDays]:
    """The days with neighbours of the same doubt joined. ``days`` are in order."""
    joined: list[DoubtfulDays] = []
    for piece in days:
        if joined and joined[-1].window.end == piece.window.start and joined[-1].doubt == piece.doubt:
            joined[-1] = DoubtfulDays(Window(joined[-1].window.start, piece.window.end), piece.doubt)
        else:
            joined.append(piece)
    return joined
