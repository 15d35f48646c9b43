"""The course of a sequence (design.md §5): which window comes next, and what follows from how one ended. Pure.

The workflow keeps a ``SequenceState`` and asks here; whatever is decided is a new state and what there is to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil, floor

from bot.fleet.planning.sizing import DEAD_BAND
from bot.model import (
    Held,
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

# What a size that was multiplied and divided may be off by.
_ROUNDING = 1e-9
_MISSING = (WindowEnd.FAILED, WindowEnd.CANCELLED, WindowEnd.SKIPPED)


@dataclass(frozen=True, slots=True)
class AdoptedRun:
    """A run that is open when a sequence begins and whose days are known."""

    ref: Ref
    window: Window


def begin(spec: SequenceSpec) -> SequenceState:
    """Before anything has happened. Days that an adopted window does are not to be done again."""
    sizes = spec.sizes
    days = spec.days
    for held in adoptable(spec):
        days = _less(days, held.window)
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
    """The same, handed over by whatever version of the bot: days left out are counted as no windows."""
    if not state.counts_skipped:
        return state
    skipped = sum(one.end is WindowEnd.SKIPPED for one in state.troubled)
    return replace(state, closed=max(0, state.closed - skipped), counts_skipped=False)


def adoptable(spec: SequenceSpec) -> tuple[AdoptedRun, ...]:
    """What there is to adopt: a run whose days nobody knows is no window."""
    return tuple(AdoptedRun(held.ref, held.window) for held in spec.adopt if held.window)


def adopt(state: SequenceState, held: AdoptedRun, now: datetime) -> tuple[SequenceState, RunningWindow]:
    """Take a window over that runs already."""
    number = state.begun + 1
    return replace(state, begun=number), RunningWindow(number, held.window, now, held.ref, is_adopted=True)


def may_take(state: SequenceState) -> bool:
    """Whether a window is left that may be begun now."""
    is_held = bool(state.paused_by) or state.stop is not None or state.stuck
    return not is_held and bool(state.pieces or state.days)


def take(state: SequenceState, now: datetime) -> tuple[SequenceState, RunningWindow] | None:
    """The next window to be started, None when nothing is left or may be begun."""
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
    """The same with these days done by somebody else: a run that was to be cancelled has completed after all."""
    return replace(state, pieces=_less(state.pieces, window), days=_less(state.days, window))


def without_complete(state: SequenceState, cleared: Sequence[Held]) -> SequenceState:
    """The same after these, which were to be cancelled, have completed after all; where there was nothing else to do
    than to cancel them, that makes it complete."""
    windows = [held.window for held in cleared if held.window]
    for window in windows:
        state = without(state, window)
    if _asks_for_nothing(state) and len(cleared) == len(state.spec.clear):
        return replace(state, closed=len(cleared), complete_days=total_days(windows))
    return state


def whole_days(state: SequenceState) -> int:
    """How many days the next window has."""
    return max(1, floor(state.size + _ROUNDING))


def is_over(state: SequenceState, running: int) -> bool:
    """Whether nothing runs and nothing will."""
    return not running and (_nothing_left(state) or state.stop is not None or state.stuck)


def outcome(state: SequenceState) -> SequenceEnd:
    """How a sequence that is over has ended."""
    is_whole = _nothing_left(state) and not any(ended.end in _MISSING for ended in state.troubled)
    if _asks_for_nothing(state):
        return SequenceEnd.COMPLETE if state.closed else SequenceEnd.CANCELLED
    # What was cancelled or stuck too late to leave anything out is complete all the same.
    if is_whole:
        return SequenceEnd.COMPLETE
    if state.stop is not None:
        return SequenceEnd.CANCELLED
    return SequenceEnd.STOPPED if state.stuck else SequenceEnd.INCOMPLETE


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
        to_come=() if state.stop is not None or state.stuck else tuple(sorted((*state.pieces, *state.days))),
    )


def _asks_for_nothing(state: SequenceState) -> bool:
    return not state.spec.days and not state.spec.adopt and not state.begun


def _nothing_left(state: SequenceState) -> bool:
    return not state.pieces and not state.days


def _less(windows: tuple[Window, ...], taken: Window) -> tuple[Window, ...]:
    return tuple(piece for window in windows for piece in missing(window, [taken]))
