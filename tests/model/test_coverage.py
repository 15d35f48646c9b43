"""Windows never overlap, and no day is lost or counted twice: checked against sets of days."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Window
from bot.model.coverage import cut, missing, total_days, union, windows_of
from tests.fleet.builders import CAMPAIGN, window

FIRST = date(2026, 1, 1)
windows = st.builds(
    lambda start, days: Window.of_days(FIRST + timedelta(days=start), days),
    st.integers(-20, 80),
    st.integers(1, 40),
)


def days_of(several: Iterable[Window]) -> list[date]:
    return [day for window in several for day in window.each_day()]


@given(windows, st.lists(windows, max_size=12))
def test_a_union_holds_the_covered_days_of_the_range_once_each(whole: Window, parts: list[Window]) -> None:
    covered = days_of(union(parts, whole))

    assert covered == sorted(set(whole.each_day()) & set(days_of(parts)))


@given(windows, st.lists(windows, max_size=12))
def test_what_is_missing_and_what_is_covered_make_the_range(whole: Window, parts: list[Window]) -> None:
    gaps = missing(whole, parts)

    assert sorted(days_of(gaps) + days_of(union(parts, whole))) == list(whole.each_day())


@given(windows, st.lists(windows, max_size=12))
def test_neighbouring_windows_are_told_as_one(whole: Window, parts: list[Window]) -> None:
    for several in (union(parts, whole), missing(whole, parts)):
        touching = [a for a, b in pairwise(several) if a.end >= b.start]

        assert touching == []


@given(st.sets(st.integers(-20, 80).map(lambda n: FIRST + timedelta(days=n))))
def test_days_become_the_fewest_windows_that_hold_them(days: set[date]) -> None:
    several = windows_of(days)

    assert days_of(several) == sorted(days)
    assert all(a.end < b.start for a, b in pairwise(several))


@given(windows, st.integers(1, 60))
def test_a_cut_loses_no_day_and_only_the_last_window_is_shorter(whole: Window, size: int) -> None:
    pieces = cut(whole, size)

    assert days_of(pieces) == list(whole.each_day())
    assert {piece.days for piece in pieces[:-1]} <= {size}
    assert pieces[-1].days <= size


@pytest.mark.parametrize(("size", "number", "last"), [(5, 11, 1), (10, 6, 1), (1, 51, 1), (51, 1, 51)])
def test_the_campaign_of_the_operations_log_is_cut_as_it_was_by_hand(size: int, number: int, last: int) -> None:
    pieces = cut(CAMPAIGN, size)

    assert (len(pieces), pieces[-1].days) == (number, last)


def test_a_window_below_one_day_cannot_be_cut() -> None:
    with pytest.raises(ValueError, match="at least 1 day"):
        cut(CAMPAIGN, 0)


def test_days_of_several_windows_add_up() -> None:
    assert total_days([window(1, 6), window(10, 12)]) == 7
