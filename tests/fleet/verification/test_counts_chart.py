"""The chart of expected and actual rows by day."""

from datetime import date

from bot.fleet.verification.counts_chart import MOST_DAYS, MOST_TABLES, counts_chart
from bot.fleet.verification.verdict import CustomerVerdict, Unanswered, judge
from bot.model import DayCount, DayRows, ExpectedDay, TableRows, Window
from tests.fleet.builders import window

FIRST = window(1, 2).start


def verdict(
    counts: dict[date, DayCount], expected: dict[date, ExpectedDay] | None, days: Window | None = None
) -> CustomerVerdict:
    return CustomerVerdict("voice-prod", "hilton", (judge("scores", days or window(1, 4), counts, expected),))


def test_each_day_has_its_expected_and_actual_rows_and_duplicates() -> None:
    second = window(2, 3).start
    chart = counts_chart(
        verdict({FIRST: DayCount(raw=12, final=10)}, {FIRST: ExpectedDay(rows=10), second: ExpectedDay(rows=7)})
    )

    assert chart is not None
    assert (chart.customer, chart.start) == ("hilton", FIRST)
    assert chart.tables == (TableRows("scores", (DayRows(10, 10, 2), DayRows(7, 0), DayRows(0, 0))),)


def test_contents_that_differ_are_marked() -> None:
    chart = counts_chart(
        verdict({FIRST: DayCount(raw=10, final=10, checksum=1)}, {FIRST: ExpectedDay(rows=10, checksum=2)})
    )

    assert chart is not None
    assert chart.tables[0].days[0] == DayRows(10, 10, has_other_contents=True)


def test_days_that_a_run_is_still_filling_are_marked() -> None:
    second = window(2, 3)
    (table,) = verdict({}, {FIRST: ExpectedDay(rows=10), second.start: ExpectedDay(rows=7)}).counted
    chart = counts_chart(CustomerVerdict("voice-prod", "hilton", (table.while_filled([second]),)))

    assert chart is not None
    assert chart.tables[0].days[:2] == (DayRows(10, 0), DayRows(7, 0, is_open=True))


def test_what_matches_or_is_not_compared_or_did_not_answer_has_no_chart() -> None:
    matching = {FIRST: DayCount(raw=10, final=10)}

    assert counts_chart(verdict(matching, {FIRST: ExpectedDay(rows=10)})) is None
    assert counts_chart(verdict(matching, None)) is None
    assert counts_chart(CustomerVerdict("voice-prod", "hilton", (Unanswered("scores", "no answer"),))) is None


def test_of_many_tables_the_first_that_differ_are_shown_and_of_too_many_days_none() -> None:
    (table,) = verdict({}, {FIRST: ExpectedDay(rows=10)}).counted
    many = counts_chart(CustomerVerdict("voice-prod", "hilton", (table,) * (MOST_TABLES + 2)))
    long = verdict({}, {FIRST: ExpectedDay(rows=10)}, Window.of_days(FIRST, MOST_DAYS + 1))

    assert many is not None
    assert len(many.tables) == MOST_TABLES
    assert counts_chart(long) is None
