"""The chart of how far each attempt of an alert's run came. Pure."""

from bot.fleet.runs.heartbeat import Reached
from bot.model import AlertReason, AttemptBar, AttemptProgress, AttemptsChart, Episode

_ABOUT_ATTEMPTS = (AlertReason.HEARTBEAT_TIMEOUT, AlertReason.RETRYING)


def attempts_chart(alert: Episode) -> AttemptsChart | None:
    """The chart; None if the alert is not about attempts, or if no ended attempt has reported its day and rows.

    The chart has only ended attempts, because a picture of the present one would be out of date at once.
    """
    seen = [(each, Reached.of(each.progress)) for each in alert.attempts]
    total = max((reached.total for _, reached in seen if reached), default=0)
    if not total or alert.alert_reason not in _ABOUT_ATTEMPTS:
        return None
    bars = tuple(_bar(each, reached) for each, reached in seen)
    return AttemptsChart(alert.ref.cluster, alert.name, total, bars)


def _bar(attempt: AttemptProgress, reached: Reached | None) -> AttemptBar:
    return AttemptBar(attempt.attempt, reached.day, reached.rows) if reached else AttemptBar(attempt.attempt)
