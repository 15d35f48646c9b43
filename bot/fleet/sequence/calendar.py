"""The calendar of an open sequence: each day from its first to its last, with its state. Pure."""

from datetime import date

from bot.model import Calendar, DayState, Phase, SequenceProgress, Window, WindowEnd

_DRAWN = (Phase.RUNNING, Phase.PAUSED)
_TROUBLED = {
    WindowEnd.DIFFERS: DayState.IN_DOUBT,
    WindowEnd.IN_DOUBT: DayState.IN_DOUBT,
    WindowEnd.FAILED: DayState.FAILED,
    WindowEnd.CANCELLED: DayState.MISSING,
    WindowEnd.SKIPPED: DayState.MISSING,
}


def sequence_calendar(progress: SequenceProgress) -> Calendar | None:
    """The days of the sequence with their states; None if there is no calendar to show.

    A sequence has a calendar only while it is running or paused: before that, all its days have the same state, and
    while it is stopping, it no longer reports which days are to come. A sequence of an earlier version does not
    report all windows. So there is no calendar either if the complete days are not as many as the sequence counts.
    """
    own = (*progress.spec.days, *(run.window for run in progress.spec.adopt if run.window))
    if not own or progress.phase not in _DRAWN:
        return None
    whole = Window(min(window.start for window in own), max(window.end for window in own))
    states = dict.fromkeys(whole.each_day(), DayState.OUTSIDE)
    _mark(states, own, DayState.COMPLETE)
    for ended in progress.troubled:
        if state := _TROUBLED.get(ended.end):
            _mark(states, [ended.window], state)
    _mark(states, progress.to_come, DayState.MISSING)
    _mark(states, [running.window for running in progress.running], DayState.RUNNING)
    calendar = Calendar(progress.spec.cluster, progress.spec.customer, whole.start, tuple(states.values()))
    return calendar if calendar.count(DayState.COMPLETE) == progress.complete_days else None


def _mark(states: dict[date, DayState], windows: tuple[Window, ...] | list[Window], state: DayState) -> None:
    states |= {day: state for window in windows for day in window.each_day() if day in states}
