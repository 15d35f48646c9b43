"""Validates and applies the instructions that people give to an open sequence. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.fleet.sequence.ended_windows import with_ended
from bot.fleet.sequence.state import whole_days, without
from bot.model import EndedWindow, Instruction, Order, Pause, RunningWindow, SequenceState, Window, WindowEnd
from bot.model.coverage import cut, missing, total_days, union

MOST_DAYS = 3_650


def refusal(  # noqa: PLR0911  (one line an order is the point)
    state: SequenceState, instruction: Instruction, running: Sequence[RunningWindow]
) -> str:
    """The sentence that refuses the instruction; "" if the sequence accepts it."""
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


def apply(  # noqa: PLR0911  (as above)
    state: SequenceState, instruction: Instruction, now: datetime | None = None
) -> SequenceState:
    """The state after an instruction that is followed at ``now``. Call ``refusal`` first, which says whether it can
    be followed."""
    match instruction.order:
        case Order.PAUSE:
            return replace(state, paused_by=instruction.by, pause=Pause(instruction.by, now, instruction.reason))
        case Order.RESUME:
            return replace(state, paused_by="", pause=None)
        case Order.RESIZE if instruction.days:
            return replace(state, size=float(instruction.days), most=instruction.days)
        case Order.SKIP if instruction.window:
            return _skip(state, instruction.window)
        case Order.AGAIN if instruction.window:
            return _repeat(state, instruction.window)
        case Order.STOP:
            return replace(state, stop=instruction, paused_by="", pause=None)
    return state


def _cannot_be_sized(days: int | None) -> str:
    return "" if days and 1 <= days <= MOST_DAYS else f"A window has 1 to {MOST_DAYS} days."


def _cannot_skip(state: SequenceState, window: Window | None) -> str:
    queued = (*state.pieces, *state.days)
    if window is None or not any(days.intersection(window) for days in queued):
        return "No window of these days is still to come."
    return ""


def _cannot_repeat(state: SequenceState, window: Window | None, running: Sequence[RunningWindow]) -> str:
    if window is None:
        return "It is not said which days are to be run again."
    if any(ended.window.intersection(window) for ended in state.troubled):
        return ""
    if any(now.window.intersection(window) for now in running):
        return "A window of these days runs now."
    if any(days.intersection(window) for days in (*state.pieces, *state.days)):
        return "A window of these days is still to come."
    return "No window of these days has failed, differs or was skipped in this sequence."


def _skip(state: SequenceState, window: Window) -> SequenceState:
    """Take the queued days of ``window`` out of the queue, and list them as skipped."""
    queued = (*state.pieces, *state.days)
    removed = tuple(piece for days in queued if (piece := days.intersection(window)))
    skipped = tuple(EndedWindow(0, piece, WindowEnd.SKIPPED, timedelta(0)) for piece in removed)
    return replace(without(state, window), troubled=with_ended(state.troubled, *skipped))


def _repeat(state: SequenceState, window: Window) -> SequenceState:
    """Put the days of ``window`` that are not simply complete at the front of the queue. A stuck sequence goes on.

    Days that were skipped have never been cut into windows, so they are cut now, by the present size. But in a
    sequence that counts skipped days as closed windows (``counts_skipped``), they are repeated in the pieces in which
    they were skipped.
    """
    affected = [ended for ended in state.troubled if ended.window.intersection(window)]
    never_cut = [ended for ended in affected if ended.end is WindowEnd.SKIPPED and not state.counts_skipped]
    pieces = [days for ended in affected if ended not in never_cut and (days := ended.window.intersection(window))]
    skipped = union((ended.window for ended in never_cut), window)
    pieces += [piece for days in skipped for piece in cut(days, whole_days(state))]
    kept = tuple(rest for ended in state.troubled for rest in _without_days(ended, window))
    # A window of which only some days are repeated leaves up to two entries, and still counts as closed once.
    reopened = {ended.number for ended in affected if ended.end is not WindowEnd.SKIPPED}
    reopened -= {rest.number for rest in kept}
    completed_days = total_days(
        days for ended in affected if ended.end is WindowEnd.DIFFERS and (days := ended.window.intersection(window))
    )
    return replace(
        state,
        pieces=(*sorted(pieces), *state.pieces),
        troubled=kept,
        closed=max(0, state.closed - len(reopened)),
        complete_days=state.complete_days - completed_days,
        stuck=False,
    )


def _without_days(ended: EndedWindow, window: Window) -> list[EndedWindow]:
    """The entry without the days of ``window``: no entry, one, or two if the days are in its middle."""
    return [replace(ended, window=days) for days in missing(ended.window, [window])]
