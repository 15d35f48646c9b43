"""What an alert says about a run's attempts: how far they came, whether progress is kept, and what to expect."""

from bot.blocks import children, heartbeats, words
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.runs.heartbeat import Reached
from bot.model import AlertReason, Child, Episode, FailureKind

_STARTS_OVER = "It will probably not finish: each retry starts over."
_GOES_ON = "It keeps its progress, so it may finish by itself."


def attempts(alert: Episode) -> list[str]:
    """How far the attempts came, and what follows from that."""
    now, before = Reached.of(alert.progress), Reached.of(alert.reached)
    attempt, earlier = attempt_name(alert), f"attempt {alert.attempt - 1}"
    if alert.alert_reason in CLOSED_REASONS:
        return []
    if not alert.reached:
        return [f"{attempt} is at {heartbeats.reached(alert.progress)}."] if alert.progress else []
    if not alert.progress or alert.progress == alert.reached:
        ended = _alike(alert) or f"{earlier} reached {heartbeats.reached(alert.reached)}"
        is_waiting = alert.can_reset and alert.next_attempt_at
        lead = "" if is_waiting else f"{attempt} has not reported progress yet; "
        return [f"{lead}{ended if lead else ended[:1].upper() + ended[1:]}."]
    if not now or not before:
        progress, reached = heartbeats.reached(alert.progress), heartbeats.reached(alert.reached)
        return [f"{attempt} is at {progress}; {earlier} reached {reached}."]
    at, furthest = heartbeats.briefly(now), heartbeats.briefly(before)
    if now < before:
        repeats = [_STARTS_OVER] if alert.alert_reason is AlertReason.HEARTBEAT_TIMEOUT else []
        return [f"{attempt} started over and is at {at}; {earlier} reached {furthest}.", *repeats]
    return [f"{attempt} went on from where {earlier} stopped, and is at {at}.", _GOES_ON]


def _alike(alert: Episode) -> str:
    """``attempts 3 and 4 both ended at Jan 9 (17%)``; "" if the last two attempts did not end at the same place."""
    places = {each.attempt: heartbeats.in_brief(each.progress) for each in alert.attempts if each.progress}
    last = first = alert.attempt - 1
    while first - 1 in places and places[first - 1] == places.get(last):
        first -= 1
    if first == last:
        return ""
    numbers = f"{first} and {last} both" if last - first == 1 else f"{first} to {last} all"
    return f"attempts {numbers} ended at {places[last]}"


def attempt_name(alert: Episode) -> str:
    """``Attempt 2``, or ``Attempt 2 of child Jan 4``."""
    return f"Attempt {alert.attempt}{children.of_child(child_shown(alert))}"


def child_shown(alert: Episode) -> Child | None:
    """The child to which the alert's attempt, progress and failure belong; None if they are the run's own."""
    return alert.children.shown if alert.children else None


def last_failure(alert: Episode) -> list[str]:
    """A sentence that says why the last attempt ended; empty if the headline says it already, or if no failure is
    known."""
    failure = alert.last_failure
    is_known = alert.alert_reason is AlertReason.HEARTBEAT_TIMEOUT
    if not failure or (is_known and failure.kind is FailureKind.HEARTBEAT_TIMEOUT):
        return []
    return [f"Last failure: {words.failure(failure)}."]
