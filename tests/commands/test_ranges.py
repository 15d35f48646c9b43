"""A range of days is found among words, and the error for a wrong one says what is wrong."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.ranges import FIRST_DAY, take_range
from bot.commands.words import Quoted
from bot.errors import UsageError
from bot.model import Window

TODAY = date(2026, 2, 22)
JANUARY = Window(date(2026, 1, 1), date(2026, 2, 1))


@pytest.mark.parametrize(
    "typed",
    [
        "2026-01-01..2026-02-01",
        "2026-01-01...2026-02-01",
        "2026-01-01…2026-02-01",
        "2026-01-01–2026-02-01",
        "2026-01-01—2026-02-01",
        "2026-01-01→2026-02-01",
        "2026-01-01->2026-02-01",
        "2026-01-01 .. 2026-02-01",
        "2026-01-01.. 2026-02-01",
        "2026-01-01 ..2026-02-01",
        "2026-01-01 → 2026-02-01",
        "2026-01-01 to 2026-02-01",
        "2026-01-01 TO 2026-02-01",
        "2026-01-01 2026-02-01",
    ],
)
def test_a_range_may_be_typed_in_many_ways(typed: str) -> None:
    assert take_range(typed.split(), TODAY) == ([], JANUARY)


@pytest.mark.parametrize("name", ["to", "2026-01-02", "2026-01-01..2026-02-01", "→"])
def test_a_quoted_word_is_a_name_whatever_it_reads_like(name: str) -> None:
    assert take_range(["2026-01-01..2026-02-01", Quoted(name)], TODAY) == ([name], JANUARY)


def test_a_single_date_means_that_day() -> None:
    assert take_range(["hilton", "2026-01-05"], TODAY) == (["hilton"], Window.of_days(date(2026, 1, 5), 1))


def test_the_words_around_a_range_are_left_in_order() -> None:
    words, window = take_range(["hilton", "2026-01-01", "to", "2026-02-01", "by", "day"], TODAY)

    assert words == ["hilton", "by", "day"]
    assert window == JANUARY


@pytest.mark.parametrize(
    "name", ["acme-2026-01-01", "2026-01-01-corp", "24-7", "to", "7.5", "a..b", "x→y", "3m", "q-2026-01"]
)
def test_names_with_digits_dates_and_dashes_in_them_stay_names(name: str) -> None:
    assert take_range([name], TODAY) == ([name], None)


@pytest.mark.parametrize(
    ("typed", "problem", "hint"),
    [
        ("2026-02-30", "no such day as 2026-02-30", "2026-01-01..2026-02-21"),
        ("2026-13-01..2026-14-01", "no such day as 2026-13-01", ""),
        ("2026-1-5", "“2026-1-5” is not a date", "Did you mean 2026-01-05?"),
        ("2026/01/05..2026-01-09", "is not a date", "Did you mean 2026-01-05?"),
        ("05.01.2026", "is not a date", "2026-01-01..2026-02-21"),
        ("2026-01-05T10:00", "is not a date", "Did you mean 2026-01-05?"),
        ("2026..2027", "“2026” is not a date", ""),
        ("2026-02-01..2026-01-01", "ends before it starts", "Did you mean 2026-01-01..2026-02-01?"),
        ("2026-01-02..2026-01-02", "the end is not included", "2026-01-02..2026-01-03 is one day"),
        ("2026-01-02..", "does not say a first day and an end", ""),
        ("..2026-01-02", "does not say a first day and an end", ""),
        ("..", "does not say a first day and an end", ""),
        ("–", "does not say a first day and an end", ""),
        ("2026-01-01 2026-01-02 2026-01-03", "does not say a first day and an end", ""),
        ("2026-02-23", "in the future; today is 2026-02-22", "end the range with 2026-02-23"),
        ("2026-02-01..2026-02-24", "2026-02-23 is in the future", ""),
        ("9999-12-31", "in the future", ""),
        ("0000-01-01", "no such day", ""),
        ("1969-12-31", "too long ago", "1970-01-01"),
    ],
)
def test_a_wrong_range_is_named_with_what_is_right(typed: str, problem: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        take_range(typed.split(), TODAY)

    assert problem in refused.value.problem
    assert hint in refused.value.hint


def test_a_range_may_hold_today() -> None:
    tomorrow = TODAY + timedelta(days=1)

    _, window = take_range([f"2026-02-01..{tomorrow}"], TODAY)

    assert window is not None
    assert window.last == TODAY


@given(st.dates(FIRST_DAY, TODAY), st.integers(1, 4_000))
def test_a_window_is_read_back_as_it_is_written(start: date, days: int) -> None:
    window = Window(start, min(start + timedelta(days=days), TODAY + timedelta(days=1)))

    assert take_range([str(window)], TODAY) == ([], window)
