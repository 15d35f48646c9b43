"""What a person may tell a running sequence, and what follows. Pure: the workflow validates and applies with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.fleet.sequence.ended_windows import with_ended
from bot.fleet.sequence.state import whole_days, without
from bot.model import EndedWindow, Instruction, Order, RunningWindow, SequenceState, Window, WindowEnd
from bot.model.coverage import cut, missing, total_days, union

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
            return _cannot_be_sized(instruction.days)
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


def _cannot_be_sized(days: int | None) -> str:
    return "" if days and 1 <= days <= MOST_DAYS else f"A window has 1 to {MOST_DAYS} days."


def _cannot_skip(state: SequenceState, window: Window | None) -> str:
    queued = (*state.pieces, *state.days)
    if window is None or not any(one.intersection(window) for one in queued):
        return "No window of these days is still to come."
    return ""


def _cannot_repeat(state: SequenceState, window: Window | None, running: Sequence[RunningWindow]) -> str:
    if window is None:
        return "It is not said which days are to be run again."
    if any(ended.window.intersection(window) for ended in state.troubled):
        return ""
    if any(one.window.intersection(window) for one in running):
        return "A window of these days runs now."
    if any(one.intersection(window) for one in (*state.pieces, *state.days)):
        return "A window of these days is still to come."
    return "No window of these days has failed, differs or was skipped in this sequence."


def _skipped(state: SequenceState, window: Window) -> SequenceState:
    """What of it was still to come is marked, and no window any more."""
    queued = (*state.pieces, *state.days)
    gone = tuple(piece for one in queued if (piece := one.intersection(window)))
    marks = tuple(_mark(piece) for piece in gone)
    return replace(without(state, window), troubled=with_ended(state.troubled, *marks))


def _mark(window: Window) -> EndedWindow:
    return EndedWindow(0, window, WindowEnd.SKIPPED, timedelta(0))


def _again(state: SequenceState, window: Window) -> SequenceState:
    """Its days that are not simply complete are run before what comes next, whatever had the sequence stuck.

    Days left out were no windows yet: they are cut by the size of now, except in sequences of before.
    """
    hit = [ended for ended in state.troubled if ended.window.intersection(window)]
    never_cut = [ended for ended in hit if ended.end is WindowEnd.SKIPPED and not state.counts_skipped]
    pieces = [days for ended in hit if ended not in never_cut and (days := ended.window.intersection(window))]
    left_out = union((ended.window for ended in never_cut), window)
    pieces += [piece for days in left_out for piece in cut(days, whole_days(state))]
    kept = tuple(rest for ended in state.troubled for rest in _less(ended, window))
    # A mark may be in two parts, and is one window all the same.
    over = {ended.number for ended in hit if ended.end is not WindowEnd.SKIPPED}
    over -= {rest.number for rest in kept}
    counted = total_days(
        days for ended in hit if ended.end is WindowEnd.DIFFERS and (days := ended.window.intersection(window))
    )
    return replace(
        state,
        pieces=(*sorted(pieces), *state.pieces),
        troubled=kept,
        closed=max(0, state.closed - len(over)),
        complete_days=state.complete_days - counted,
        stuck=False,
    )


def _less(ended: EndedWindow, window: Window) -> list[EndedWindow]:
    """What is left of its mark without these days."""
    return [replace(ended, window=days) for days in missing(ended.window, [window])]
