"""What an alert says about its run: the days, what went wrong and since when, and what helps."""

from datetime import datetime

from bot.blocks import alert_story, children, doubts, kit, words
from bot.blocks.lines import Line, first_names
from bot.blocks.moments import moment
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.model import AlertFacts, AlertReason, Episode, ExecutionStatus, RowsOff, TaskKind, Window, duration_text
from bot.model.coverage import total_days

RANGES_SHOWN = 4
TABLES_SHOWN = 3
_TASKS = {TaskKind.WORKFLOW: "workflow tasks", TaskKind.ACTIVITY: "activities"}


def facts_of(alert: Episode) -> list[Line]:
    """The facts of an open alert, one a line: its reason, how far its attempts came, and its children in trouble."""
    story = " ".join([*alert_story.last_failure(alert), *alert_story.attempts(alert)])
    facts = [*because(alert.alert_reason, alert.facts, alert.opened_there), *([Line.of(story)] if story else [])]
    if alert.can_reset and alert.next_attempt_at:
        facts.append(_next_attempt(alert, alert.next_attempt_at))
    if alert.is_paused:
        facts.append(Line.of("It is paused: no attempt begins until somebody resumes it."))
    if alert.children and alert.alert_reason not in CLOSED_REASONS:
        facts.append(Line.of(f"{children.in_trouble(alert.children)}."))
    return facts


def days_of(alert: Episode) -> str:
    """``Jan 1–Feb 20 (51 days)``."""
    return words.long_range(alert.window, alert.opened_at) if alert.window else "Days not recognised"


def because(reason: AlertReason, facts: AlertFacts, opened_at: datetime | None = None) -> list[Line]:
    """The facts behind this reason; empty for a reason that is about attempts, or if nothing more is known.
    ``opened_at`` is when the alert opened, on the cluster's clock. If it is given, the line about a stalled run also
    says how long the run had stood still when the alert opened."""
    match reason:
        case AlertReason.FAILED:
            return _of_failure(facts)
        case AlertReason.BLOCKED:
            return [_of_code(facts)]
        case AlertReason.STALLED:
            return [_of_standstill(facts, opened_at)]
        case AlertReason.NO_WORKER:
            return [_since("No worker has picked up its work since", facts), polled(facts)]
        case AlertReason.MISMATCH | AlertReason.IN_DOUBT:
            return _of_doubts(facts)
        case AlertReason.RETRYING | AlertReason.HEARTBEAT_TIMEOUT:
            return []


def polled(facts: AlertFacts) -> Line:
    """How many workers poll the task queue on which the work waits, with a link to them in Temporal."""
    queue, tasks = words.name(facts.task_queue), f"for {_TASKS[facts.waits_for]}"
    what = Line(f"task queue {queue}", f"task queue {kit.code(queue)}").then(tasks)
    link = Line("", kit.link(facts.queue_link, "Its workers in Temporal") if facts.queue_link else "")
    if facts.pollers is None:
        return Line.of("Whether a worker polls").then(what).then("is not known.").then(link)
    if facts.pollers:
        polls = "worker polls" if facts.pollers == 1 else "workers poll"
        busy = Line.of(f"{facts.pollers:,} {polls}").then(what).then(", busy with other work or stuck.", separator="")
        return busy.then(link)
    return Line.of("No worker polls").then(what).then(".", separator="").then(link)


def missing(facts: AlertFacts) -> str:
    """``51 days missing (Jan 1–Feb 20), and nothing is running``; "" if the missing days are not known."""
    if not facts.days:
        return ""
    whole = Window(facts.days[0].start, facts.days[-1].end)
    days = words.first_days_in(facts.days, whole, RANGES_SHOWN)
    return f"{words.days(total_days(facts.days))} missing ({days}), and nothing is running"


def _of_code(facts: AlertFacts) -> Line:
    """How the code of a blocked run fails: since when, and why, if that is known."""
    if facts.since is None:
        return Line.of("Its workflow code fails on every retry; Temporal has the error, in WorkflowTaskFailed.")
    why = f": {words.sentence(doubts.failure(facts.causes))}" if facts.causes else "."
    return (
        Line.of("Its workflow code has failed on every retry since").then(moment(facts.since)).then(why, separator="")
    )


def _of_standstill(facts: AlertFacts, opened_at: datetime | None) -> Line:
    """Since when the run has made no progress. If ``opened_at`` is known, also how long the run had stood still when
    the alert opened."""
    since = _since("It sends heartbeats, but has made no progress since", facts)
    if facts.since is None or opened_at is None or opened_at <= facts.since:
        return since
    before = f" ({duration_text(opened_at - facts.since)} before this alert)."
    return Line(since.plain.removesuffix("."), since.mrkdwn.removesuffix(".")).then(before, separator="")


def _next_attempt(alert: Episode, at: datetime) -> Line:
    return Line.of(f"{alert_story.attempt_name(alert)} begins by itself at").then(moment(at)).then(".", separator="")


def _of_failure(facts: AlertFacts) -> list[Line]:
    verb, why = _how_failed(facts)
    lead = f"{facts.runs:,} runs failed, the latest one {verb}" if facts.runs > 1 else f"The run {verb}"
    ended = Line.of(lead).then(_in_brackets(moment(facts.ended_at))).then(f": {why}." if why else ".", separator="")
    if facts.days:
        return [ended]
    return [ended, Line.of("Days that are not complete stay missing: nothing runs them.")]


def _how_failed(facts: AlertFacts) -> tuple[str, str]:
    """How a run ended, and the reason if Temporal has it."""
    cause = words.sentence(doubts.failure(facts.causes)).removesuffix(".") if facts.causes else ""
    if facts.status is ExecutionStatus.TIMED_OUT:
        return "reached the timeout of its workflow", ""
    if facts.status is ExecutionStatus.TERMINATED:
        return "was terminated", cause or "no reason given"
    return "failed", cause


def _in_brackets(line: Line) -> Line:
    return Line(f"({line.plain})", f"({line.mrkdwn})") if line.plain else line


def _of_doubts(facts: AlertFacts) -> list[Line]:
    if not facts.doubts:
        return []
    return [
        Line.of(f"{doubts.summary(facts.doubts, facts.doubts[0].window)}{_rows_off(facts)}."),
        Line.of("These days count as missing until they are run again, or verify finds all their rows."),
    ]


def _rows_off(facts: AlertFacts) -> str:
    """``: scores has 112,642 of 116,420 rows (3,778 missing), …``; "" if the numbers are not known."""
    tables = [_row_difference(each) for each in facts.rows_off]
    return f": {first_names(tables, TABLES_SHOWN)}" if tables else ""


def _row_difference(rows: RowsOff) -> str:
    off = rows.found - rows.expected
    how = f"{abs(off):,} {'too many' if off > 0 else 'missing'}"
    return f"{words.name(rows.table)} has {rows.found:,} of {words.plural(rows.expected, 'row')} ({how})"


def _since(lead: str, facts: AlertFacts) -> Line:
    if facts.since is None:
        return Line.of(f"{lead.removesuffix(' since')}.")
    return Line(f"{lead} {words.plain_when(facts.since)}.", f"{lead} {words.when(facts.since)}.")
