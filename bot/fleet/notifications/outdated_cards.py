"""Finds messages about missing days that later runs have completed. These messages then lose their buttons. Pure.

Such a message is called overtaken. The message reports an end with missing days. Completed runs now cover all of
these days, and the latest of these runs closed after that end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.fleet.notifications.notification import Notification
from bot.fleet.notifications.sequence import SequenceCard, StillOpenLine, WindowLine
from bot.model import (
    Ending,
    Episode,
    Execution,
    Overtaken,
    Phase,
    SequenceEnd,
    SequenceSpec,
    Window,
    WindowEnd,
    coverage,
)

_DONE = (Ending.COMPLETED, Ending.CONTINUED, Ending.CUT_SHORT, Ending.RECOVERED, Ending.REPLACED)

Done = tuple[Window, Execution]


def has_missing_days(episode: Episode) -> bool:
    """Whether the episode ended with days missing that a later run may still complete."""
    return bool(
        episode.ending and episode.ending not in _DONE and episode.customer and not _is_complete(episode.overtaken)
    )


def card_has_missing_days(notification: Notification) -> bool:
    """Whether this is the message of a sequence that ended with days missing that a later run may still complete."""
    if not isinstance(notification, SequenceCard) or _is_complete(notification.overtaken):
        return False
    return notification.progress.phase is Phase.ENDED and notification.progress.end is not SequenceEnd.COMPLETE


def _is_complete(overtaken: Overtaken | None) -> bool:
    """Whether the days are known to be complete. This is unknown while their cluster is not in the configuration."""
    return overtaken is not None and not overtaken.is_unwatched


def days_of(episode: Episode) -> tuple[Window, ...]:
    """The days of an episode: all that its sequence was asked to fill, or else those of its run."""
    days = days_asked(episode.sequence.spec) if episode.sequence else ()
    return days or ((episode.window,) if episode.window else ())


def days_asked(spec: SequenceSpec) -> tuple[Window, ...]:
    """The days that a sequence was asked to fill, and those of the open runs that it had to adopt or cancel."""
    runs = (*spec.adopt, *spec.clear)
    return (*spec.days, *(run.window for run in runs if run.window))


def completed_since(days: Sequence[Window], done: Iterable[Done], ended_at: datetime) -> Execution | None:
    """Of the runs that completed these days, the one that closed last. None while any of the days is missing, or if
    that run did not close after ``ended_at``."""
    runs = [(window, run) for window, run in done if any(window.intersection(wanted) for wanted in days)]
    windows = [window for window, _ in runs]
    if not days or any(coverage.missing(wanted, windows) for wanted in days):
        return None
    latest = max((run for _, run in runs), key=lambda run: run.closed_at or run.started_at)
    return latest if latest.closed_at and latest.closed_at > ended_at else None


def as_overtaken(notification: Notification, by: Overtaken) -> Notification | None:
    """The message of a sequence, changed so that it shows what ``by`` says about the days, and has no buttons. None
    if the message needs no change."""
    match notification:
        case SequenceCard() | StillOpenLine() | WindowLine() if _is_shown(notification.overtaken, by):
            return None
        case SequenceCard() | StillOpenLine():
            return replace(notification, overtaken=by)
        case WindowLine(ended=ended) if ended.end is not WindowEnd.COMPLETE:
            return replace(notification, overtaken=by)
        case _:
            return None


def _is_shown(before: Overtaken | None, by: Overtaken) -> bool:
    """Whether the message, which shows ``before``, can stay as it is. It has to change and show ``by`` in two cases.
    Either ``before`` is None, so the message shows nothing yet. Or ``before`` only says that the cluster is no longer
    configured, while ``by`` names the run that completed the days."""
    return before is not None and (by.is_unwatched or not before.is_unwatched)
