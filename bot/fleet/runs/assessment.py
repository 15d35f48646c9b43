"""What a look at one open execution says about it: ``bot.fleet.runs.health`` makes it, everything else reads it."""

from dataclasses import dataclass
from datetime import datetime

from bot.fleet.runs.heartbeat import Progress
from bot.model import AlertReason, Failure, FailureKind, Health


@dataclass(frozen=True, slots=True)
class Assessment:
    """One execution's health; ``why`` is a short plain sentence, "" when there is nothing to explain.

    ``activity_id`` to ``progress`` describe the worst activity; without any, the id is "". ``attempt`` counts from 1,
    and ``started_at`` is when that attempt started.
    ``waiting_since`` is since when no worker has taken work from ``task_queue``, None unless that is too long.
    ``failures`` holds the kind of every failed attempt seen in this run, whichever activity it belongs to.
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
