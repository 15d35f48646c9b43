"""What the attempts of a run tell: how far each came, whether progress is kept, and what to expect."""

from bot.blocks import children, words
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.runs.heartbeat import Reached
from bot.model import AlertReason, Child, Episode, FailureKind

_STARTS_OVER = "It will probably not finish: each retry starts over."
_GOES_ON = "It keeps its progress, so it may finish by itself."


def attempts(alert: Episode) -> list[str]:
    """How far the attempts came, and what follows from that."""
    now, before = Reached.of(alert.progress), Reached.of(alert.reached)
    attempt = attempt_name(alert)
    if alert.alert_reason in CLOSED_REASONS:
        return []
    if not alert.reached:
        return [f"{attempt} is at {reached(alert.progress)}."] if alert.progress else []
    if not alert.progress or alert.progress == alert.reached:
        return [f"{attempt} has not reported progress yet; {_before(alert)} reached {reached(alert.reached)}."]
    if not now or not before:
        return [f"{attempt} is at {alert.progress}; {_before(alert)} reached {alert.reached}."]
    if now < before:
        return [
            f"{attempt} started over and is at {_at(now)}; {_before(alert)} reached {_at(before)}.",
            *([_STARTS_OVER] if alert.alert_reason is AlertReason.HEARTBEAT_TIMEOUT else []),
        ]
    return [f"{attempt} went on from where {_before(alert)} stopped, and is at {_at(now)}.", _GOES_ON]


def attempt_name(alert: Episode) -> str:
    """``Attempt 2``, or ``Attempt 2 of child Jan 4``."""
    return f"Attempt {alert.attempt}{children.of_child(child_shown(alert))}"


def child_shown(alert: Episode) -> Child | None:
    """The workflow below the run that attempt, progress and failure belong to; None for the run itself."""
    return alert.children.shown if alert.children else None


def last_failure(alert: Episode) -> list[str]:
    """Why the last attempt ended, if the headline does not say so."""
    failure = alert.last_failure
    is_known = alert.alert_reason is AlertReason.HEARTBEAT_TIMEOUT
    if not failure or (is_known and failure.kind is FailureKind.HEARTBEAT_TIMEOUT):
        return []
    return [f"Last failure: {words.failure(failure)}."]


def reached(progress: str) -> str:
    """``Jan 4 (6%, 3,619 of 61,500 rows)``; the text of the heartbeat itself if it does not tell days and rows."""
    read = Reached.of(progress)
    return f"{_day(read)} ({_percent(read)}, {read.rows:,} of {read.total:,} rows)" if read else progress


def _before(alert: Episode) -> str:
    return f"attempt {alert.attempt - 1}"


def _at(read: Reached) -> str:
    return f"{_day(read)} ({_percent(read)})"


def _day(read: Reached) -> str:
    return f"{read.day:%b} {read.day.day}"


def _percent(read: Reached) -> str:
    """A whole number; it is 100 only if everything is done."""
    return f"{min(100 * read.rows // read.total, 100)}%"
