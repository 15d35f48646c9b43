"""What an alert tells about its run: the days, what went wrong and since when, and what helps."""

from bot.blocks import children, doubts, words
from bot.blocks.lines import Line
from bot.commands import SLASH
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.name_lookup import Target
from bot.model import AlertFacts, AlertReason, Episode, ExecutionStatus, TaskKind

_TASKS = {TaskKind.WORKFLOW: "workflow tasks", TaskKind.ACTIVITY: "activities"}


def facts_of(alert: Episode) -> list[Line]:
    """The facts of an open alert, one a line."""
    days = (
        f"Days: {words.long_range(alert.window, alert.opened_at)}."
        if alert.window
        else "Its days were not recognised."
    )
    target = str(Target(alert.ref.cluster, alert.customer))
    return [Line.of(days), *because(alert.alert_reason, alert.facts, target), *_of_activity(alert)]


def because(reason: AlertReason, facts: AlertFacts, target: str) -> list[Line]:
    """The facts behind this reason, and what to do about it. ``target`` is what to type for the run's customer."""
    match reason:
        case AlertReason.FAILED:
            return _of_failure(facts)
        case AlertReason.BLOCKED:
            return [
                Line.of(
                    "Its workflow task fails again and again, so its own code makes no progress."
                    " Mend the code and deploy it: Temporal then goes on by itself."
                )
            ]
        case AlertReason.STALLED:
            return [_since("Heartbeats come, but have told nothing new since", facts)]
        case AlertReason.NO_WORKER:
            return [
                _since(f"No worker has taken its work from {words.name(facts.task_queue)} since", facts),
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
        return Line.of(f"{facts.pollers:,} {polls} {what}: busy with other work, or stuck.")
    return Line.of(f"No worker polls {what}: start one.")


def _of_failure(facts: AlertFacts) -> list[Line]:
    latest = f"{facts.runs:,} runs failed; the latest one " if facts.runs > 1 else "It "
    return [
        Line.of(f"{latest}{_how_failed(facts)}"),
        Line.of("Nothing runs these days again, and no later run has completed them."),
    ]


def _how_failed(facts: AlertFacts) -> str:
    """How a run ended, and the reason if Temporal has it."""
    cause = words.sentence(doubts.failure(facts.causes))
    if facts.status is ExecutionStatus.TIMED_OUT:
        return "reached the timeout of its workflow."
    if facts.status is ExecutionStatus.TERMINATED:
        return f"was terminated: {cause}" if facts.causes else "was terminated without a reason."
    return f"failed: {cause}" if facts.causes else "failed; Temporal tells no cause."


def _of_doubts(facts: AlertFacts, target: str) -> list[Line]:
    if not facts.doubts:
        return []
    whole = facts.doubts[0].window
    verify = f"{SLASH} verify {words.name(target)}"
    return [
        Line.of(f"{doubts.summary(facts.doubts, whole)}."),
        Line.of(f"These days count as missing until a count matches ({verify}) or they are run again."),
    ]


def _of_activity(alert: Episode) -> list[Line]:
    """The last failure and heartbeat of the activity that the alert is about, and the children in trouble."""
    facts = []
    if alert.last_failure:
        reached = f" Attempt {alert.attempt - 1} was last seen at {alert.reached}." if alert.reached else ""
        facts.append(f"Last failure: {words.failure(alert.last_failure)}.{reached}")
    if alert.progress and alert.progress != alert.reached:
        facts.append(f"Last heartbeat: {alert.progress}.")
    if alert.children and alert.alert_reason not in CLOSED_REASONS:
        facts.append(f"{children.in_trouble(alert.children)}.")
    return [Line.of(fact) for fact in facts]


def _since(lead: str, facts: AlertFacts) -> Line:
    if facts.since is None:
        return Line.of(f"{lead.removesuffix(' since')}.")
    return Line(f"{lead} {words.plain_when(facts.since)}.", f"{lead} {words.when(facts.since)}.")
