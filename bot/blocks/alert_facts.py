"""What an alert tells about its run: the days, what went wrong and since when, and what helps."""

from bot.blocks import alert_story, children, doubts, words
from bot.blocks.lines import Line
from bot.commands import SLASH
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.name_lookup import Target
from bot.model import AlertFacts, AlertReason, Episode, ExecutionStatus, TaskKind

_TASKS = {TaskKind.WORKFLOW: "workflow tasks", TaskKind.ACTIVITY: "activities"}


def facts_of(alert: Episode) -> list[Line]:
    """The facts of an open alert, one a line: why it needs a person, how far its attempts came, what is below it."""
    target = str(Target(alert.ref.cluster, alert.customer))
    story = " ".join([*alert_story.last_failure(alert), *alert_story.attempts(alert)])
    facts = [*because(alert.alert_reason, alert.facts, target), *([Line.of(story)] if story else [])]
    if alert.children and alert.alert_reason not in CLOSED_REASONS:
        facts.append(Line.of(f"{children.in_trouble(alert.children)}."))
    return facts


def days_of(alert: Episode) -> str:
    """``Jan 1–Feb 20 (51 days)``."""
    return words.long_range(alert.window, alert.opened_at) if alert.window else "Days not recognised"


def because(reason: AlertReason, facts: AlertFacts, target: str) -> list[Line]:
    """The facts behind this reason, and what to do about it. ``target`` is what to type for the run's customer."""
    match reason:
        case AlertReason.FAILED:
            return _of_failure(facts)
        case AlertReason.BLOCKED:
            return [Line.of("Its workflow task fails again and again: its own code makes no progress.")]
        case AlertReason.STALLED:
            return [_since("It sends heartbeats, but its progress has not changed since", facts)]
        case AlertReason.NO_WORKER:
            return [
                _since(f"No worker has picked up its work on {words.name(facts.task_queue)} since", facts),
                polled(facts),
            ]
        case AlertReason.MISMATCH | AlertReason.IN_DOUBT:
            return _of_doubts(facts, target)
        case AlertReason.RETRYING | AlertReason.HEARTBEAT_TIMEOUT:
            return []


def polled(facts: AlertFacts) -> Line:
    """How many workers poll the task queue on which work waits, and what to do about it."""
    what = f"{words.name(facts.task_queue)} for {_TASKS[facts.waits_for]}"
    if facts.pollers is None:
        return Line.of(f"Whether a worker polls {what} is not known.")
    if facts.pollers:
        polls = "worker polls" if facts.pollers == 1 else "workers poll"
        return Line.of(f"{facts.pollers:,} {polls} {what}, busy with other work or stuck.")
    return Line.of(f"No worker polls {what}.")


def _of_failure(facts: AlertFacts) -> list[Line]:
    how = _how_failed(facts)
    failed = f"{facts.runs:,} runs failed{f', the latest {how}' if how else ''}." if facts.runs > 1 else f"It {how}."
    return [
        *([Line.of(failed)] if how or facts.runs > 1 else []),
        Line.of("Days that are not complete stay missing: nothing runs them."),
    ]


def _how_failed(facts: AlertFacts) -> str:
    """How a run ended, and the reason if Temporal has it; "" for one that failed and says no more."""
    cause = words.sentence(doubts.failure(facts.causes)).removesuffix(".")
    if facts.status is ExecutionStatus.TIMED_OUT:
        return "reached the timeout of its workflow"
    if facts.status is ExecutionStatus.TERMINATED:
        return f"was terminated: {cause}" if facts.causes else "was terminated, without a reason"
    return f"with: {cause}" if facts.causes and facts.runs > 1 else f"failed: {cause}" if facts.causes else ""


def _of_doubts(facts: AlertFacts, target: str) -> list[Line]:
    if not facts.doubts:
        return []
    whole = facts.doubts[0].window
    verify = f"{SLASH} verify {words.name(target)}"
    return [
        Line.of(f"{doubts.summary(facts.doubts, whole)}."),
        Line.of(f"These days count as missing until a count matches ({verify}) or they are run again."),
    ]


def _since(lead: str, facts: AlertFacts) -> Line:
    if facts.since is None:
        return Line.of(f"{lead.removesuffix(' since')}.")
    return Line(f"{lead} {words.plain_when(facts.since)}.", f"{lead} {words.when(facts.since)}.")
