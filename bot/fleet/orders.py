"""What a person may tell a running sequence, and what follows. Pure: the workflow validates and applies with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.fleet.course import without
from bot.model import EndedWindow, Instruction, Order, RunningWindow, SequenceState, Window, WindowEnd

MOST_DAYS = 3_650


def refusal(  # noqa: PLR0911  (one line an order is the point)
    state: SequenceState, instruction: Instruction, running: Sequence[RunningWindow]
) -> str:
    """Why the sequence does not take it, as a sentence, or ""."""
    if state.stop is not None:
        return "The sequence is being cancelled."
    match instruction.order:
        case Order.PAUSE:
            return "The sequence is paused already." if state.paused_by else ""
        case Order.RESUME:
            return "" if state.paused_by else "The sequence is not paused."
        case Order.RESIZE:
            return "" if instruction.days and 1 <= instruction.days <= MOST_DAYS else "A window has at least 1 day."
        case Order.SKIP:
            return _cannot_skip(state, instruction.window)
        case Order.AGAIN:
            return _cannot_repeat(state, instruction.window, running)
        case Order.STOP:
            return ""


def apply(state: SequenceState, instruction: Instruction) -> SequenceState:  # noqa: PLR0911  (as above)
    """The state after it; ``refusal`` has been asked."""
    match instruction.order:
        case Order.PAUSE:
            return replace(state, paused_by=instruction.by)
        case Order.RESUME:
            return replace(state, paused_by="")
        case Order.RESIZE if instruction.days:
            return replace(state, size=float(instruction.days), most=instruction.days)
        case Order.SKIP if instruction.window:
            return _skipped(state, instruction.window)
        case Order.AGAIN if instruction.window:
            return _again(state, instruction.window)
        case Order.STOP:
            return replace(state, stop=instruction, paused_by="")
    return state


def _cannot_skip(state: SequenceState, window: Window | None) -> str:
    queued = (*state.pieces, *state.days)
    if window is None or not any(one.intersection(window) for one in queued):
        return "No window of these days is still to come."
    return ""


def _cannot_repeat(state: SequenceState, window: Window | None, running: Sequence[RunningWindow]) -> str:
    if window is None or not any(held.contains(window) for held in _asked_for(state)):
        return "The sequence has nothing to do with these days."
    if any(one.window.intersection(window) for one in running):
        return "A window of these days runs now."
    if any(one.intersection(window) for one in (*state.pieces, *state.days)):
        return "A window of these days is still to come."
    return ""


def _asked_for(state: SequenceState) -> tuple[Window, ...]:
    adopted = tuple(held.window for held in state.spec.adopt if held.window)
    return (*state.spec.days, *adopted)


def _skipped(state: SequenceState, window: Window) -> SequenceState:
    """What of it was still to come is over, and marked."""
    queued = (*state.pieces, *state.days)
    gone = tuple(piece for one in queued if (piece := one.intersection(window)))
    marks = tuple(_mark(piece) for piece in gone)
    left = without(state, window)
    return replace(left, closed=state.closed + len(gone), troubled=(*state.troubled, *marks))


def _mark(window: Window) -> EndedWindow:
    return EndedWindow(0, window, WindowEnd.SKIPPED, timedelta(0))


def _again(state: SequenceState, window: Window) -> SequenceState:
    """To be run before what comes next; its mark goes."""
    kept = tuple(ended for ended in state.troubled if not window.contains(ended.window))
    closed = state.closed - (len(state.troubled) - len(kept))
    return replace(state, pieces=(window, *state.pieces), troubled=kept, closed=max(0, closed))
