"""Draws the status of one customer: its state, its missing days, and each run with its attempts, failures and
link."""

from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block

from bot.actions import ActionId
from bot.blocks import (
    buttons,
    days_ahead,
    doubts,
    kit,
    not_started,
    open_run,
    open_work,
    paging,
    pictures,
    queue,
    run_status,
    sequence_progress,
    words,
)
from bot.blocks.lines import Line
from bot.blocks.moments import moment
from bot.blocks.paging import Listed
from bot.commands import SLASH, Part, Status
from bot.commands.words import typed
from bot.fleet.name_lookup import Target
from bot.fleet.runs.close_facts import causes_of
from bot.fleet.runs.run import Run
from bot.fleet.status.answer import CustomerStatus
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Silent
from bot.fleet.status.calendar import calendar_of
from bot.fleet.status.run_groups import RunGroup, group_runs
from bot.message import Message, Picture
from bot.model import ExecutionStatus, SeenFailure, State, duration_text
from bot.model.coverage import total_days

PLAIN_ROOM = 3_000
DRAWN_ROOM = 9_000
FAILURES_SHOWN = 6


def customer_status(result: CustomerStatus, command: Status) -> Message:
    """The answer about one customer, the latest runs first; or a further page of its runs."""
    range_line = words.long_range(result.whole, result.at)
    if isinstance(result.standing, Silent):
        status_text = (
            f"on {result.cluster}: unknown, {result.cluster} {run_status.silent(result.standing, result.at)}."
        )
        line, advice = Line.about(result.customer, status_text), run_status.silent_advice(1)
        notes = [open_work.note(note) for note in result.notes]
        below = kit.context("\n".join([range_line, *map(kit.escape, notes)]))
        text = "\n".join([line.plain, advice.plain, f"{range_line}.", *notes])
        drawn = [f"{run_status.SILENT_MARK} {line.mrkdwn}", advice.mrkdwn]
        return kit.message(text, [*kit.sections(drawn), below])
    backfill = result.standing
    headline = run_status.headline(backfill, result.at, result.people)
    facts = _facts(backfill, result, command.campaign)
    about = f"{result.customer} on {result.cluster}"
    rows = group_runs(_latest_first(backfill))
    runs = Listed(command, Part.RUNS, about, "line", rows, lambda row: _row(row, result))
    if page := paging.next_page(runs):
        return page
    plain = [headline.plain, f"{range_line}.", *facts, *paging.plain(runs, PLAIN_ROOM)]
    blocks: list[Block] = [
        kit.section(f"{run_status.mark(backfill)} {headline.mrkdwn}"),
        kit.context("\n".join([range_line, *(kit.escape(fact) for fact in facts)])),
        *paging.beginning(runs, DRAWN_ROOM),
        *_buttons(backfill),
    ]
    return replace(kit.message("\n".join(plain), blocks), picture=_calendar(backfill))


def _buttons(backfill: Backfill) -> list[Block]:
    """The button for what the customer needs, and the one by which a person asks to be told in a direct message when
    the customer is done. Empty if the customer is complete or has nothing to fill."""
    if backfill.state in (State.COMPLETE, State.NOT_APPLICABLE):
        return []
    target = Target(backfill.cluster, backfill.customer)
    act = run_status.act(backfill)
    acts = () if act is ActionId.STATUS else (act,)
    return buttons.suggesting(buttons.for_target(target, *acts, ActionId.NOTIFY))


def _calendar(backfill: Backfill) -> Picture | None:
    """The days by state. None if nothing is to be filled, the state is unknown, or the range is too long to be
    legible."""
    if backfill.state in (State.NOT_APPLICABLE, State.UNKNOWN) or backfill.whole.days > pictures.LONGEST_CALENDAR:
        return None
    return pictures.calendar(calendar_of(backfill))


def _facts(backfill: Backfill, result: CustomerStatus, campaign: str) -> list[str]:
    done, whole = backfill.covered_days, backfill.whole.days
    verified = f", {backfill.verified_days} verified" if backfill.verified_days else ""
    facts = [days_ahead.sentence(backfill, result)]
    if backfill.missing and result.history_silent:
        facts = [
            f"At least {done} of {words.days(whole)} complete{verified}."
            if done
            else "Unknown how many days are complete."
        ]
    if backfill.doubts:
        facts.append(_doubts(backfill))
    if backfill.sequence:
        facts += sequence_progress.sequence(backfill.sequence, result.people)
    if backfill.turn:
        facts.append(queue.place(result.cluster, backfill.turn, result.people))
    if backfill.state is State.NOT_STARTED and not backfill.turn:
        target = Target(backfill.cluster, backfill.customer)
        facts += [line.plain for line in not_started.lines([target], campaign)]
    facts += _unknown(result)
    if not backfill.expected:
        facts.append("It is not in the configuration: nobody expects it on this cluster.")
    if backfill.state is State.COMPLETE and backfill.open_runs:
        facts.append("A run is open all the same.")
    return [*facts, *map(open_work.note, result.notes)]


def _unknown(result: CustomerStatus) -> list[str]:
    """What is not known because a system did not answer."""
    facts: list[str] = []
    if result.sequences_silent:
        why = kit.clip(result.sequences_silent, run_status.LONGEST_WHY)
        facts.append(f"Whether a sequence runs its windows is not known: {why}.")
    if result.history_silent:
        why = kit.clip(result.history_silent, run_status.LONGEST_WHY)
        facts.append(f"Other days may be complete, the past runs are not all known: {why}.")
    if result.source_silent:
        why = kit.clip(result.source_silent, run_status.LONGEST_WHY)
        facts.append(f"The source did not say whether it has rows: {why}.")
    return facts


def _doubts(backfill: Backfill) -> str:
    """Which days are in doubt and why, and how the doubt can be settled."""
    number = words.days(total_days(days.window for days in backfill.doubts))
    summary = doubts.summary(backfill.doubts, backfill.whole)
    name = typed(words.name(f"{backfill.cluster}/{backfill.customer}"))
    return (
        f"In doubt, so not counted as complete: {number} ({summary}). A matching count proves them "
        f"({SLASH} verify {name}); {SLASH} run {name} runs them again."
    )


def _latest_first(backfill: Backfill) -> Sequence[Run]:
    closed = [run for run in reversed(backfill.runs) if not run.is_open]
    return [*backfill.open_runs, *closed]


def _row(row: Run | RunGroup, result: CustomerStatus) -> Line:
    return _group_line(row, result) if isinstance(row, RunGroup) else _run_line(row, result)


def _group_line(group: RunGroup, result: CustomerStatus) -> Line:
    """``40 windows of 1 day complete, Jan 1–Feb 9, each took 8 m to 25 m. The latest started …``"""
    days = run_status.ranges(group.covered, result.whole)
    shortest, longest = map(duration_text, group.took(result.at))
    took = shortest if shortest == longest else f"{shortest} to {longest}"
    lead = f"{words.plural(len(group.windows), 'window')} of {words.days(group.days)}"
    line = Line.about(lead, f"complete, {days}, each took {took}. The latest started")
    return line.then(moment(group.latest_start)).then(".", separator="")


def _run_line(run: Run, result: CustomerStatus) -> Line:
    """One run: its days, its outcome, when it started, and a link. For an open run, the line also says how the run is
    doing. Only the first ``run_status.RUNS_SHOWN`` open runs lack this, because the headline says it for them."""
    if run.is_open:
        outcome = "cancelling." if run.cancel_requested else "running."
        if not _is_in_headline(run, result):
            outcome += f" {open_run.how(run, result.at)}."
    else:
        outcome = f"{_ended(run, result)}, {_attempts(run)}."
    line = Line.about(f"{words.short_range(run.window)}:" if run.window else ":", f"{outcome} Started")
    started = line.then(moment(run.started_at)).then(".", separator="")
    return started.then(_failures(run)).then(Line.temporal(run.link))


def _is_in_headline(run: Run, result: CustomerStatus) -> bool:
    shown = result.standing.open_runs[: run_status.RUNS_SHOWN] if isinstance(result.standing, Backfill) else ()
    return any(run is each for each in shown)


def _ended(run: Run, result: CustomerStatus) -> str:
    """How a run ended, who ended it if that is known, and how long it took. The time is left out for a run that was
    open when last seen and that Temporal no longer knows: nobody can tell when it ended."""
    now, status, why = result.at, run.execution.status, doubts.failure(causes_of(run.execution))
    word = "in doubt" if run.doubts else status.value
    if by := result.ended_by.get(run.execution.ref):
        word += f" by {words.name(result.people.get(by, by))}"
    named = f"{word}: {kit.clip(why, run_status.LONGEST_WHY)}" if why else word
    return named if status is ExecutionStatus.GONE else f"{named}, took {duration_text(run.age(now))}"


def _attempts(run: Run) -> str:
    """``at least 3 attempts``: Temporal does not report the attempts of a closed run, so the bot counts the failures
    it has seen."""
    return f"at least {words.plural(run.attempts, 'attempt')}" if run.failures else "no failure seen"


def _failures(run: Run) -> str:
    if not run.failures:
        return ""
    hidden_count = len(run.failures) - FAILURES_SHOWN
    earlier = [f"{words.plural(hidden_count, 'earlier failure')} not shown"] if hidden_count > 0 else []
    return f"Failures seen: {'; '.join([*earlier, *(_failure(seen) for seen in run.failures[-FAILURES_SHOWN:])])}."


def _failure(seen: SeenFailure) -> str:
    return f"attempt {seen.attempt}, {kit.clip(words.failure(seen.failure), run_status.LONGEST_WHY)}"
