"""How a window of a sequence that is over counts (design.md §5): complete, cut in halves, or given up. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from bot.fleet.planning.sizing import is_on_target
from bot.fleet.sequence.ended_windows import note, with_ended
from bot.fleet.sequence.state import whole_days
from bot.model import (
    Count,
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

# GitLab's batched migrations grow by at most a fifth a step (field-notes.md, lessons from peers).
MAX_GROWTH = 1.2
# A silent attempt of a run whose activities nobody has seen may write for about as long as theirs commonly do.
UNSEEN_REST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """A window is over: the state that follows, what became of the window, and how sizes changed, in whole days.

    ``halves`` are the windows it is run again as. ``ended`` of a window cut in halves is told, and not counted.
    """

    state: SequenceState
    ended: EndedWindow
    size_before: int
    size_after: int
    halves: tuple[Window, ...] = ()


def settle(state: SequenceState, running: RunningWindow, followed: FollowedRun, count: Count | None) -> Settled:
    """What follows from how a window ended; ``followed`` is of a closed run, ``count`` is that of a complete one."""
    if followed.status is ExecutionStatus.COMPLETED:
        return _completed(state, running, followed, count)
    if state.stop is not None:
        return _over(state, running, followed, WindowEnd.CANCELLED)
    if followed.is_gone:
        return _stuck(state, running, followed, WindowEnd.FAILED)
    timed_out_too_often = followed.timeouts >= state.spec.split_after
    if followed.status in (ExecutionStatus.CANCELLED, ExecutionStatus.TERMINATED) and not timed_out_too_often:
        return _stuck(state, running, followed, WindowEnd.CANCELLED)
    if running.window.days > 1:
        return _halved(state, running, followed)
    return _stuck(state, running, followed, WindowEnd.FAILED)


def refuse(state: SequenceState, running: RunningWindow, why: str, now: datetime) -> Settled:
    """Temporal does not take the start of a window: it would not take another one's, so a person has to look."""
    ended = EndedWindow(running.number, running.window, WindowEnd.FAILED, now - running.started_at, note=note(why))
    return _ended_badly(replace(state, stuck=True), ended)


def rest(followed: FollowedRun) -> timedelta:
    """How long its days are left alone after it has closed: an attempt that went silent may still be writing for
    one heartbeat timeout (field-notes.md, Temporal)."""
    failed_aloud = followed.status is ExecutionStatus.FAILED and not followed.timeouts
    if followed.status is ExecutionStatus.COMPLETED or failed_aloud or followed.is_gone:
        return timedelta(0)
    return followed.heartbeat_timeout or UNSEEN_REST


def _completed(state: SequenceState, running: RunningWindow, followed: FollowedRun, count: Count | None) -> Settled:
    differs = count is not None and count.differs
    ended = _ended(running, followed, WindowEnd.DIFFERS if differs else WindowEnd.COMPLETE)
    after = replace(
        state,
        closed=state.closed + 1,
        complete_days=state.complete_days + running.window.days,
        troubled=with_ended(state.troubled, ended) if differs else state.troubled,
    )
    # A window without rows takes no time, and tells nothing of those with rows. A run that was found may have had
    # other days besides.
    if (count is None or not count.is_empty) and not running.is_found:
        after = _adapted(after, running.window, followed)
    return Settled(after, ended, whole_days(state), whole_days(after))


def _adapted(before: SequenceState, window: Window, followed: FollowedRun) -> SequenceState:
    """With the size for which a window takes the target, by the time this one took per day."""
    state = before if before.proven is None else replace(before, proven=max(before.proven, window.days))
    sizes = state.spec.sizes
    if not followed.took:
        return state
    wanted = window.days * (sizes.target / followed.took)
    if state.dead_band and is_on_target(whole_days(state) / wanted, state.dead_band):
        return state
    # What halving has made smaller than the least is not lifted up to it at once.
    least = min(float(sizes.least), float(state.most), state.size)
    return replace(state, size=max(min(wanted, _grown(state), float(state.most)), least))


def _grown(state: SequenceState) -> float:
    """A step up at most: from the size of now, and from what has got through (a day more, where a step is less)."""
    step = state.size * MAX_GROWTH
    if state.dead_band:
        # A fraction of a day that no window had yet is no reason for two days more at once.
        step = min(step, max(whole_days(state) * MAX_GROWTH, whole_days(state) + 1.0))
    if state.proven is None:
        return step
    return min(step, max(state.size, state.proven * MAX_GROWTH, state.proven + 1.0))


def _halved(state: SequenceState, running: RunningWindow, followed: FollowedRun) -> Settled:
    """Run again as halves; later windows grow half of the way back at most: each that is too much costs hours."""
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


def _stuck(state: SequenceState, running: RunningWindow, followed: FollowedRun, end: WindowEnd) -> Settled:
    """Nothing more can be done about it here: the policy decides about the rest."""
    settled = _over(state, running, followed, end)
    stops = state.spec.on_stuck is OnStuck.STOP
    return replace(settled, state=replace(settled.state, stuck=stops or state.stuck))


def _over(state: SequenceState, running: RunningWindow, followed: FollowedRun, end: WindowEnd) -> Settled:
    return _ended_badly(state, _ended(running, followed, end))


def _ended_badly(state: SequenceState, ended: EndedWindow) -> Settled:
    after = replace(state, closed=state.closed + 1, troubled=with_ended(state.troubled, ended))
    return Settled(after, ended, whole_days(state), whole_days(after))


def _ended(running: RunningWindow, followed: FollowedRun, end: WindowEnd) -> EndedWindow:
    why = note(followed.last_failure)
    took, is_found = followed.took, running.is_found
    return EndedWindow(running.number, running.window, end, took, followed.ref, why, is_found)
