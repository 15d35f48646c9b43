"""Draws the answer to ``plan``: what would run and how long it takes, why windows are so long, then each window."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from slack_sdk.models.blocks import Block

from bot.blocks import kit, sizing, standing, words
from bot.blocks.lines import Line, fitting
from bot.fleet.plan import Estimate, Fate, Plan, PlannedWindow, PlanResult, Unplanned
from bot.message import Message
from bot.model import Window

# Rooms in characters; with headline and facts they stay below kit.MAX_TEXT and kit.MAX_ALL_TEXT.
PLAIN_ROOM = 2_000
DRAWN_ROOM = 8_000
# No more of them fit, and setting a hundred thousand flush would take its time.
ROWS_DRAWN = 250
COLUMNS = ("Window", "Days", "Scorecards", "")


@dataclass(frozen=True, slots=True)
class _Row:
    """One window, or several in a row of which the same is to be said."""

    planned: tuple[PlannedWindow, ...]

    @property
    def window(self) -> Window:
        return Window(self.planned[0].window.start, self.planned[-1].window.end)

    @property
    def rows(self) -> int | None:
        known = [planned.rows for planned in self.planned if planned.rows is not None]
        return sum(known) if known else None


def render(result: PlanResult) -> Message:
    """A plan, or why there is none."""
    return _unplanned(result) if isinstance(result, Unplanned) else _plan(result)


def _unplanned(result: Unplanned) -> Message:
    range_line = words.long_range(result.whole)
    silence = f"{result.target.cluster} {standing.silent(result.silent, result.at)}"
    told = f"on {result.target.cluster}: no plan, since nobody knows what is complete and what runs: {silence}."
    line = Line.about(result.target.customer, told)
    return kit.message(f"{line.plain}\n{range_line}.", [kit.section(line.mrkdwn), kit.context(range_line)])


def _plan(plan: Plan) -> Message:
    range_line = words.long_range(plan.whole)
    first = Line.about(plan.target.customer, f"on {plan.target.cluster}: {_headline(plan)}")
    facts, rows = _facts(plan), _rows(plan)
    cells = [_cells(row, plan.whole) for row in rows[:ROWS_DRAWN]]
    table = kit.aligned(COLUMNS, cells, right=frozenset({1, 2})).splitlines()
    hidden = len(rows) - len(cells)
    drawn = fitting(table, str, DRAWN_ROOM, lambda rest: _more(rest + hidden))
    said = fitting(rows, lambda row: _plain(row, plan.whole), PLAIN_ROOM, _more)
    blocks: list[Block] = [
        kit.section(first.mrkdwn),
        kit.context("\n".join(kit.escape(line) for line in [range_line, *facts])),
        *kit.preformatted(drawn),
    ]
    return kit.message("\n".join([first.plain, f"{range_line}.", *facts, *said]), blocks)


def _headline(plan: Plan) -> str:
    """``11 windows of 5 days would run, the last of 1 day; about 23 h to 31 h.``"""
    if plan.rows == 0:
        return "no data in range: done at once, as N/A."
    to_run = [planned.window.days for planned in plan.to_run]
    if not to_run:
        return f"nothing would run: {_kept(plan.skipped)}."
    longest, last = max(to_run), to_run[-1]
    are_alike = all(days == longest for days in to_run[:-1])
    size = words.days(longest) if are_alike else f"up to {words.days(longest)}"
    tail = f", the last of {words.days(last)}" if are_alike and last < longest else ""
    unknown = f"how long {'it takes' if len(to_run) == 1 else 'they take'} is not known"
    time = f"about {sizing.span(plan.eta)}" if plan.eta else unknown
    return f"{words.plural(len(to_run), 'window')} of {size} would run{tail}; {time}."


def _kept(skipped: Sequence[PlannedWindow]) -> str:
    """``51 windows of 1 day are complete``, or a number for each fate."""
    fates = Counter(planned.fate for planned in skipped)
    days = {planned.window.days for planned in skipped}
    if len(fates) == len(days) == 1:
        number = len(skipped)
        be = "is" if number == 1 else "are"
        return f"{words.plural(number, 'window')} of {words.days(days.pop())} {be} {skipped[0].fate.value}"
    return "windows: " + ", ".join(f"{number:,} {fate.value}" for fate, number in fates.items())


def _facts(plan: Plan) -> list[str]:
    """Why this size, how long a window takes, and whatever else must be known before somebody starts it."""
    facts = [sizing.why(plan), *_totals(plan)]
    usual = _usual_time(plan)
    if usual:
        facts.append(f"A window takes about {sizing.span(usual)}, {sizing.told_by(plan)}.")
    if plan.full_range:
        health = plan.full_range.health
        how = f" (attempt {health.attempt}, {health.health.value})" if health else ""
        goes_on = "being cancelled" if plan.full_range.cancel_requested else "running"
        facts.append(f"The full range is {goes_on}{how}: windows could run only after it has ended.")
    if plan.source_silent:
        why = kit.clip(plan.source_silent, standing.LONGEST_WHY)
        facts.append(f"The source did not say how much there is, or on which days: {why}.")
    if not plan.expected:
        facts.append("It is not in the configuration: nobody expects it on this cluster.")
    return facts


def _totals(plan: Plan) -> Iterator[str]:
    if plan.to_run:
        rows = plan.rows_to_run
        scorecards = "" if rows is None else f", {words.amount(rows)} scorecards"
        number = words.plural(len(plan.to_run), "window")
        yield f"To run: {number}, {words.days(plan.days_to_run)}{scorecards}. Plan {plan.digest}."
    if plan.skipped:
        days = sum(planned.window.days for planned in plan.skipped)
        yield f"Skipped: {words.plural(len(plan.skipped), 'window')}, {words.days(days)}."


def _usual_time(plan: Plan) -> Estimate | None:
    """Of the longest windows to run: a remainder says nothing of the others."""
    longest = max((planned.window.days for planned in plan.to_run), default=0)
    times = [p.time for p in plan.to_run if p.time and p.window.days == longest]
    return Estimate(min(time.low for time in times), max(time.high for time in times)) if times else None


def _rows(plan: Plan) -> list[_Row]:
    """A row for each window to run; skipped ones of the same fate and size share one."""
    rows: list[_Row] = []
    for (fate, _), group in groupby(plan.windows, key=lambda planned: (planned.fate, planned.window.days)):
        same = tuple(group)
        rows += [_Row((planned,)) for planned in same] if fate is Fate.RUN else [_Row(same)]
    return rows


def _cells(row: _Row, whole: Window) -> tuple[str, str, str, str]:
    number, days = len(row.planned), row.planned[0].window.days
    scorecards = "?" if row.rows is None else words.amount(row.rows)
    return _range(row.window, whole), f"{number:,} × {days:,}" if number > 1 else f"{days:,}", scorecards, _fate(row)


def _plain(row: _Row, whole: Window) -> str:
    number, days = len(row.planned), words.days(row.planned[0].window.days)
    size = f"{number:,} windows of {days}" if number > 1 else days
    scorecards = "" if row.rows is None else f", {words.amount(row.rows)} scorecards"
    return f"{_range(row.window, whole)}: {size}{scorecards}, {_fate(row)}"


def _fate(row: _Row) -> str:
    first = row.planned[0]
    if first.fate is not Fate.RUN:
        return f"skip: {first.fate.value}"
    return f"run, {sizing.span(first.time)}" if first.time else "run"


def _range(window: Window, whole: Window) -> str:
    """With years where the range has days of more than one."""
    is_one_year = whole.start.year == whole.last.year
    return words.short_range(window) if is_one_year else f"{window.start} → {window.end}"


def _more(rest: int) -> str:
    return f"and {words.plural(rest, 'more line')}"
