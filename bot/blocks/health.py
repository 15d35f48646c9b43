"""Why an open run has its health, as plain text."""

from collections.abc import Collection
from datetime import timedelta

from bot.blocks import heartbeats, kit, words
from bot.fleet.runs.assessment import (
    ActivityPaused,
    Assessment,
    FailingActivity,
    HealthReason,
    LastFailure,
    NotPickedUp,
    RepeatedHeartbeat,
    SeveralActivities,
    TimedOutEarlier,
    WorkflowPaused,
    WorkflowTaskFails,
    WorkflowTaskNotTaken,
)
from bot.model import FailureKind, Health, Pause, duration_text

ACTIVITIES_SHOWN = 3
# In characters: the reasons in one line, without and with a list of activities, and how far one of these came.
LONGEST = 200
LONGEST_OF_SEVERAL = 450
LONGEST_PROGRESS = 40
_TIMED_OUT = "timed out on heartbeat"
_MEANINGS = {
    Health.STRUGGLING: (
        "Struggling: each attempt times out on heartbeat, and the next one starts over. Split the run into smaller "
        "windows; rows already written stay."
    ),
    Health.RETRYING: "Retrying: attempts fail with an error. Remove its cause, and the next attempt gets through.",
}


def of(assessment: Assessment) -> str:
    """The reasons for this health. They give the number of timeouts only if the bot has seen every earlier attempt
    time out. Otherwise the number could be too low, because the bot may not have seen every failure."""
    times = assessment.failures.count(FailureKind.HEARTBEAT_TIMEOUT)
    is_one = assessment.child is None and not any(isinstance(each, SeveralActivities) for each in assessment.reasons)
    return why(assessment.reasons, times if is_one and times == assessment.attempt - 1 else 1)


def in_line(assessment: Assessment) -> str:
    """The reasons for this health, cut to ``LONGEST`` characters, or to ``LONGEST_OF_SEVERAL`` if they list
    activities."""
    every = (reason.now if isinstance(reason, TimedOutEarlier) else (reason,) for reason in assessment.reasons)
    has_list = any(isinstance(reason, SeveralActivities) for reasons in every for reason in reasons)
    return kit.clip(of(assessment), LONGEST_OF_SEVERAL if has_list else LONGEST)


def why(reasons: tuple[HealthReason, ...], timeouts: int = 1) -> str:
    """``timed out on heartbeat 4 times``; ``timed out on heartbeat once earlier in this run; now the activity is
    paused``; "" without a reason."""
    number = f" {timeouts} times" if timeouts > 1 else ""
    return "; ".join(f"{_TIMED_OUT}{number}" if _is_timeout(each) else _why(each) for each in reasons)


def _is_timeout(reason: HealthReason) -> bool:
    failure = reason.failure if isinstance(reason, LastFailure) else None
    return failure is not None and failure.kind is FailureKind.HEARTBEAT_TIMEOUT


def meanings(healths: Collection[Health]) -> list[str]:
    """What struggling and retrying mean, and what helps: a text for each of the two that is among ``healths``. The
    other kinds of health get none, because their reasons explain them."""
    return [meaning for health, meaning in _MEANINGS.items() if health in healths]


def _paused(what: str, pause: Pause, paused_for: timedelta | None) -> str:
    """``the workflow was paused 2 h ago by olivia: database is full``, as far as Temporal tells."""
    ago = f" {duration_text(paused_for)} ago" if paused_for is not None else ""
    by = f" by {words.name(pause.by)}" if pause.by else ""
    why = f": {words.name(pause.reason)}" if pause.reason else ""
    return f"{what} was paused{ago}{by}{why}"


def _why(reason: HealthReason) -> str:  # noqa: PLR0911  (one line a kind is the point)
    match reason:
        case TimedOutEarlier(times, now):
            earlier = f"{_TIMED_OUT} {'once' if times == 1 else f'{times} times'} earlier in this run"
            return f"{earlier}; now {'; '.join(map(_why, now))}" if now else earlier
        case SeveralActivities():
            return _several(reason)
        case LastFailure(failure):
            return words.failure(failure) if failure else "an earlier attempt ended; why is not known"
        case RepeatedHeartbeat(unchanged_for):
            return f"heartbeats come, but have told nothing new for {duration_text(unchanged_for)}"
        case NotPickedUp(waited):
            return f"no worker has picked it up for {duration_text(waited)}"
        case ActivityPaused(pause, paused_for):
            return _paused("the activity", pause, paused_for)
        case WorkflowPaused(pause, paused_for):
            return _paused("the workflow", pause, paused_for)
        case WorkflowTaskFails(attempt):
            return f"its workflow task is on attempt {attempt}: its own code fails, or its worker is lost each time"
        case WorkflowTaskNotTaken(waited, attempt):
            return f"no worker has taken its workflow task up for {duration_text(waited)}, attempt {attempt}"


def _several(reason: SeveralActivities) -> str:
    """``2 of 6 activities do not do well: copy (id 7, attempt 3, at Jan 4 (6%)), index (attempt 2)``."""
    more = len(reason.failing) - ACTIVITIES_SHOWN
    names = ", ".join(map(_failing, reason.failing[:ACTIVITIES_SHOWN])) + (f" and {more:,} more" if more > 0 else "")
    verb = "does" if len(reason.failing) == 1 else "do"
    return f"{len(reason.failing):,} of {reason.total:,} activities {verb} not do well: {names}"


def _failing(activity: FailingActivity) -> str:
    """``copy (id 7, attempt 3, at Jan 4 (6%), heartbeat timeout 1 m)``, as far as this is known."""
    facts = [f"id {words.name(activity.activity_id)}"] if activity.activity_id else []
    facts.append(f"attempt {activity.attempt}")
    if activity.progress:
        facts.append(f"at {kit.clip(heartbeats.in_brief(activity.progress), LONGEST_PROGRESS)}")
    if activity.heartbeat_timeout:
        facts.append(f"heartbeat timeout {duration_text(activity.heartbeat_timeout)}")
    return f"{words.name(activity.activity_type)} ({', '.join(facts)})"
