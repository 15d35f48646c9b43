"""Cron lines mean what crontab(5) says, or are refused with what to write instead."""

import sys
from datetime import datetime, timedelta
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import read_cron

# A Sunday, the first of its month.
FIRST = datetime(2026, 2, 1)  # noqa: DTZ001  (wall-clock times have no zone here)
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def _days(line: str, number: int = 7) -> list[datetime]:
    """The times of so many days."""
    found, at = list[datetime](), FIRST
    while (time := read_cron(line).next_time(at)) is not None and time < FIRST + timedelta(days=number):
        found.append(time)
        at = time + timedelta(minutes=1)
    return found


def _weekdays(line: str) -> list[str]:
    return [DAYS[time.isoweekday() % 7] for time in _days(line)]


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("1-5", "mon tue wed thu fri"),
        ("0", "sun"),
        ("7", "sun"),
        ("0,7", "sun"),
        ("6", "sat"),
        ("5-7", "sun fri sat"),
        ("0-6", "sun mon tue wed thu fri sat"),
        ("0-7", "sun mon tue wed thu fri sat"),
        ("1-7", "sun mon tue wed thu fri sat"),
        ("6,0", "sun sat"),
        ("1-5/2", "mon wed fri"),
        ("mon-fri/2", "mon wed fri"),
        ("*/2", "sun tue thu sat"),
        ("*/7", "sun"),
        ("1/2", "sun mon wed fri"),
        ("2-4,6", "tue wed thu sat"),
        ("mon-fri", "mon tue wed thu fri"),
        ("Mon,WED", "mon wed"),
        ("mon-5", "mon tue wed thu fri"),
        ("sun-tue", "sun mon tue"),
        ("sat-sun", "sun sat"),
        ("fri-sun", "sun fri sat"),
        ("mon-sun", "sun mon tue wed thu fri sat"),
        ("sun", "sun"),
        ("sun-sun", "sun"),
        ("*", "sun mon tue wed thu fri sat"),
    ],
)
def test_weekdays_are_counted_from_sunday_and_both_0_and_7_are_one(field: str, days: str) -> None:
    assert _weekdays(f"0 9 * * {field}") == days.split()


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("0 9 3 * mon", [2, 3, 9, 16, 23]),
        ("0 9 1,15 * 5", [1, 6, 13, 15, 20, 27]),
        ("0 9 3 * *", [3]),
        ("0 9 * * 2", [3, 10, 17, 24]),
        ("0 9 */2 * mon", [9, 23]),
        ("0 9 3-9 * */2", [3, 5, 7, 8]),
        ("0 9 31 * sun", [1, 8, 15, 22]),
    ],
)
def test_a_day_satisfies_either_field_where_both_are_restricted_and_both_where_one_begins_with_a_star(
    line: str, days: list[int]
) -> None:
    assert [time.day for time in _days(line, 28)] == days


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("*/60 9 * * *", "0 9 * * *"),
        ("0 */48 * * *", "0 0 * * *"),
        ("5/20 9 * * *", "5,25,45 9 * * *"),
        ("10-50/20 9-10 * * *", "10,30,50 9,10 * * *"),
        ("0 9 * feb-mar *", "0 9 * 2,3 *"),
        ("0 9 * JAN-JUN/5 *", "0 9 * 1,6 *"),
        ("00 09 * * *", "0 9 * * *"),
        ("0  9\t* *  *", "0 9 * * *"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
        ("@weekly", "0 0 * * sun"),
        ("@Monthly", "0 0 1 * *"),
        ("@yearly", "0 0 1 1 *"),
    ],
)
def test_what_is_written_in_two_ways_is_the_same(line: str, same: str) -> None:
    assert _days(line, 40) == _days(same, 40)


@pytest.mark.parametrize("line", ["0 * * * *", "*/15 */1 * * *", "0 0-23 * * *", "0 0/1 * * *"])
def test_a_line_that_names_every_hour_is_hourly_however_it_is_written(line: str) -> None:
    assert read_cron(line).is_hourly


@pytest.mark.parametrize("line", ["0 9 * * *", "0 */2 * * *", "*/15 1 * * *", "0 1-23 * * *"])
def test_a_line_that_leaves_an_hour_out_is_not(line: str) -> None:
    assert not read_cron(line).is_hourly


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("0 9 * * fri-mon", "write fri-sat,sun-mon"),
        ("0 9 * * 6-0", "write sat,sun"),
        ("0 9 * * 5-1", "write fri-sat,sun-mon"),
        ("0 22-6 * * *", "write 22-23,0-6"),
        ("0 9 * nov-feb *", "write nov-dec,jan-feb"),
        ("0 9 * * 8", "write numbers from 0 to 7, or names from sun to sat"),
        ("0 9 * * 1-9", "write numbers from 0 to 7, or names from sun to sat"),
        ("0 9 * * monday", "write numbers from 0 to 7, or names from sun to sat"),
        ("0 9 * * monx", "'monx' is not understood"),
        ("0 9 * * mon#1", "'mon#1' is not understood"),
        ("0 9 * * 5L", "'5l' is not understood"),
        ("0 9 L * *", "'l' is not understood: write numbers from 1 to 31"),
        ("0 9 last * *", "'last' is not understood"),
        ("0 9 ? * mon", "'?' is not understood"),
        ("0 9 0 * *", "write numbers from 1 to 31"),
        ("0 9 32 * *", "write numbers from 1 to 31"),
        ("0 9 * 13 *", "write numbers from 1 to 12"),
        ("0 9 * 0 *", "write numbers from 1 to 12"),
        ("0 9 * jan5 *", "'jan5' is not understood"),
        ("60 9 * * *", "write numbers from 0 to 59"),
        ("0 24 * * *", "write numbers from 0 to 23"),
        ("-5 9 * * *", "'-5' is not understood"),
        ("1- 9 * * *", "'1-' is not understood"),
        ("1,,2 9 * * *", "'' is not understood"),
        ("*/0 9 * * *", "a step of 0"),
        ("*-5 9 * * *", "'*-5' is not understood"),
        ("٣ 9 * * *", "is not understood"),
        ("1.5 9 * * *", "is not understood"),
        ("9" * 5_000 + " 9 * * *", "is not understood"),
        ("0 0 9 * * *", "has 6 fields: write five"),
        ("daily", "has 1 field: write five"),
        ("0 9 * *", "has 4 fields: write five"),
        ("", "has 0 fields: write five"),
        ("at nine", "has 2 fields: write five"),
        ("@reboot", "write @hourly, @daily"),
        ("@every 5m", "write @hourly, @daily"),
        ("0 9 31 2 *", "never comes"),
        ("0 9 30-31 2 */2", "never comes"),
        ("0 9 31 4,6,9,11 *", "never comes"),
    ],
)
def test_what_cron_would_not_take_or_would_never_run_is_refused_with_what_to_write(line: str, mistake: str) -> None:
    with pytest.raises(ValueError, match=r"write|never comes") as refusal:
        read_cron(line)

    assert mistake in str(refusal.value)


@pytest.mark.parametrize("line", ["0 0 29 2 *", "0 0 29 2 */7", "0 0 30 2 mon", "0 0 31 1,2 *"])
def test_a_day_that_comes_seldom_is_taken(line: str) -> None:
    assert read_cron(line).next_time(FIRST) is not None


@given(st.text(alphabet="0123456789*,-/ @abcjmnosu#L?٣\n", max_size=40))
def test_whatever_is_written_is_a_line_that_comes_or_is_refused_by_a_value_error(text: str) -> None:
    try:
        line = read_cron(text)
    except ValueError as exc:
        assert str(exc)  # noqa: PT017  (either is right)
    else:
        assert line.next_time(FIRST) is not None


@pytest.mark.parametrize(
    ("field", "instead"),
    [
        ("7-1", "sun-mon"),
        ("7-6", "sun-sat"),
        ("7-0", "sun"),
        ("7-2/2", "sun-tue/2"),
        ("fri-mon", "fri-sat,sun-mon"),
        ("fri-mon/2", "fri,sun"),
    ],
)
def test_weekdays_that_run_backwards_are_refused_with_the_same_days_forwards(field: str, instead: str) -> None:
    with pytest.raises(ValueError, match=rf"runs backwards: write {instead}$"):
        read_cron(f"0 9 * * {field}")
    assert read_cron(f"0 9 * * {instead}").next_time(FIRST) is not None


def test_an_hour_that_runs_backwards_keeps_its_step() -> None:
    with pytest.raises(ValueError, match=r"runs backwards: write 21,0,3$"):
        read_cron("0 21-4/3 * * *")


@pytest.mark.parametrize(("day", "months"), [("30", "2"), ("30,31", "feb"), ("31", "2,4,6,9,11")])
def test_a_day_that_never_comes_beside_a_weekday_is_not_looked_for(day: str, months: str) -> None:
    line = read_cron(f"0 0 {day} {months} mon")
    calls = 0

    def count(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        found = line.next_time(FIRST)
    finally:
        sys.setprofile(None)

    assert found == read_cron(f"0 0 * {months} mon").next_time(FIRST)
    assert calls < 10_000
