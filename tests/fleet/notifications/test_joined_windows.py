"""Windows that went alike share a line after the first few."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.fleet.notifications.joined_windows import SINGLE_LINES, joined
from bot.fleet.notifications.sequence import WindowLine
from bot.model import AlikeWindows, Count, EndedWindow, TableCount, WindowEnd
from tests.fleet.builders import window
from tests.fleet.sequences import spec

COUNT = Count((TableCount("scorecards", 100, 100, 0), TableCount("scores", 700, 700, 0)))


def line(day: int, took: int = 20, **changes: Any) -> WindowLine:
    """The window of one day; it is number ``day`` of 51."""
    ended = EndedWindow(day, window(day, day + 1), WindowEnd.COMPLETE, timedelta(seconds=took))
    return replace(WindowLine(spec(), ended, day, 51, COUNT, 1, 1), **changes)


def told(*lines: WindowLine, gaps: tuple[int, ...] = ()) -> list[WindowLine]:
    """The lines as the thread gets them; before those in ``gaps`` it says something else."""
    alike: AlikeWindows | None = None
    number, result = 1, []
    for at, each in enumerate(lines):
        number += 2 if at in gaps else 1
        alike, shown = joined(alike, each, number)
        result.append(shown)
    return result


def sharing(lines: list[WindowLine]) -> list[tuple[int, int]]:
    """The number of the line, and how many windows it shows; (0, 1) for a window with a line of its own."""
    return [(each.joined.line, each.joined.windows) if each.joined else (0, 1) for each in lines]


def test_the_first_few_have_a_line_each_and_the_others_share_one() -> None:
    lines = told(*(line(day, took=20 + day) for day in range(1, 10)))
    last = lines[-1].joined

    assert sharing(lines) == [(0, 1)] * SINGLE_LINES + [(7, 1), (7, 2), (7, 3), (7, 4)]
    assert last is not None
    assert (last.days, last.shortest, last.longest) == (window(6, 10), timedelta(seconds=26), timedelta(seconds=29))
    assert last.count == Count((TableCount("scorecards", 400, 400, 0), TableCount("scores", 2_800, 2_800, 0)))


@pytest.mark.parametrize(
    "other",
    [
        line(8, size_after=2),
        line(8, count=Count((TableCount("scorecards", 100, 99, 0, days_off=1),))),
        line(8, count=Count((TableCount("scorecards", 100, 100, duplicates=3),))),
        line(8, count=Count(problem="no answer")),
        replace(line(8), ended=replace(line(8).ended, end=WindowEnd.FAILED)),
        replace(line(8), ended=replace(line(8).ended, is_found=True)),
    ],
    ids=["size", "differs", "duplicates", "not counted", "failed", "found"],
)
def test_a_window_that_went_otherwise_has_its_own_line_and_the_next_ones_begin_anew(other: WindowLine) -> None:
    lines = told(*(line(day) for day in range(1, 8)), other, *(line(day) for day in range(9, 16)))

    assert sharing(lines)[5:] == [(7, 1), (7, 2), *[(0, 1)] * (1 + SINGLE_LINES), (15, 1), (15, 2)]


def test_after_another_line_of_the_thread_nothing_is_joined_with_what_is_above_it() -> None:
    assert sharing(told(*(line(day) for day in range(1, 9)), gaps=(7,)))[5:] == [(7, 1), (7, 2), (0, 1)]


def test_days_that_are_no_neighbours_and_other_tables_are_not_added_up() -> None:
    apart = told(*(line(day) for day in (1, 2, 3, 4, 5, 6, 9, 10)))
    tables = told(*(line(day) for day in range(1, 7)), line(7, count=None), line(8, count=None))

    assert sharing(apart)[5:] == [(7, 1), (8, 1), (8, 2)]
    assert sharing(tables)[5:] == [(7, 1), (8, 1), (8, 2)]


def test_windows_that_end_out_of_their_order_are_joined_all_the_same() -> None:
    lines = told(*(line(day) for day in (1, 2, 3, 4, 5, 7, 6)))
    last = lines[-1].joined

    assert last is not None
    assert (last.windows, last.days) == (2, window(6, 8))
