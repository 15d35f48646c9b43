"""The windows of a plan as a table and as lines.

Each window to run has a line of its own. A dialog has fewer lines, so that its question stays on the screen: there,
neighbouring windows share a line if they have the same size and take equally long. Neighbouring skipped windows share
a line everywhere, if they have the same size and are skipped for the same reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from slack_sdk.models.blocks import Block

from bot import commands
from bot.blocks import kit, paging, sizing, tables, words
from bot.blocks.lines import Line, fitting
from bot.blocks.paging import Listed
from bot.commands import Part
from bot.fleet.planning.plan import Fate, Plan, PlannedWindow
from bot.model import Window

# More rows never fit into a dialog. Aligning a hundred thousand rows would take long.
ROWS_DRAWN = 250
# In a message. With a long last cell, a row has up to 80 characters.
ROWS_SHOWN = 60
COLUMNS = ("Window", "Days", "Rows", "")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line: a window, or neighbouring windows that share it."""

    planned: tuple[PlannedWindow, ...]

    @property
    def window(self) -> Window:
        return Window(self.planned[0].window.start, self.planned[-1].window.end)

    @property
    def rows(self) -> int | None:
        counts = [planned.rows for planned in self.planned if planned.rows is not None]
        return sum(counts) if counts else None


def count(started: Sequence[Window]) -> str:
    """``11 windows of 5 days`` if each has 5 days, or each but a shorter last one. Otherwise ``11 windows of up to 5
    days``, where the longest window has 5 days."""
    longest = max(window.days for window in started)
    are_alike = all(window.days == longest for window in started[:-1])
    size = words.days(longest) if are_alike else f"up to {words.days(longest)}"
    return f"{words.plural(len(started), 'window')} of {size}"


def table_lines(plan: Plan, room: int) -> list[str]:
    """Aligned lines with column headings: as many as fit into ``room`` characters, and below them, if there are more,
    one line that counts the others. Neighboring windows that are alike share a line."""
    rows = _joined_rows(plan)
    table = _table(plan, rows[:ROWS_DRAWN])
    hidden = len(rows) - len(rows[:ROWS_DRAWN])
    return fitting(table, str, room, lambda rest: tables.narrow(_hidden_lines(rest + hidden)))


def listed(plan: Plan, command: commands.Plan) -> Listed[_Row]:
    """The windows of a plan as a list, for plain text and for further pages. Each entry of the list is a sentence."""
    about = f"{plan.target.customer} on {plan.target.cluster}"
    return Listed(command, Part.WINDOWS, about, "line", _rows(plan), lambda row: Line.of(_plain(row, plan.whole)))


def beginning(plan: Plan, lines: Listed[_Row]) -> list[Block]:
    """The first lines as a table, and the button for the next ones."""
    shown = lines.entries[:ROWS_SHOWN]
    return [*kit.preformatted(_table(plan, shown)), *paging.rest(lines, len(shown))]


def _table(plan: Plan, rows: Sequence[_Row]) -> list[str]:
    return tables.aligned(COLUMNS, [_cells(row, plan.whole) for row in rows], right=frozenset({1, 2}))


def _rows(plan: Plan) -> list[_Row]:
    rows: list[_Row] = []
    for (fate, _), group in groupby(plan.windows, key=lambda planned: (planned.fate, planned.window.days)):
        same = tuple(group)
        rows += [_Row((planned,)) for planned in same] if fate is Fate.RUN else [_Row(same)]
    return rows


def _joined_rows(plan: Plan) -> list[_Row]:
    groups = groupby(plan.windows, key=lambda planned: (planned.fate, planned.window.days, _time(planned)))
    return [_Row(tuple(group)) for _, group in groups]


def _cells(row: _Row, whole: Window) -> tuple[str, str, str, str]:
    number, days = len(row.planned), row.planned[0].window.days
    rows_text = "?" if row.rows is None else words.amount(row.rows)
    days_text = words.range_in(row.window, whole)
    return (
        days_text,
        f"{number:,} × {days:,}" if number > 1 else f"{days:,}",
        rows_text,
        _fate(row).removeprefix("skip: ") if number == 1 or row.planned[0].fate is not Fate.RUN else _each(row),
    )


def _plain(row: _Row, whole: Window) -> str:
    number, days = len(row.planned), words.days(row.planned[0].window.days)
    size = f"{number:,} windows of {days}" if number > 1 else days
    rows_text = "" if row.rows is None else f", {words.rows(row.rows)}"
    return f"{words.range_in(row.window, whole)}: {size}{rows_text}, {_fate(row)}"


def _fate(row: _Row) -> str:
    first = row.planned[0]
    if first.fate is not Fate.RUN:
        return f"skip: {first.fate.value}"
    return f"run, {_time(first)}" if first.time else "run"


def _each(row: _Row) -> str:
    """How long each of several windows takes, without the word "run", so that the line fits on a phone."""
    return f"{_time(row.planned[0])} each" if row.planned[0].time else "run"


def _time(planned: PlannedWindow) -> str:
    return sizing.span(planned.time) if planned.time else ""


def _hidden_lines(number: int) -> str:
    return f"and {words.plural(number, 'more line')}: a shorter range shows them"
