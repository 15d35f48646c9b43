"""The progress of a sequence in words: for its card, for the alerts that it has taken over, and for confirmations."""

from datetime import datetime

from bot.blocks import kit, words
from bot.blocks.lines import Line, first_names
from bot.model import EndedWindow, Phase, SequenceEnd, SequenceProgress, SequenceSpec, Window, WindowEnd
from bot.model.coverage import cut, total_days, union

MARKED_SHOWN = 4
RANGES_SHOWN = 4
LONGEST_NOTE = 120
_MISSING = (WindowEnd.IN_DOUBT, WindowEnd.FAILED, WindowEnd.CANCELLED, WindowEnd.SKIPPED)


def state(progress: SequenceProgress) -> str:
    """The words after the customer's name: ``window 3 of 11 (Jan 11–15) is running``."""
    match progress.phase:
        case Phase.CLEARING:
            then = f", then {words.plural(progress.total, 'window')} follow" if progress.total else ""
            return f"cancelling {words.plural(len(progress.spec.clear), 'workflow')}{then}"
        case Phase.RUNNING | Phase.STOPPING if at_rest := _resting_until(progress):
            follows = "ends" if progress.phase is Phase.STOPPING else "goes on"
            return (
                f"{running(progress)} {_is_or_are(progress)} closed, and it {follows} at {words.plain_when(at_rest)}"
            )
        case Phase.RUNNING:
            return (
                f"{running(progress)} {_is_or_are(progress)} running"
                if progress.running
                else f"{_next(progress)} is next"
            )
        case Phase.PAUSED:
            goes_on = f"; {running(progress)} {_is_or_are(progress)} still running"
            return f"paused{goes_on}" if progress.running else f"paused before {_next(progress)}"
        case Phase.STOPPING:
            left = f"; {running(progress)} {_is_or_are(progress)} not closed yet"
            return f"cancelling{left}" if progress.running else "cancelling"
        case Phase.ENDED:
            return ended(progress)


def ended(progress: SequenceProgress) -> str:
    """How the sequence ended: ``complete, 11 windows``."""
    match progress.end:
        case SequenceEnd.COMPLETE | SequenceEnd.IN_DOUBT:
            windows = words.plural(progress.closed, "window")
            differing = sum(window.end is WindowEnd.DIFFERS for window in progress.troubled)
            differences = (
                "the counts of 1 window differ" if differing == 1 else f"the counts of {differing:,} windows differ"
            )
            return f"in doubt, {windows} ran, but {differences}" if differing else f"complete, {windows}"
        case SequenceEnd.STOPPED:
            return f"stopped with {missing(progress)}"
        case SequenceEnd.INCOMPLETE:
            return f"ended with {missing(progress)}"
        case SequenceEnd.CANCELLED:
            return f"cancelled, {completed(progress)}" if total_requested_days(progress.spec) else "cancelled"
        case None:
            return "over"


def completed(progress: SequenceProgress) -> str:
    """``10 of 51 days complete``."""
    return f"{complete_days(progress):,} of {words.days(total_requested_days(progress.spec))} complete"


def complete_days(progress: SequenceProgress) -> int:
    """The number of requested days that are complete, without those whose count differs."""
    differing = total_days(window.window for window in progress.troubled if window.end is WindowEnd.DIFFERS)
    return max(0, min(progress.complete_days, total_requested_days(progress.spec)) - differing)


def running(progress: SequenceProgress) -> str:
    """``window 3 of 11 (Jan 11–15)``, ``windows 3 to 5 of 11``."""
    first, last = progress.numbers
    if last > first:
        return f"windows {first:,} to {last:,} of {progress.total:,}"
    days = "".join(f" ({range_in(window.window, progress.spec)})" for window in progress.running)
    return f"window {first:,} of {progress.total:,}{days}"


def marked(progress: SequenceProgress) -> str:
    """The windows that are not complete, and why: ``Jan 6–10 failed (disk full), Jan 16–20 differs and 3 more``; ""
    if there are none."""
    return first_names([explained(window, progress.spec) for window in progress.troubled], MARKED_SHOWN)


def explained(window: EndedWindow, spec: SequenceSpec) -> str:
    """``Jan 6–10 failed (heartbeat timeout)``."""
    note = kit.clip(" ".join(window.note.split()), LONGEST_NOTE)
    return mark(window, spec) + (f" ({note})" if note else "")


def mark(window: EndedWindow, spec: SequenceSpec) -> str:
    """``Jan 6–10 failed``."""
    word = "differs" if window.end is WindowEnd.DIFFERS else window.end.value
    return f"{range_in(window.window, spec)} {word}"


def requested_by(spec: SequenceSpec) -> Line:
    """Who asked for the sequence, with which command, and why."""
    return (
        Line.of("Started by").then(Line.who(spec.started_by)).then(f"({spec.asked}): {words.sentence(spec.reason)}")
    )


def is_fully_complete(progress: SequenceProgress) -> bool:
    """Whether the sequence is complete and no count differs. Only then is its icon green."""
    return progress.end is SequenceEnd.COMPLETE and not progress.troubled


def initial_windows(spec: SequenceSpec) -> tuple[Window, ...]:
    """The windows that the sequence would start at its first size. Windows that it adopts, because they run already,
    are not among them."""
    return tuple(window for days in spec.days for window in cut(days, spec.sizes.days))


def total_requested_days(spec: SequenceSpec) -> int:
    """The number of days that the sequence fills: those of the windows that it starts, and those of the windows that
    it adopts because they run already."""
    return total_days(_ranges(spec))


def missing_days(progress: SequenceProgress) -> int:
    """The number of days that are queued, or whose windows ended in one of the ways of ``_MISSING``."""
    return progress.queued_days + total_days(window.window for window in progress.troubled if window.end in _MISSING)


def missing(progress: SequenceProgress) -> str:
    """``41 days missing (Jan 11–Feb 20)``; without the range if an earlier version did not report the days left."""
    number, within = missing_days(progress), whole(progress.spec)
    given_up = (window.window for window in progress.troubled if window.end in _MISSING)
    windows = union((*progress.left, *given_up), within) if within else ()
    days = f" ({words.first_days_in(windows, within, RANGES_SHOWN)})" if within and windows else ""
    return f"{words.days(number)} missing{days if total_days(windows) == number else ''}"


def whole(spec: SequenceSpec) -> Window | None:
    """The range from the first to the last day of the sequence; None if the days are not known."""
    ranges = _ranges(spec) or tuple(held.window for held in spec.clear if held.window)
    return Window(min(window.start for window in ranges), max(window.end for window in ranges)) if ranges else None


def range_in(window: Window, spec: SequenceSpec) -> str:
    """The range as ``words.range_in`` writes it, with years if the sequence's own range spans several."""
    return words.range_in(window, whole(spec) or window)


def _ranges(spec: SequenceSpec) -> tuple[Window, ...]:
    return (*spec.days, *(held.window for held in spec.adopt if held.window))


def _resting_until(progress: SequenceProgress) -> datetime | None:
    """If every current window is in its grace period for late writes, the end of the latest of these periods;
    otherwise None."""
    rests = [window.rests_until for window in progress.running if window.rests_until]
    return max(rests) if rests and len(rests) == len(progress.running) else None


def _next(progress: SequenceProgress) -> str:
    return f"window {progress.numbers[0]:,} of {progress.total:,}"


def _is_or_are(progress: SequenceProgress) -> str:
    return "are" if len(progress.running) > 1 else "is"
