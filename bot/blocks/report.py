"""Draws the operations log: a Markdown file with everything, and a message with the numbers people need.

Slack converts no dates in files, so all times are in UTC, and say so.
"""

import re

from bot.blocks import kit, sizing, words
from bot.blocks.report_accounts import account_of_changes, account_of_struggles, account_of_waiting
from bot.blocks.report_results import counts, happened, remaining, results, unknowns
from bot.fleet.report.left import until_last
from bot.fleet.report.report import Report
from bot.message import Document, Message
from bot.model import in_utc

STRUGGLED_SHOWN = 5

# Characters that cannot be in a file name on every system.
_NO_FILE_NAME = re.compile(r"[^\w.-]+")


def render(result: Report) -> Message:
    """The message, with the log as a file."""
    headline, facts = f"{_title(result)}: {_headline(result)}", _facts(result)
    blocks = [kit.section(f"*{kit.escape(headline)}*"), *kit.sections([kit.escape(fact) for fact in facts])]
    message = kit.message("\n".join([headline, *facts]), blocks)
    log = Document(_file_name(result), _title(result), markdown(result), result.day, result.campaign)
    return Message(message.text, message.blocks, log)


def markdown(report: Report) -> str:
    """The whole log."""
    lines = [
        f"# {_title(report)}",
        "",
        f"**{_headline(report)}** Campaign{_named(report)}: {words.long_range(report.range, report.span.until)}.",
        "",
        " ".join(["All times are in UTC.", _as_of(report), *_left_out(report)]),
        "",
        *happened(report),
        *results(report),
        *account_of_struggles(report),
        *account_of_waiting(report),
        *counts(report),
        *remaining(report),
        *account_of_changes(report),
        *unknowns(report),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _named(report: Report) -> str:
    return f" {words.name(report.campaign)}" if report.campaign else ""


def _title(report: Report) -> str:
    if report.day:
        return f"Operations log{_named(report)} of {report.day}"
    return f"Operations log{_named(report)} from {in_utc(report.span.since)} to {in_utc(report.span.until)}"


def _file_name(report: Report) -> str:
    campaign = _NO_FILE_NAME.sub("-", report.campaign)
    name = f"operations-log-{f'{campaign}-' if campaign else ''}"
    return f"{name}{report.day or f'{report.span.until:%Y-%m-%dT%H%MZ}'}.md"


def _headline(report: Report) -> str:
    text = words.completeness(report.complete, report.customers, report.unknown)
    queued = sum(len(cluster.queued) for cluster in report.clusters)
    not_started = sum(len(cluster.not_started) for cluster in report.clusters)
    not_begun = ("queued", queued), ("not started", not_started)
    others = ("open", len(report.open)), *not_begun, ("unknown", report.unknown)
    return ", ".join([text, *(f"{number:,} {word}" for word, number in others if number)]) + "."


def _as_of(report: Report) -> str:
    if report.is_past:
        return (
            f"States are those of {words.plain_when(report.at)}, from the run history: the health of runs and the "
            "queues of sequences are not known for a past day."
        )
    return f"States are those of {words.plain_when(report.at)}."


def _left_out(report: Report) -> list[str]:
    """Says that the log leaves out the beginning of the campaign, if it does."""
    span = report.span
    if span.began is None:
        return []
    last = words.days((span.until - span.since).days)
    return [f"The campaign began on {span.began:%Y-%m-%d}; this log has its last {last}."]


def _facts(report: Report) -> list[str]:
    facts = _left_out(report)
    if report.struggled:
        names = words.joined([struggle.target.customer for struggle in report.struggled[:STRUGGLED_SHOWN]])
        more = len(report.struggled) - STRUGGLED_SHOWN
        facts.append(f"Struggled: {names}{f' and {more:,} more' if more > 0 else ''}.")
    open_alerts = sum(alert.ended_at is None for alert in report.alerts)
    if open_alerts:
        facts.append(f"{words.plural(open_alerts, 'alert')} open.")
    eta = until_last(report.going_on, report.slots)
    if eta:
        facts.append(f"What runs now needs about {sizing.span(eta)}.")
    silent = [cluster.cluster for cluster in report.clusters if cluster.silent]
    if silent:
        facts.append(f"Not answering: {', '.join(silent)}.")
    return facts
