"""The sections of the operations log about who struggled, what the bot waited for, and what people did."""

from collections.abc import Iterator

from bot.blocks import audit, sizing, words
from bot.blocks.markdown import bullets, escape, table
from bot.blocks.report_results import took
from bot.fleet.planning.sizing import Basis
from bot.fleet.planning.throughput import HOUR, Source
from bot.fleet.report.report import Report, ReportedAlert, SizeFacts, Struggled
from bot.model import AuditRecord, Baseline, duration_text

UNKNOWN = "unknown"


def account_of_struggles(report: Report) -> list[str]:
    """Who struggled: volume, attempts and windows; what people did about each customer; and why the windows have
    their size."""
    lines = ["## Who struggled", ""]
    if not report.struggled:
        return [*lines, "Nobody.", ""]
    tables = list(dict.fromkeys(name for struggle in report.struggled for name, _ in struggle.tables))
    unit = escape(_capitalized(report.volume))
    header = (
        "Customer",
        "Cluster",
        unit,
        *(escape(_capitalized(name)) for name in tables),
        "Attempts",
        f"{unit} a day",
        "Windows of",
        "One window took",
        f"{unit} an hour",
    )
    rows = [_struggle_row(struggle, tables) for struggle in report.struggled]
    done = [f"{escape(str(struggle.target))}: {_what_was_done(struggle, report)}" for struggle in report.struggled]
    sizes = [
        f"{escape(str(struggle.target))}: {_why_this_size(struggle.sizes)}"
        for struggle in report.struggled
        if struggle.sizes
    ]
    lines += [*table(header, rows), "What was done:", "", *bullets(done)]
    lines += ["Sizes of windows, and why:", "", *bullets(sizes)] if sizes else []
    return [*lines, *_baselines(report)]


def account_of_waiting(report: Report) -> list[str]:
    """The alerts of the span, open ones first, with who has acknowledged or snoozed them."""
    lines = ["## What the bot waited for", ""]
    if not report.alerts:
        return [*lines, "No alert was open.", ""]
    in_order = sorted(report.alerts, key=lambda alert: (alert.ended_at is not None, alert.opened_at))
    header = ("Customer", "Cluster", "Why", "Since", "State")
    return [*lines, *table(header, [_alert_row(alert, report) for alert in in_order])]


def account_of_changes(report: Report) -> list[str]:
    """Who changed what in the span, and which changes were refused; oldest first."""
    lines = ["## Who did what", ""]
    if not report.changes:
        return [*lines, "Nobody changed anything.", ""]
    header = ("When", "Who", "What", "Why", "Outcome")
    return [*lines, *table(header, [_change_row(record, report) for record in report.changes])]


def _struggle_row(struggle: Struggled, tables: list[str]) -> tuple[str, ...]:
    sizes, rows = struggle.sizes, dict(struggle.tables)
    return (
        escape(struggle.target.customer),
        escape(struggle.target.cluster),
        _amount(struggle.rows),
        *(_amount(rows.get(name)) for name in tables),
        f"{struggle.attempts:,}" if struggle.attempts else "not seen",
        _amount(sizes.per_day) if sizes else UNKNOWN,
        words.days(sizes.used or sizes.size.days) if sizes else UNKNOWN,
        took(sizes.window_took) if sizes and sizes.window_took else "none yet",
        _amount(_an_hour(sizes)) if sizes else UNKNOWN,
    )


def _capitalized(name: str) -> str:
    """The name with its first letter capitalized. The other letters stay, because a name may be an abbreviation."""
    return name[:1].upper() + name[1:]


def _amount(number: float | None) -> str:
    return UNKNOWN if number is None else words.amount(number)


def _an_hour(sizes: SizeFacts) -> float | None:
    """The pace of the customer's own runs, in rows of the volume per hour; None if it is not known."""
    pace = sizes.pace
    is_own = pace is not None and pace.source is Source.CUSTOMER and bool(pace.usual)
    return sizes.per_day / (pace.usual / HOUR) if pace and is_own and sizes.per_day is not None else None


def _what_was_done(struggle: Struggled, report: Report) -> str:
    parts: list[str] = []
    if struggle.failure:
        parts.append(f"last failure: {escape(words.failure(struggle.failure))}")
    if struggle.full_range:
        parts.append(f"the run over the full range: {struggle.full_range.value}")
    parts += [_act(record, report) for record in struggle.acts]
    if struggle.sequence_by:
        reason = f" (“{escape(struggle.sequence_reason)}”)" if struggle.sequence_reason else ""
        parts.append(f"its windows run in a sequence, begun by {_who(struggle.sequence_by, report)}{reason}")
    if struggle.sizes and struggle.sizes.used and not struggle.sequence_by:
        parts.append(f"its days were submitted again as windows of {words.days(struggle.sizes.used)}")
    if not struggle.acts and not struggle.sequence_by:
        parts.append("nobody did anything through the bot")
    return f"{'; '.join(parts)}."


def _act(record: AuditRecord, report: Report) -> str:
    reason = f" (“{escape(record.reason)}”)" if record.reason else ""
    return (
        f"{record.command} by {_who(record.user_id, report)}, {words.plain_when(record.at)}: "
        f"{audit.outcome(record)}{reason}"
    )


def _why_this_size(sizes: SizeFacts) -> str:
    """The size that the bot would choose and why, and the size that ran, if it is another one."""
    why = escape(sizing.why(sizes), sizing.LONGEST_WHY)
    if sizes.used and sizes.used != sizes.size.days and sizes.size.basis is not Basis.ASKED:
        return f"ran with {words.days(sizes.used)} a window; from now on {why}"
    return why


def _baselines(report: Report) -> list[str]:
    known = [_baseline(baseline, report.volume) for baseline in report.baselines]
    known += [f"{escape(name)}: set to {words.days(days)}" for name, days in report.overrides.items()]
    return ["Known baselines:", "", *bullets(known)] if known else []


def _baseline(baseline: Baseline, volume: str) -> str:
    time = f", one window took {duration_text(baseline.took)}" if baseline.took else ""
    days = words.days(baseline.days)
    rate = f"{words.amount(baseline.scorecards)} {escape(volume)} a day"
    return f"{escape(baseline.name)}: {rate}, windows of {days}{time}"


def _alert_row(alert: ReportedAlert, report: Report) -> tuple[str, ...]:
    return (
        escape(alert.name),
        escape(alert.cluster),
        f"{alert.reason.value}, attempt {alert.attempt:,}",
        words.plain_when(alert.opened_at),
        "; ".join(_alert_state(alert, report)),
    )


def _alert_state(alert: ReportedAlert, report: Report) -> Iterator[str]:
    if alert.ended_at and alert.ending:
        yield f"{alert.ending.value}, {words.plain_when(alert.ended_at)}"
    else:
        yield "open"
    if alert.has_sequence:
        yield "runs as windows since"
    if alert.acked_by:
        yield f"acknowledged by {_who(alert.acked_by, report)}"
    elif alert.ended_at is None and not alert.has_sequence:
        yield "not acknowledged"
    if alert.snooze:
        until = words.plain_when(alert.snooze.until) if alert.snooze.until else "it changes"
        yield f"snoozed until {until} by {_who(alert.snooze.by, report)}"
    if alert.reminders:
        yield words.plural(alert.reminders, "reminder")


def _change_row(record: AuditRecord, report: Report) -> tuple[str, ...]:
    subject = record.subject.full_name if record.subject.cluster else record.subject.name
    outcome = audit.outcome(record)
    return (
        words.plain_when(record.at),
        _who(record.user_id, report),
        f"{record.command} {escape(subject)}",
        escape(record.reason),
        escape(f"{outcome}: {record.why}" if record.why else outcome),
    )


def _who(user_id: str, report: Report) -> str:
    return escape(words.name(report.people.get(user_id, user_id)))
