"""Joins the lines of windows that went alike, so that a thread of very many windows stays readable.

The first few windows have a line each. Those after them share one line, which is edited with each of them. Anything
else that the thread says, and any window that went otherwise, begins anew.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.fleet.notifications.sequence import WindowLine
from bot.model import AlikeWindows, Count, JoinedWindows, TableCount, Window, WindowEnd

# So many windows that went alike have a line each before others are joined.
SINGLE_LINES = 5


def joined(alike: AlikeWindows | None, line: WindowLine, number: int) -> tuple[AlikeWindows | None, WindowLine]:
    """The new value of ``alike``, and the line with the windows that it is joined with. ``number`` is the number of
    the line."""
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
    """Whether a person learns nothing from the line but its numbers."""
    ended, count = line.ended, line.count
    is_complete = ended.end is WindowEnd.COMPLETE and not ended.is_found
    is_counted = count is None or (count.proves and not any(table.duplicates for table in count.tables))
    return is_complete and is_counted and line.size_before == line.size_after


def _together(before: JoinedWindows, own: JoinedWindows) -> JoinedWindows | None:
    """Both as one; None if their days are no neighbours, or if other tables were counted."""
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
    """Counts of the same tables, which match, added up."""
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
