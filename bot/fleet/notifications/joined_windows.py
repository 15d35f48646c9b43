"""Joins the lines about windows that completed as expected, so that a thread about very many windows stays readable.

The first few of these windows have a line each. The windows after them share one line, which is edited for each of
them. Any other line in the thread ends the series, and the next window begins a new one.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.fleet.notifications.sequence import WindowLine
from bot.model import AlikeWindows, Count, JoinedWindows, TableCount, Window, WindowEnd

# This many windows in a series have a line each before the next ones are joined.
SINGLE_LINES = 5


def joined(alike: AlikeWindows | None, line: WindowLine, number: int) -> tuple[AlikeWindows | None, WindowLine]:
    """Returns two things: the state of the series with ``line`` added, which is None if ``line`` ends the series; and
    the line to show. If windows share that line, its field ``joined`` sums them up. ``number`` is the number of the
    line in the thread."""
    if not _is_ordinary(line):
        return None, line
    lines = alike.lines + 1 if alike and alike.last_line == number - 1 else 1
    if lines <= SINGLE_LINES:
        return AlikeWindows(number, lines), line
    ended = line.ended
    own = JoinedWindows(number, 1, ended.window, ended.took, ended.took, line.count)
    together = (_together(alike.joined, own) if alike and alike.joined else None) or own
    return AlikeWindows(number, lines, together), replace(line, joined=together)


def _is_ordinary(line: WindowLine) -> bool:
    """Whether the window completed as expected: the sequence ran it, and the size of windows stays the same. If the
    window was counted, the count also has to prove it and to find no duplicates."""
    ended, count = line.ended, line.count
    is_complete = ended.end is WindowEnd.COMPLETE and not ended.is_found
    is_counted = count is None or (count.proves and not any(table.duplicates for table in count.tables))
    return is_complete and is_counted and line.size_before == line.size_after


def _together(before: JoinedWindows, own: JoinedWindows) -> JoinedWindows | None:
    """The two joined into one; None if their days do not adjoin, or if different tables were counted."""
    days = sorted((before.days, own.days))
    if days[0].end != days[1].start or _tables(before.count) != _tables(own.count):
        return None
    return JoinedWindows(
        before.line,
        before.windows + own.windows,
        Window(days[0].start, days[1].end),
        min(before.shortest, own.shortest),
        max(before.longest, own.longest),
        _sum([count for count in (before.count, own.count) if count]),
    )


def _tables(count: Count | None) -> list[str] | None:
    return [table.table for table in count.tables] if count else None


def _sum(counts: Sequence[Count]) -> Count | None:
    """The sum of counts that match and are of the same tables; None if there are no counts."""
    if not counts:
        return None
    return Count(tuple(map(_sum_of_table, zip(*(count.tables for count in counts), strict=True))))


def _sum_of_table(counts: Sequence[TableCount]) -> TableCount:
    return replace(
        counts[0],
        expected=sum(count.expected or 0 for count in counts),
        actual=sum(count.actual for count in counts),
        merging=sum(count.merging for count in counts),
    )
