"""The health of one open run and the reasons for it. ``bot.fleet.runs.health`` makes assessments."""

from dataclasses import dataclass
from datetime import datetime

from bot.fleet.runs.heartbeat import Progress
from bot.model import AlertReason, Failure, FailureKind, Health


@dataclass(frozen=True, slots=True)
class Assessment:
    """One run's health; ``why`` is a short plain sentence, "" when there is nothing to explain.

    ``activity_id`` to ``progress`` describe the worst activity; the id is "" when no activity is pending. ``attempt``
    counts from 1, and ``started_at`` is the start of that attempt.
    ``waiting_since`` is the moment since which no worker has taken work from ``task_queue``, None unless the wait is
    too long.
    ``failures`` holds the kinds of all failed attempts seen in this run, of all its activities.
    ``alert_reason`` is None when the run needs no alert.
    """

    health: Health
    why: str
    activity_id: str
    attempt: int
    started_at: datetime | None
    last_failure: Failure | None
    last_heartbeat_at: datetime | None
    progress: Progress
    waiting_since: datetime | None
    task_queue: str
    failures: tuple[FailureKind, ...] = ()
    alert_reason: AlertReason | None = None
