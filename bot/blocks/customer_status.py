"""Draws one customer: how it stands, what is missing, and every run with its attempts, failures and link."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.blocks import (
    kit,
    run_status,
    sequence_progress,
    words,
)
from bot.blocks.lines import Line, fitting
from bot.fleet.runs.run import Run
from bot.fleet.status.answer import CustomerStatus
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Silent
from bot.fleet.status.run_groups import RunGroup, group_runs
from bot.message import Message
from bot.model import ExecutionStatus, SeenFailure, State, duration_text

PLAIN_ROOM = 3_000
DRAWN_ROOM = 9_000
FAILURES_SHOWN = 6


def customer_status(result: CustomerStatus) -> Message:
    """The customer's own answer; the latest runs when there are too many for one message."""
    range_line = words.long_range(result.whole)
    if isinstance(result.standing, Silent):
        told = f"on {result.cluster}: unknown, {result.cluster} {run_status.silent(result.standing, result.at)}."
        line = Line.about(result.customer, told)
        below = kit.context("\n".join([range_line, *map(kit.escape, result.notes)]))
        text = "\n".join([line.plain, f"{range_line}.", *result.notes])
        return kit.message(text, [kit.section(line.mrkdwn), below])
    backfill = result.standing
    first = Line.about(
        result.customer, f"on {result.cluster}: {run_status.customer(backfill, result.at, result.people)}"
    )
    facts = _facts(backfill, result)
    rows = group_runs(_latest_first(backfill))
    said = fitting(rows, lambda row: _row(row, result).plain, PLAIN_ROOM, _hidden)
    drawn = fitting(rows, lambda row: _row(row, result).mrkdwn, DRAWN_ROOM, _hidden)
    plain = [first.plain, f"{range_line}.", *facts, *said]
    blocks: list[Block] = [
        kit.section(first.mrkdwn),
        kit.context("\n".join([range_line, *(kit.escape(fact) for fact in facts)])),
        *kit.sections(drawn),
    ]
    return kit.message("\n".join(plain), blocks)


def _facts(backfill: Backfill, result: CustomerStatus) -> list[str]:
    done, whole = backfill.covered_days, backfill.whole.days
    facts = [f"{done} of {words.days(whole)} complete."]
    if backfill.missing and backfill.covered_days:
        facts = [f"{done} of {words.days(whole)} complete, {run_status.missing(backfill)}."]
    if backfill.sequence:
        facts += sequence_progress.sequence(backfill.sequence, result.people)
    if result.sequences_silent:
        why = kit.clip(result.sequences_silent, run_status.LONGEST_WHY)
        facts.append(f"Whether a sequence runs its windows is not known: {why}.")
    if result.history_silent:
        why = kit.clip(result.history_silent, run_status.LONGEST_WHY)
        facts.append(f"What is missing may be complete, the past runs are not all known: {why}.")
    if result.source_silent:
        why = kit.clip(result.source_silent, run_status.LONGEST_WHY)
        facts.append(f"The source did not say whether it has rows: {why}.")
    if not backfill.expected:
        facts.append("It is not in the configuration: nobody expects it on this cluster.")
    if backfill.state is State.COMPLETE and backfill.open_runs:
        facts.append("A run is open all the same.")
    return [*facts, *result.notes]


def _latest_first(backfill: Backfill) -> Sequence[Run]:
    closed = [run for run in reversed(backfill.runs) if not run.is_open]
    return [*backfill.open_runs, *closed]


def _row(row: Run | RunGroup, result: CustomerStatus) -> Line:
    return _alike_line(row, result) if isinstance(row, RunGroup) else _run_line(row, result.at)


def _alike_line(alike: RunGroup, result: CustomerStatus) -> Line:
    """``40 windows of 1 day complete, Jan 1 → Feb 10, each took 8 m to 25 m``"""
    days = run_status.ranges(alike.covered, result.whole)
    shortest, longest = map(duration_text, alike.took(result.at))
    took = shortest if shortest == longest else f"{shortest} to {longest}"
    told = f"complete, {days}, each took {took}. The latest started {words.plain_when(alike.latest_start)}."
    return Line.about(f"{words.plural(len(alike.windows), 'window')} of {words.days(alike.days)}", told)


def _run_line(run: Run, now: datetime) -> Line:
    window = words.short_range(run.window) if run.window else ""
    if run.is_open:
        state = "cancelling" if run.cancel_requested else "running"
        told = f"{state}. {run_status.run_health(run, now)}."
    else:
        told = f"{_ended(run, now)}, {_attempts(run)}."
    started = f"Started {words.plain_when(run.execution.started_at)}."
    return Line.about(f"{window}:", " ".join(filter(None, (told, started, _failures(run)))), run.link)


def _ended(run: Run, now: datetime) -> str:
    """How long one took that is gone, nobody can tell."""
    status = run.execution.status
    return status.value if status is ExecutionStatus.GONE else f"{status.value}, took {duration_text(run.age(now))}"


def _attempts(run: Run) -> str:
    """Temporal does not tell a closed run's attempts: what was seen of them is the least there were."""
    return f"at least {words.plural(run.attempts, 'attempt')}" if run.failures else "no failure seen"


def _failures(run: Run) -> str:
    if not run.failures:
        return ""
    hidden = len(run.failures) - FAILURES_SHOWN
    earlier = [f"{words.plural(hidden, 'earlier failure')} not shown"] if hidden > 0 else []
    return f"Failures seen: {'; '.join([*earlier, *(_failure(seen) for seen in run.failures[-FAILURES_SHOWN:])])}."


def _failure(seen: SeenFailure) -> str:
    return f"attempt {seen.attempt}, {kit.clip(words.failure(seen.failure), run_status.LONGEST_WHY)}"


def _hidden(rest: int) -> str:
    return f"{words.plural(rest, 'earlier run')} not shown."
