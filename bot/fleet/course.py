"""The course of a sequence (design.md §5): which window comes next, and what follows from how one ended. Pure.

The workflow keeps a ``SequenceState`` and asks here; whatever is decided is a new state and what there is to tell.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil, floor

from bot.fleet.coverage import missing, total_days
from bot.model import (
    Count,
    EndedWindow,
    ExecutionStatus,
    Followed,
    Held,
    OnStuck,
    Phase,
    RunningWindow,
    SequenceEnd,
    SequenceProgress,
    SequenceSpec,
    SequenceState,
    Window,
    WindowEnd,
)

# GitLab's batched migrations grow by at most a fifth a step (field-notes.md, lessons from peers).
MOST_GROWTH = 1.2
# What a size that was multiplied and divided may be off by.
_ROUNDING = 1e-9
_MISSING = (WindowEnd.FAILED, WindowEnd.CANCELLED, WindowEnd.SKIPPED)


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


def begin(spec: SequenceSpec) -> SequenceState:
    """Before anything has happened."""
    sizes = spec.sizes
    return SequenceState(spec, float(sizes.days), sizes.most, pieces=(), days=spec.days, is_cleared=not spec.clear)


def adopt(state: SequenceState, held: Held, now: datetime) -> tuple[SequenceState, RunningWindow]:
    """Take a window over that runs already. Raises ValueError for a run whose days are not known."""
    if held.window is None:
        raise ValueError(f"nobody knows which days {held.ref.workflow_id} is for")
    number = state.begun + 1
    return replace(state, begun=number), RunningWindow(number, held.window, now, held.ref, is_adopted=True)


def take(state: SequenceState, now: datetime) -> tuple[SequenceState, RunningWindow] | None:
    """The next window to be started, None when nothing is left or may be begun."""
    if state.paused_by or state.stop or state.stuck:
        return None
    if state.pieces:
        window, state = state.pieces[0], replace(state, pieces=state.pieces[1:])
    elif state.days:
        first, *rest = state.days
        window = Window.of_days(first.start, min(whole_days(state), first.days))
        left = missing(first, [window])
        state = replace(state, days=(*left, *rest))
    else:
        return None
    number = state.begun + 1
    return replace(state, begun=number), RunningWindow(number, window, now)


def without(state: SequenceState, window: Window) -> SequenceState:
    """The same with these days done by somebody else: a run that was to be cancelled has completed after all."""
    return replace(state, pieces=_less(state.pieces, window), days=_less(state.days, window))


def settle(state: SequenceState, running: RunningWindow, followed: Followed, count: Count | None) -> Settled:
    """What follows from how a window ended; ``followed`` is of a closed run, ``count`` is that of a complete one."""
    if followed.status is ExecutionStatus.COMPLETED:
        return _completed(state, running, followed, count)
    if state.stop is not None:
        return _over(state, running, followed, WindowEnd.CANCELLED)
    timed_out = followed.timeouts >= state.spec.split_after
    if followed.status in (ExecutionStatus.CANCELLED, ExecutionStatus.TERMINATED) and not timed_out:
        return _stuck(state, running, followed, WindowEnd.CANCELLED)
    if running.window.days > 1:
        return _halved(state, running, followed)
    return _stuck(state, running, followed, WindowEnd.FAILED)


def whole_days(state: SequenceState) -> int:
    """How many days the next window has."""
    return max(1, floor(state.size + _ROUNDING))


def is_over(state: SequenceState, running: int) -> bool:
    """Whether nothing runs and nothing will."""
    nothing_left = not state.pieces and not state.days
    return not running and (nothing_left or state.stop is not None or state.stuck)


def outcome(state: SequenceState) -> SequenceEnd:
    """How a sequence that is over has ended."""
    asked_for_nothing = not state.spec.days and not state.spec.adopt and not state.begun
    if state.stop is not None or asked_for_nothing:
        return SequenceEnd.CANCELLED
    if state.stuck:
        return SequenceEnd.STOPPED
    if any(ended.end in _MISSING for ended in state.troubled):
        return SequenceEnd.INCOMPLETE
    return SequenceEnd.COMPLETE


def phase(state: SequenceState, running: int) -> Phase:
    """What it is doing."""
    if state.stop is not None:
        return Phase.STOPPING
    if not state.is_cleared:
        return Phase.CLEARING
    if is_over(state, running):
        return Phase.ENDED
    return Phase.PAUSED if state.paused_by else Phase.RUNNING


def progress(
    state: SequenceState, running: tuple[RunningWindow, ...], end: SequenceEnd | None = None
) -> SequenceProgress:
    """How it stands; ``end`` once it is over."""
    size = whole_days(state)
    return SequenceProgress(
        spec=state.spec,
        phase=Phase.ENDED if end else phase(state, len(running)),
        running=running,
        closed=state.closed,
        queued=len(state.pieces) + sum(ceil(gap.days / size) for gap in state.days),
        queued_days=total_days(state.pieces) + total_days(state.days),
        complete_days=state.complete_days,
        size=size,
        troubled=state.troubled,
        paused_by=state.paused_by,
        end=end,
    )


def _completed(state: SequenceState, running: RunningWindow, followed: Followed, count: Count | None) -> Settled:
    differs = count is not None and count.differs
    ended = _ended(running, followed, WindowEnd.DIFFERS if differs else WindowEnd.COMPLETE)
    # A window without rows takes no time, and tells nothing of those with rows.
    is_telling = count is None or not count.is_empty
    after = replace(
        state,
        closed=state.closed + 1,
        complete_days=state.complete_days + running.window.days,
        troubled=(*state.troubled, ended) if differs else state.troubled,
        size=_adapted(state, running.window, followed) if is_telling else state.size,
    )
    return Settled(after, ended, whole_days(state), whole_days(after))


def _adapted(state: SequenceState, window: Window, followed: Followed) -> float:
    """The size for which a window takes the target, by the time this one took per day."""
    sizes = state.spec.sizes
    if not followed.took:
        return state.size
    wanted = window.days * (sizes.target / followed.took)
    return max(min(wanted, state.size * MOST_GROWTH, float(state.most)), float(min(sizes.least, state.most)))


def _halved(state: SequenceState, running: RunningWindow, followed: Followed) -> Settled:
    """Run again as halves; what was too much once is not tried again by later windows."""
    window = running.window
    first = Window.of_days(window.start, ceil(window.days / 2))
    halves = (first, *missing(window, [first]))
    after = replace(
        state,
        pieces=(*halves, *state.pieces),
        size=min(state.size, float(first.days)),
        most=min(state.most, window.days - 1),
    )
    return Settled(after, _ended(running, followed, WindowEnd.HALVED), whole_days(state), whole_days(after), halves)


def _stuck(state: SequenceState, running: RunningWindow, followed: Followed, end: WindowEnd) -> Settled:
    """Nothing more can be done about it here: the policy decides about the rest."""
    settled = _over(state, running, followed, end)
    stops = state.spec.on_stuck is OnStuck.STOP
    return replace(settled, state=replace(settled.state, stuck=stops or state.stuck))


def _over(state: SequenceState, running: RunningWindow, followed: Followed, end: WindowEnd) -> Settled:
    ended = _ended(running, followed, end)
    after = replace(state, closed=state.closed + 1, troubled=(*state.troubled, ended))
    return Settled(after, ended, whole_days(state), whole_days(after))


def _ended(running: RunningWindow, followed: Followed, end: WindowEnd) -> EndedWindow:
    return EndedWindow(running.number, running.window, end, followed.took, followed.ref, followed.last_failure)


def _less(windows: tuple[Window, ...], taken: Window) -> tuple[Window, ...]:
    return tuple(piece for window in windows for piece in missing(window, [taken]))
