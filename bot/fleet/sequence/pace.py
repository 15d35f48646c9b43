"""The pace of a sequence, as its own completed windows show it, and the time that is left at this pace. Pure."""

from dataclasses import replace
from datetime import timedelta

from bot.model import CompletedWindow, Count, EndedWindow, Phase, SequenceProgress, SequenceState

# A shorter run found its work done already, so its duration says nothing about pace.
SHORTEST = timedelta(seconds=1)


def with_completed(state: SequenceState, ended: EndedWindow, count: Count | None) -> SequenceState:
    """The state after this window has completed. The time of a window without rows, or of a run that somebody else
    began, says nothing about other windows."""
    state = replace(state, latest=CompletedWindow(ended.window, ended.took, count))
    if ended.is_found or ended.took < SHORTEST or (count is not None and count.is_empty):
        return state
    return replace(
        state,
        measured_days=state.measured_days + ended.window.days,
        measured_time=state.measured_time + ended.took,
    )


def time_left(progress: SequenceProgress) -> timedelta | None:
    """The time that the running and the queued windows take together, from the start of the running ones. None unless
    the sequence is in the phase ``RUNNING`` and some of its windows have shown its pace."""
    if progress.phase is not Phase.RUNNING or not progress.measured_days:
        return None
    days = progress.queued_days + sum(window.window.days for window in progress.running)
    at_once = max(1, min(progress.spec.parallel, len(progress.running) + progress.queued))
    return progress.measured_time / progress.measured_days * days / at_once
