"""What an alert stores beside the attempt and its failure: the facts behind its reason, children in trouble, and the
windows that it suggests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.doubt import DoubtfulDays
from bot.model.execution import ExecutionStatus, TaskKind
from bot.model.failure import Cause
from bot.model.state import AlertReason
from bot.model.window import Window


@dataclass(frozen=True, slots=True)
class RowsOff:
    """A table that has other rows than its source: how many are ``expected``, and how many were ``found``."""

    table: str
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """The facts behind the reason of an alert. Each reason has some of them, and leaves out the others.

    ``since`` depends on the reason: when the heartbeats of a stalled run last changed; since when the workflow task
    of a blocked run has failed; or since when no worker has taken the work that waits in ``task_queue``. ``pollers``
    counts the workers that poll this queue; None if that is unknown. ``runs`` counts the runs that failed. ``status``
    is how the latest of them ended, and ``ended_at`` when it did, on the cluster's clock. ``causes`` say why that run
    ended so, or why the workflow task fails, the outermost cause first. ``days`` are the missing days that no open
    run fills. ``doubts`` are the days of completed runs that are in doubt, and why. ``rows_off`` are the tables that
    have other rows than their source on the days of ``doubts``; empty unless exactly these days were counted.
    ``queue_link`` leads to the page of the task queue, "" where there is none.
    """

    since: datetime | None = None
    task_queue: str = ""
    waits_for: TaskKind = TaskKind.ACTIVITY
    pollers: int | None = None
    causes: tuple[Cause, ...] = ()
    status: ExecutionStatus | None = None
    runs: int = 0
    doubts: tuple[DoubtfulDays, ...] = ()
    ended_at: datetime | None = None
    days: tuple[Window, ...] = ()
    queue_link: str = ""
    rows_off: tuple[RowsOff, ...] = ()


@dataclass(frozen=True, slots=True)
class SuggestedWindows:
    """The windows in which the days of an alert would run, as planned when it opened: ``number`` windows, the longest
    of which has ``days`` days. Together they take from ``low`` to ``high``; both are None if no pace is known."""

    number: int
    days: int
    low: timedelta | None = None
    high: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """A workflow below a run: its id, and its days. ``window`` is None when it has no days of its own."""

    workflow_id: str
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class TroubledChildren:
    """Of ``total`` open workflows below a run, ``number`` are in the same trouble; ``first`` are some of these.

    ``reason`` is that trouble: the worst that any of the workflows has. Alerts that were stored without a reason are
    about heartbeat timeouts. ``shown`` is the child whose attempt, progress and last failure the run's alert shows;
    None if the alert shows those of the run itself.
    """

    number: int
    total: int
    first: tuple[Child, ...] = ()
    shown: Child | None = None
    reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
