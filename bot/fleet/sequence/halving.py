"""The result of a window whose run has closed: it is complete, cut in halves, or given up. Also the next size. Pure.

docs/decisions/sequences.md and docs/decisions/adaptive-sizes.md say why.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from bot.fleet.planning.sizing import is_on_target
from bot.fleet.runs.heartbeat import UNSEEN_REST
from bot.fleet.sequence.ended_windows import note, with_ended
from bot.fleet.sequence.pace import with_completed
from bot.fleet.sequence.state import whole_days
from bot.model import (
    Count,
    Doubt,
    EndedWindow,
    ExecutionStatus,
    FollowedRun,
    OnStuck,
    RunningWindow,
    SequenceState,
    Window,
    WindowEnd,
)
from bot.model.coverage import missing

# GitLab's batched migrations grow by at most a fifth a step (docs/temporal-facts.md#lessons-from-other-tools).
MAX_GROWTH = 1.2


@dataclass(frozen=True, slots=True)
class Settled:
    """The result of a window: the state that follows, how the window ended, and the sizes in whole days.

    ``halves`` are the two windows that replace a window that was cut. The ``ended`` of such a window is published,
    but does not enter the state.
    """

    state: SequenceState
    ended: EndedWindow
    size_before: int
    size_after: int
    halves: tuple[Window, ...] = ()


def settle(state: SequenceState, running: RunningWindow, followed: FollowedRun, count: Count | None) -> Settled:
    """The result of ``running``, whose closed run is ``followed``. ``count`` is None unless the run completed."""
    if followed.status is ExecutionStatus.COMPLETED:
        return _settle_completed(state, running, followed, count)
    if state.stop is not None:
        return _close(state, running, followed, WindowEnd.CANCELLED)
    if followed.is_gone:
        return _give_up(state, running, followed, WindowEnd.FAILED)
    timed_out_too_often = followed.timeouts >= state.spec.split_after
    if followed.status in (ExecutionStatus.CANCELLED, ExecutionStatus.TERMINATED) and not timed_out_too_often:
        return _give_up(state, running, followed, WindowEnd.CANCELLED)
    if running.window.days > 1:
        return _halve(state, running, followed)
    return _give_up(state, running, followed, WindowEnd.FAILED)


def _settle_completed(
    state: SequenceState, running: RunningWindow, followed: FollowedRun, count: Count | None
) -> Settled:
    """The result of a completed run. A run in doubt is complete only if its count proves it. A run that was cancelled
    because it timed out too often may complete nevertheless. If it is in doubt, its window is cut in halves, as if
    the run had not completed."""
    if followed.is_complete or (count is not None and count.proves):
        return _complete(state, running, followed, count)
    if state.stop is not None:
        return _close(state, running, followed, WindowEnd.IN_DOUBT)
    if followed.timeouts >= state.spec.split_after and running.window.days > 1:
        return _halve(state, running, followed)
    return _give_up(state, running, followed, WindowEnd.IN_DOUBT)


def refuse(state: SequenceState, running: RunningWindow, why: str, now: datetime) -> Settled:
    """The result of a window that could not start. Other windows could not start either, so the sequence is stuck."""
    end = WindowEnd.CANCELLED if state.stop else WindowEnd.FAILED
    ended = EndedWindow(running.number, running.window, end, now - running.started_at, note=note(why))
    return _add_trouble(replace(state, stuck=True), ended)


def rest(followed: FollowedRun) -> timedelta:
    """How long to wait, after a run has closed, before anything else starts over its days.

    An attempt that Temporal no longer hears from may go on writing until a heartbeat timeout has passed
    (docs/temporal-facts.md#cancelling). So may an attempt of a workflow that was below the run and ended after it.
    """
    reported_failure = followed.status is ExecutionStatus.FAILED and not followed.timeouts
    if followed.below is None and (followed.is_complete or reported_failure or followed.is_gone):
        return timedelta(0)
    return followed.heartbeat_timeout or UNSEEN_REST


def _complete(state: SequenceState, running: RunningWindow, followed: FollowedRun, count: Count | None) -> Settled:
    differs = count is not None and count.differs
    ended = _ended(running, followed, WindowEnd.DIFFERS if differs else WindowEnd.COMPLETE)
    after = replace(
        state,
        closed=state.closed + 1,
        complete_days=state.complete_days + running.window.days,
        troubled=with_ended(state.troubled, ended) if differs else state.troubled,
    )
    after = with_completed(after, ended, count)
    # The time of a window without rows says nothing about other windows. Nor does the time of a run that the sequence
    # has found and not started, because that run may have had other days as well.
    if (count is None or not count.is_empty) and not running.is_found:
        after = _adapt_size(after, running.window, followed)
    return Settled(after, ended, whole_days(state), whole_days(after))


def _adapt_size(before: SequenceState, window: Window, followed: FollowedRun) -> SequenceState:
    """The state with a new window size: the number of days that take the target time at the pace of this window,
    within the limits."""
    state = before if before.proven is None else replace(before, proven=max(before.proven, window.days))
    sizes = state.spec.sizes
    if not followed.took:
        return state
    wanted = window.days * (sizes.target / followed.took)
    if state.dead_band and is_on_target(whole_days(state) / wanted, state.dead_band):
        return state
    # Halving may have made the size smaller than the least size. In that case it need not rise to the least at once.
    least = min(float(sizes.least), float(state.most), state.size)
    return replace(state, size=max(min(wanted, _largest_next_size(state), float(state.most)), least))


def _largest_next_size(state: SequenceState) -> float:
    """The largest size that the next window may have: a fifth above the present size. Once a window has completed,
    there is a second limit: the length of the longest completed window, plus a fifth of it or plus one day, whichever
    is more. This second limit is never below the present size."""
    step = state.size * MAX_GROWTH
    if state.dead_band:
        # Windows have whole days, so from a fractional size a step must not add two days at once.
        step = min(step, max(whole_days(state) * MAX_GROWTH, whole_days(state) + 1.0))
    if state.proven is None:
        return step
    return min(step, max(state.size, state.proven * MAX_GROWTH, state.proven + 1.0))


def _halve(state: SequenceState, running: RunningWindow, followed: FollowedRun) -> Settled:
    """Replace the window by its halves. Each window that is too large costs hours. So later windows may grow again,
    but stay smaller than the window that was cut. If a window has completed already, their limit is halfway between
    the sizes of the first half and of the window that was cut. If none has, their limit is one day less than that
    window."""
    window = running.window
    first = Window.of_days(window.start, ceil(window.days / 2))
    halves = (first, *missing(window, [first]))
    after = replace(
        state,
        pieces=(*halves, *state.pieces),
        size=min(state.size, float(first.days)),
        most=min(state.most, window.days - 1 if state.proven is None else (first.days + window.days) // 2),
    )
    return Settled(after, _ended(running, followed, WindowEnd.HALVED), whole_days(state), whole_days(after), halves)


def _give_up(state: SequenceState, running: RunningWindow, followed: FollowedRun, end: WindowEnd) -> Settled:
    """Give the window up. ``on_stuck`` decides whether the sequence stops."""
    settled = _close(state, running, followed, end)
    stops = state.spec.on_stuck is OnStuck.STOP
    return replace(settled, state=replace(settled.state, stuck=stops or state.stuck))


def _close(state: SequenceState, running: RunningWindow, followed: FollowedRun, end: WindowEnd) -> Settled:
    return _add_trouble(state, _ended(running, followed, end))


def _add_trouble(state: SequenceState, ended: EndedWindow) -> Settled:
    after = replace(state, closed=state.closed + 1, troubled=with_ended(state.troubled, ended))
    return Settled(after, ended, whole_days(state), whole_days(after))


def _ended(running: RunningWindow, followed: FollowedRun, end: WindowEnd) -> EndedWindow:
    why = note(followed.last_failure)
    doubt = followed.doubt if end is WindowEnd.IN_DOUBT else None
    return EndedWindow(
        running.number, running.window, end, followed.took, followed.ref, why, running.is_found, _short(doubt)
    )


def _short(doubt: Doubt | None) -> Doubt | None:
    """The doubt with its detail cut short. A result may be long, and the detail travels with the state."""
    return replace(doubt, detail=note(doubt.detail)) if doubt else None
