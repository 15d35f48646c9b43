"""Cards about what ended with days missing, once a later run has completed those days: they offer nothing any more.

Pure. A card is overtaken when runs that completed cover all days it is about, the last of them after its end.
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

_DONE = (Ending.COMPLETED, Ending.CONTINUED, Ending.CUT_SHORT)

Done = tuple[Window, Execution]


def has_missing_days(episode: Episode) -> bool:
    """Whether its card still tells of days missing that a later run may complete."""
    return bool(
        episode.ending and episode.ending not in _DONE and episode.customer and not _is_known(episode.overtaken)
    )


def card_has_missing_days(saying: Notification) -> bool:
    """The same of the message of a sequence."""
    if not isinstance(saying, SequenceCard) or _is_known(saying.overtaken):
        return False
    return saying.progress.phase is Phase.ENDED and saying.progress.end is not SequenceEnd.COMPLETE


def _is_known(overtaken: Overtaken | None) -> bool:
    """Whether its days are known to be complete; of a cluster that was not configured for a while nobody knew."""
    return overtaken is not None and not overtaken.is_unwatched


def days_of(episode: Episode) -> tuple[Window, ...]:
    """What it is about: all that its sequence was asked for, else its run's own."""
    asked = days_asked(episode.sequence.spec) if episode.sequence else ()
    return asked or ((episode.window,) if episode.window else ())


def days_asked(spec: SequenceSpec) -> tuple[Window, ...]:
    """What a sequence was to run, follow or end."""
    held = (*spec.adopt, *spec.clear)
    return (*spec.days, *(one.window for one in held if one.window))


def completed_since(days: Sequence[Window], done: Iterable[Done], ended_at: datetime) -> Execution | None:
    """The run that completed the last of these days after that; None while any is missing, or none came after."""
    runs = [(window, run) for window, run in done if any(window.intersection(one) for one in days)]
    windows = [window for window, _ in runs]
    if not days or any(coverage.missing(one, windows) for one in days):
        return None
    latest = max((run for _, run in runs), key=lambda run: run.closed_at or run.started_at)
    return latest if latest.closed_at and latest.closed_at > ended_at else None


def as_overtaken(saying: Notification, by: Overtaken) -> Notification | None:
    """A line or a card of an overtaken sequence as it is to be shown now; None for what offers nothing anyway."""
    match saying:
        case SequenceCard() | StillOpenLine() | WindowLine() if _stays(saying.overtaken, by):
            return None
        case SequenceCard() | StillOpenLine():
            return replace(saying, overtaken=by)
        case WindowLine(ended=ended) if ended.end is not WindowEnd.COMPLETE:
            return replace(saying, overtaken=by)
        case _:
            return None


def _stays(before: Overtaken | None, by: Overtaken) -> bool:
    """Whether what a message says already says as much."""
    return before is not None and (by.is_unwatched or not before.is_unwatched)
