"""The state of a sequence: which window is next, which phase it is in, how it ended. Pure.

The workflow holds a ``SequenceState``, which no function here changes: a step returns a new one
(docs/decisions/sequences.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil, floor

from bot.fleet.planning.sizing import DEAD_BAND
from bot.model import (
    OpenRun,
    Phase,
    Ref,
    RunningWindow,
    SequenceEnd,
    SequenceProgress,
    SequenceSpec,
    SequenceState,
    Window,
    WindowEnd,
)
from bot.model.coverage import missing, total_days

# The rounding error of a size that was multiplied and divided.
_ROUNDING = 1e-9
_MISSING = (WindowEnd.IN_DOUBT, WindowEnd.FAILED, WindowEnd.CANCELLED, WindowEnd.SKIPPED)


@dataclass(frozen=True, slots=True)
class AdoptedRun:
    """A run that the sequence adopts: it was open when the sequence began, and its days are known."""

    ref: Ref
    window: Window


def begin(spec: SequenceSpec) -> SequenceState:
    """The state before the first step. The days of adopted windows are not queued."""
    sizes = spec.sizes
    days = spec.days
    for held in adoptable(spec):
        days = _without_days(days, held.window)
    size, is_cleared = float(sizes.days), not spec.clear
    return SequenceState(
        spec,
        size,
        sizes.most,
        pieces=(),
        days=days,
        is_cleared=is_cleared,
        proven=0,
        counts_skipped=False,
        dead_band=DEAD_BAND,
    )


def upgrade_state(state: SequenceState) -> SequenceState:
    """A state that an older version of the bot has written, converted to the rules of this version: skipped days do
    not count as windows."""
    if not state.counts_skipped:
        return state
    skipped = sum(ended.end is WindowEnd.SKIPPED for ended in state.troubled)
    return replace(state, closed=max(0, state.closed - skipped), counts_skipped=False)


def adoptable(spec: SequenceSpec) -> tuple[AdoptedRun, ...]:
    """The runs to adopt, without those whose days are unknown."""
    return tuple(AdoptedRun(held.ref, held.window) for held in spec.adopt if held.window)


def adopt(state: SequenceState, held: AdoptedRun, now: datetime) -> tuple[SequenceState, RunningWindow]:
    """The state after the sequence has adopted this open run, and the run as a window of the sequence."""
    number = state.begun + 1
    return replace(state, begun=number), RunningWindow(number, held.window, now, held.ref, is_adopted=True)


def may_take(state: SequenceState) -> bool:
    """Whether a window is queued and may begin now."""
    is_held = bool(state.paused_by) or state.stop is not None or state.stuck
    return not is_held and bool(state.pieces or state.days)


def take(state: SequenceState, now: datetime) -> tuple[SequenceState, RunningWindow] | None:
    """The next window to start, and the state without it; None if ``may_take`` is False."""
    if not may_take(state):
        return None
    is_piece = bool(state.pieces)
    if is_piece:
        window, state = state.pieces[0], replace(state, pieces=state.pieces[1:])
    else:
        first, *rest = state.days
        window = Window.of_days(first.start, min(whole_days(state), first.days))
        left = missing(first, [window])
        state = replace(state, days=(*left, *rest))
    number = state.begun + 1
    return replace(state, begun=number), RunningWindow(number, window, now, is_piece=is_piece)


def without(state: SequenceState, window: Window) -> SequenceState:
    """The state without these days in its queue."""
    return replace(state, pieces=_without_days(state.pieces, window), days=_without_days(state.days, window))


def without_complete(state: SequenceState, cleared: Sequence[OpenRun]) -> SequenceState:
    """The state after runs of ``spec.clear`` have completed although they were to be cancelled.

    If the sequence only cancels runs, and all of them have completed, it counts as complete.
    """
    windows = [held.window for held in cleared if held.window]
    for window in windows:
        state = without(state, window)
    if _only_cancels(state) and len(cleared) == len(state.spec.clear):
        return replace(state, closed=len(cleared), complete_days=total_days(windows))
    return state


def whole_days(state: SequenceState) -> int:
    """The present size in whole days, at least 1."""
    return max(1, floor(state.size + _ROUNDING))


def is_over(state: SequenceState, running: int) -> bool:
    """Whether no window is running and none will start. ``running`` is the number of running windows."""
    return not running and (_is_queue_empty(state) or state.stop is not None or state.stuck)


def outcome(state: SequenceState) -> SequenceEnd:
    """How a sequence ended. The caller makes sure that ``is_over`` is True."""
    is_whole = _is_queue_empty(state) and not any(ended.end in _MISSING for ended in state.troubled)
    if _only_cancels(state):
        return SequenceEnd.COMPLETE if state.closed else SequenceEnd.CANCELLED
    # A sequence that was stopped or got stuck when no days were missing any more is complete.
    if is_whole:
        has_difference = any(ended.end is WindowEnd.DIFFERS for ended in state.troubled)
        return SequenceEnd.IN_DOUBT if has_difference else SequenceEnd.COMPLETE
    if state.stop is not None:
        return SequenceEnd.CANCELLED
    return SequenceEnd.STOPPED if state.stuck else SequenceEnd.INCOMPLETE


def phase(state: SequenceState, running: int) -> Phase:
    """The phase of the sequence. ``running`` is the number of running windows."""
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
    """The progress for queries and cards. ``end`` is given once the sequence is over."""
    size, unreached = whole_days(state), tuple(sorted((*state.pieces, *state.days)))
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
        to_come=() if state.stop is not None or state.stuck else unreached,
        latest=state.latest,
        measured_days=state.measured_days,
        measured_time=state.measured_time,
        left=unreached if end else (),
        pause=state.pause,
    )


def _only_cancels(state: SequenceState) -> bool:
    return not state.spec.days and not state.spec.adopt and not state.begun


def _is_queue_empty(state: SequenceState) -> bool:
    return not state.pieces and not state.days


def _without_days(windows: tuple[Window, ...], removed: Window) -> tuple[Window, ...]:
    return tuple(piece for window in windows for piece in missing(window, [removed]))
