"""Draws the answer to ``plan``: what would run, how long it takes, why windows have this size, then each window."""

from collections import Counter
from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block, InteractiveElement

from bot import commands
from bot.actions import ActionId
from bot.blocks import (
    buttons,
    doubts,
    kit,
    open_work,
    paging,
    run_status,
    sizing,
    windows,
    words,
)
from bot.blocks.lines import Line
from bot.blocks.moments import between
from bot.fleet.planning.plan import Plan, PlannedWindow, PlanNote, PlanResult, SequenceUnknown, Unplanned
from bot.fleet.planning.sizing import Basis
from bot.fleet.refusals.sequences import OpenSequence
from bot.fleet.status.estimate import Estimate
from bot.message import Message
from bot.model.coverage import total_days

# In characters. With the headline and the facts, a message stays below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
PLAIN_ROOM = 2_000


def render(result: PlanResult, command: commands.Plan) -> Message:
    """The plan, or why there is none; or a further page of its windows."""
    return _unplanned(result) if isinstance(result, Unplanned) else _plan(result, command)


def _unplanned(result: Unplanned) -> Message:
    range_line = words.range_of_answer(result.whole, result.at, is_typed=result.is_typed)
    silence = f"{result.target.cluster} {run_status.silent(result.silent, result.at)}"
    text = f"on {result.target.cluster}: no plan, because {silence}."
    line = Line.about(result.target.customer, text)
    notes = [_note(note) for note in result.notes]
    facts = "\n".join([range_line, *map(kit.escape, notes)])
    plain = "\n".join([line.plain, f"{range_line}.", *notes])
    return kit.message(plain, [kit.section(line.mrkdwn), kit.context(facts)])


def _plan(plan: Plan, command: commands.Plan) -> Message:
    lines = windows.listed(plan, command)
    if page := paging.next_page(lines):
        return page
    range_line = words.range_of_answer(plan.whole, plan.at, is_typed=plan.is_typed)
    headline = Line.about(plan.target.customer, f"on {plan.target.cluster}: {_headline(plan)}")
    first, facts = _first_facts(plan), _facts(plan)
    blocks: list[Block] = [
        kit.section("\n".join(line.mrkdwn for line in [headline, *first])),
        kit.context("\n".join(kit.escape(line) for line in [range_line, *facts])),
        *buttons.suggesting([*_offered(plan), *_notify(plan)]),
        *windows.beginning(plan, lines),
    ]
    return kit.message(
        "\n".join(
            [
                headline.plain,
                *(line.plain for line in first),
                f"{range_line}.",
                *facts,
                *paging.plain(lines, PLAIN_ROOM),
            ]
        ),
        blocks,
    )


def _notify(plan: Plan) -> list[InteractiveElement]:
    """The button by which a person asks to be told in a direct message when the customer is done. There is a button
    only if a run of the customer is open, or if the plan has a note about a sequence or about other clusters."""
    may_run = plan.full_range or plan.running or plan.notes
    return buttons.for_target(plan.target, ActionId.NOTIFY) if may_run else []


def _offered(plan: Plan) -> list[InteractiveElement]:
    """The button that runs this plan. Empty if nothing is to run, or if the customer has or may have an open
    sequence. Also empty if the person typed days or a size, because the button does not carry these."""
    has_sequence = any(isinstance(note, OpenSequence | SequenceUnknown) for note in plan.notes)
    if has_sequence or plan.is_typed or plan.size.basis is Basis.ASKED or not plan.to_run:
        return []
    return buttons.for_target(plan.target, ActionId.SPLIT if plan.full_range else ActionId.RETRY)


def _headline(plan: Plan) -> str:
    """``11 windows of 5 days would run one after another; about 23–31 h.``"""
    if plan.rows == 0:
        return "no data in these days, so there is nothing to run."
    to_run = [planned.window.days for planned in plan.to_run]
    if not to_run:
        return f"nothing would run: {_kept(plan.skipped)}."
    unknown = f"how long {'it takes' if len(to_run) == 1 else 'they take'} is not known"
    duration = f"about {sizing.span(plan.eta)}" if plan.eta else unknown
    windows_text = windows.count([planned.window for planned in plan.to_run])
    return f"{windows_text} would run{_order(plan)}; {duration}."


def _order(plan: Plan) -> str:
    """`` one after another``, or `` 3 at a time``; "" for a single window."""
    if len(plan.to_run) == 1:
        return ""
    return " one after another" if plan.at_once == 1 else f" {plan.at_once} at a time"


def _first_facts(plan: Plan) -> list[Line]:
    """What a person should read first: which open run a split would end; the sentence "Nothing has started."; and, if
    there is an estimate, when all windows would be done if they started now. Empty if no windows are to run."""
    if not plan.to_run:
        return []
    started = Line.of("Nothing has started.")
    if plan.eta:
        done = between(plan.at + plan.eta.low, plan.at + plan.eta.high)
        started = started.then("Started now, all would be done").then(done).then(".", separator="")
    return [*_full_range(plan), started]


def _full_range(plan: Plan) -> list[Line]:
    """The open run over the whole range, which a split ends first."""
    if not plan.full_range:
        return []
    health = plan.full_range.health
    how = f" (attempt {health.attempt}, {health.health.value})" if health else ""
    if plan.full_range.cancel_requested:
        return [Line.of(f"The full-range run{how} is being cancelled: windows start once it has ended.")]
    return [Line.of(f"The full-range run{how} still runs: a split ends it first. Rows already written stay.")]


def _kept(skipped: Sequence[PlannedWindow]) -> str:
    """``51 windows of 1 day are complete``. If the windows differ in size or in the reason for skipping them, the
    text has no size, but the number of windows for each reason: ``windows: 40 complete, 2 running``."""
    fates = Counter(planned.fate for planned in skipped)
    days = {planned.window.days for planned in skipped}
    if len(fates) == len(days) == 1:
        number = len(skipped)
        verb = words.be(number)
        return f"{words.plural(number, 'window')} of {words.days(days.pop())} {verb} {skipped[0].fate.value}"
    return "windows: " + ", ".join(f"{number:,} {fate.value}" for fate, number in fates.items())


def _facts(plan: Plan) -> list[str]:
    """Why windows have this size, how long one takes, and what else a person should know before starting them."""
    facts = [sizing.why(plan), *_totals(plan)]
    if plan.doubts:
        number = words.days(total_days(days.window for days in plan.doubts))
        facts.append(f"Run again because they are in doubt: {number} ({doubts.summary(plan.doubts, plan.whole)}).")
    usual = _usual_time(plan)
    if usual:
        facts.append(f"A window takes about {sizing.span(usual)}, {sizing.pace_source(plan)}.")
    if plan.source_silent:
        why = kit.clip(plan.source_silent, run_status.LONGEST_WHY)
        facts.append(f"The source did not say how much there is, or on which days: {why}.")
    if not plan.expected:
        facts.append("It is not in the configuration: nobody expects it on this cluster.")
    return [*facts, *map(_note, plan.notes)]


def _note(note: PlanNote) -> str:
    match note:
        case OpenSequence(standing=standing):
            only = f"While it is open, nothing else starts windows of {standing.customer} there."
            return f"{open_work.sequence(note)} {only}"
        case SequenceUnknown(why):
            return f"Whether a sequence runs its windows is not known: {why}."
        case _:
            return open_work.note(note)


def _totals(plan: Plan) -> Iterator[str]:
    if plan.to_run:
        rows = plan.rows_to_run
        rows_text = "" if rows is None else f", {words.rows(rows)}"
        number = words.plural(len(plan.to_run), "window")
        yield f"To run: {number}, {words.days(plan.days_to_run)}{rows_text}."
    if plan.skipped:
        days = sum(planned.window.days for planned in plan.skipped)
        yield f"Skipped: {words.plural(len(plan.skipped), 'window')}, {words.days(days)}."


def _usual_time(plan: Plan) -> Estimate | None:
    """How long the longest windows take. The last window may be shorter, so its time would mislead."""
    longest = max((planned.window.days for planned in plan.to_run), default=0)
    times = [planned.time for planned in plan.to_run if planned.time and planned.window.days == longest]
    return (
        Estimate(min(estimate.low for estimate in times), max(estimate.high for estimate in times)) if times else None
    )
