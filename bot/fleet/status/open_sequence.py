"""What an open sequence changes about the state of its customer. Pure."""

from dataclasses import replace
from datetime import datetime

from bot.fleet.status.backfill import Backfill
from bot.fleet.status.eta import WindowCount, work_left
from bot.model import Phase, SequenceSpec, SequenceStanding, State, Window


def with_sequence(backfill: Backfill, sequence: SequenceStanding | None, now: datetime) -> Backfill:
    """The backfill with its open sequence. Because of the sequence, it counts as running even between two windows."""
    if sequence is None:
        return backfill
    progress = sequence.progress
    work = backfill.work
    if progress and progress.spec.parallel > 1 and backfill.missing:
        work = work_left(backfill.cluster, backfill.runs, backfill.whole, now, progress.spec.parallel)
    windows = backfill.windows if progress and not progress.total else None
    if progress and progress.total:
        windows = WindowCount(progress.closed, len(progress.running), progress.total)
    state = _state_with_sequence(backfill, sequence)
    return replace(backfill, sequence=sequence, state=state, windows=windows, work=work)


def _state_with_sequence(backfill: Backfill, sequence: SequenceStanding) -> State:
    progress = sequence.progress
    if backfill.state is State.COMPLETE:
        return State.COMPLETE
    if progress is None:
        return State.RUNNING
    if progress.phase is Phase.ENDED or not _touches(progress.spec, backfill.whole):
        return backfill.state
    only_cancels = not progress.spec.days and not progress.spec.adopt
    is_cancelling = progress.phase is Phase.STOPPING or (progress.phase is Phase.CLEARING and only_cancels)
    return State.CANCELLING if is_cancelling else State.RUNNING


def _touches(spec: SequenceSpec, whole: Window) -> bool:
    """Whether the sequence concerns these days: by days that it runs, or by a run that it cancels or follows. True if
    the days of such a run are not known, because they may be among these days."""
    held = [run.window for run in (*spec.clear, *spec.adopt)]
    return any(window is None or window.intersection(whole) for window in (*spec.days, *held))
