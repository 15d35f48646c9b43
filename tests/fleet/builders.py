"""Hand-made executions, activities and runs, each healthy and ordinary until a test says otherwise."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.fleet.runs.assessment import Patience
from bot.fleet.runs.days import DayReading
from bot.fleet.runs.health import Past, assess
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.run import Run
from bot.model import (
    Activity,
    ActivityState,
    Description,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Observation,
    Ref,
    SeenFailure,
    Window,
)

NOW = datetime(2026, 2, 22, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
USUAL_ID = "backfill-{customer}-{start}-{end}"
CAMPAIGN = Window(date(2026, 1, 1), date(2026, 2, 21))
PATIENCE = Patience(stalled_after=HOUR, no_worker_after=10 * MINUTE)
TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
BOOM = Failure(FailureKind.APPLICATION, "connection reset by peer")


def window(start: int, end: int) -> Window:
    """Days of the campaign by number: ``window(1, 6)`` is Jan 1–5."""
    first = CAMPAIGN.start - timedelta(days=1)
    return Window(first + timedelta(days=start), first + timedelta(days=end))


def window_of_id(workflow_id: str) -> Window | None:
    """The days in a workflow id of the usual form."""
    fields = IdTemplate.of(USUAL_ID).read(workflow_id, UTC)
    return DayReading("iso", UTC).window(fields) if fields else None


def execution(
    customer: str = "hilton", days: Window = CAMPAIGN, cluster: str = "voice-prod", **changes: Any
) -> Execution:
    """Running for an hour; ``run`` tells runs of the same workflow id apart."""
    run = changes.pop("run", "1")
    values: dict[str, Any] = {
        "ref": Ref(cluster, f"backfill-{customer}-{days.start}-{days.end}", f"run-{run}"),
        "workflow_type": "CustomerBackfill",
        "task_queue": "backfill",
        "status": ExecutionStatus.RUNNING,
        "started_at": NOW - HOUR,
        **changes,
    }
    return Execution(**values)


def closed(
    status: ExecutionStatus, customer: str, days: Window, cluster: str = "voice-prod", **changes: Any
) -> Execution:
    """Closed ``ago`` before NOW, after ``took``."""
    ago, took = changes.pop("ago", HOUR), changes.pop("took", HOUR)
    times = {"closed_at": NOW - ago, "started_at": NOW - ago - took}
    return execution(customer, days, cluster, status=status, **times, **changes)


def activity(**changes: Any) -> Activity:
    """Started an hour ago, with a heartbeat half a minute old."""
    values: dict[str, Any] = {
        "activity_id": "1",
        "activity_type": "copy_days",
        "state": ActivityState.STARTED,
        "attempt": 1,
        "scheduled_at": NOW - HOUR,
        "started_at": NOW - HOUR,
        "last_heartbeat_at": NOW - timedelta(seconds=30),
        "heartbeat_timeout": MINUTE,
        "details": '{"day":"2026-01-07","rows":12345,"total":57300}',
        "last_failure": None,
        "next_attempt_at": None,
        **changes,
    }
    return Activity(**values)


def description(*activities: Activity, of: Execution | None = None, **changes: Any) -> Description:
    """The description of an execution."""
    values: dict[str, Any] = {
        "execution": of or execution(),
        "activities": activities,
        "cancel_requested": False,
        "workflow_task_attempt": 1,
        **changes,
    }
    return Description(**values)


def observation(changed_at: datetime, of: Activity) -> Observation:
    """The activity's details changed at ``changed_at``."""
    return Observation(execution().ref, of.activity_id, of.details, changed_at)


def seen(attempt: int, failure: Failure = TIMED_OUT, ref: Ref | None = None) -> SeenFailure:
    """An attempt's failure, seen an hour ago."""
    return SeenFailure(ref or execution().ref, "1", attempt, failure, NOW - HOUR)


def run(of: Execution, days: Window | None, *activities: Activity, **changes: Any) -> Run:
    """A run, with its health if it is open."""
    described = description(*activities, of=of)
    health = assess(described, Past((), changes.get("failures", ())), PATIENCE, NOW) if of.status.is_open else None
    identity = Identity(_customer(of), days) if days else None
    link = f"https://temporal.test/{quote(of.ref.workflow_id)}"
    return Run(of, identity, link=link, health=health, **changes)


def _customer(of: Execution) -> str:
    return of.ref.workflow_id.removeprefix("backfill-")[: -len("-2026-01-01-2026-02-21")]
