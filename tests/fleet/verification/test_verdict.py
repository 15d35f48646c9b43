"""Verdicts: no day gets lost, sums are sums of days, and differences are named."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fleet.verification.proofs import counted_days
from bot.fleet.verification.verdict import (
    CustomerVerdict,
    Group,
    Outcome,
    TableVerdict,
    Unanswered,
    groups,
    judge,
    ranges,
)
from bot.model import DayCount, ExpectedDay, Window

START = date(2026, 1, 1)
WEEK = Window.of_days(START, 7)

windows = st.builds(
    lambda first, days: Window.of_days(START + timedelta(days=first), days),
    st.integers(-10, 60),
    st.integers(1, 60),
)
whole_windows = st.integers(1, 60).map(lambda days: Window.of_days(START, days))
days = st.integers(-3, 63).map(lambda n: START + timedelta(days=n))
counts = st.dictionaries(
    days, st.builds(lambda final, more: DayCount(final + more, final), st.integers(0, 9), st.integers(0, 3))
)
expectations = st.none() | st.dictionaries(days, st.builds(ExpectedDay, st.integers(0, 9)))


def day(number: int) -> date:
    return START + timedelta(days=number - 1)


def verdict_of(*customers: TableVerdict | Unanswered) -> CustomerVerdict:
    return CustomerVerdict("voice-prod", "hilton", customers)


@settings(deadline=None)
@given(whole_windows, counts, expectations)
def test_every_day_of_the_range_is_judged_once_and_sums_are_sums_of_days(
    window: Window, counted: dict[date, DayCount], expected: dict[date, ExpectedDay] | None
) -> None:
    table = judge("scores", window, counted, expected)
    inside = {d: counted[d] for d in counted if window.start <= d < window.end}

    assert [d.day for d in table.days] == list(window.each_day())
    assert table.actual == sum(count.final for count in inside.values())
    assert table.duplicates == sum(count.duplicates for count in inside.values())
    if expected is None:
        assert (table.expected, table.difference, table.outcome) == (None, 0, Outcome.NOT_COMPARED)
    else:
        assert table.expected == sum(source.rows for d, source in expected.items() if window.start <= d < window.end)
        assert table.difference == table.actual - table.expected
        assert (table.outcome is Outcome.MATCHES) == all(
            expected.get(d, ExpectedDay(0)).rows == inside.get(d, DayCount(0, 0)).final for d in window.each_day()
        )


@settings(deadline=None)
@given(whole_windows, counts, expectations)
def test_days_are_short_over_or_right_and_filled_empty_or_empty_in_the_source(
    window: Window, counted: dict[date, DayCount], expected: dict[date, ExpectedDay] | None
) -> None:
    table = judge("scores", window, counted, expected)
    right = [d for d in table.days if not d.difference]

    assert sorted(d.day for d in (*table.short, *table.over, *right)) == list(window.each_day())
    assert sorted(d.day for d in (*table.filled, *table.empty, *table.empty_in_source)) == list(window.each_day())
    assert set(table.differing) == {*table.short, *table.over}


@settings(deadline=None)
@given(whole_windows, st.sets(st.integers(0, 59)))
def test_ranges_lose_no_day_and_touch_nowhere(window: Window, chosen: set[int]) -> None:
    table = judge("scores", window, {}, {})
    picked = [d for n, d in enumerate(table.days) if n in chosen]

    result = ranges(picked)

    assert [d for part in result for d in part.each_day()] == [d.day for d in picked]
    assert all(each.end < other.start for each, other in pairwise(result))


@settings(deadline=None)
@given(whole_windows, st.lists(windows, max_size=6))
def test_groups_of_days_leave_no_day_out_and_reach_over_no_end(window: Window, runs: list[Window]) -> None:
    result = groups(window, runs)
    unrun = [d for group in result if not group.has_run for d in group.window.each_day()]

    assert {d for group in result for d in group.window.each_day()} == set(window.each_day())
    assert set(unrun) == {d for d in window.each_day() if not any(run.start <= d < run.end for run in runs)}
    assert len(unrun) == len(set(unrun))


def test_a_run_over_the_whole_range_is_no_group_beside_others() -> None:
    first = Window.of_days(START, 5)

    result = groups(WEEK, [WEEK, first])

    assert [(group.window, group.has_run) for group in result] == [
        (first, True),
        (Window(first.end, WEEK.end), True),
    ]
    assert groups(WEEK, [WEEK]) == (Group(WEEK, True),)
    assert groups(WEEK, []) == (Group(WEEK, False),)


def test_a_day_that_is_gone_and_a_day_that_is_there_twice() -> None:
    expected = dict.fromkeys(WEEK.each_day(), ExpectedDay(100))
    counted = {d: DayCount(100, 100) for d in WEEK.each_day() if d != day(3)} | {day(5): DayCount(190, 100)}

    table = judge("scores", WEEK, counted, expected)

    assert table.outcome is Outcome.DIFFERS
    assert [(d.day, d.difference) for d in table.differing] == [(day(3), -100)]
    assert [(d.day, d.count.duplicates) for d in table.doubled] == [(day(5), 90)]
    assert [d.day for d in table.empty] == [day(3)]


def test_duplicates_alone_match() -> None:
    table = judge("scores", WEEK, {day(1): DayCount(7, 5)}, {day(1): ExpectedDay(5)})

    assert (table.outcome, table.duplicates) == (Outcome.MATCHES, 2)


def test_differences_that_cancel_out_differ_all_the_same() -> None:
    table = judge("scores", WEEK, {day(1): DayCount(5, 5)}, {day(2): ExpectedDay(5)})

    assert (table.difference, table.outcome) == (0, Outcome.DIFFERS)


def test_a_customer_is_as_good_as_the_worst_of_its_tables() -> None:
    matches = judge("scores", WEEK, {}, {})
    differs = judge("scores", WEEK, {}, {day(1): ExpectedDay(1)})
    uncompared = judge("scores", WEEK, {}, None)
    silent = Unanswered("scores", "no answer")

    assert verdict_of(matches, differs, silent).outcome is Outcome.DIFFERS
    assert verdict_of(matches, silent).outcome is Outcome.NOT_ANSWERED
    assert verdict_of(matches, uncompared).outcome is Outcome.MATCHES
    assert verdict_of(uncompared).outcome is Outcome.NOT_COMPARED


def test_nothing_in_the_source_and_nothing_here_is_not_nothing_compared() -> None:
    assert verdict_of(judge("scores", WEEK, {}, {})).is_without_rows
    assert not verdict_of(judge("scores", WEEK, {}, None)).is_without_rows
    assert not verdict_of(judge("scores", WEEK, {}, {}), Unanswered("scorecards", "no answer")).is_without_rows


def contents(*checksums: int, source: int = 7) -> TableVerdict:
    """A table of five rows a day from Jan 1 on, with these checksums, beside the one of the source."""
    counted = {day(n): DayCount(5, 5, checksum=checksum) for n, checksum in enumerate(checksums, 1)}
    return judge("scores", WEEK, counted, dict.fromkeys(counted, ExpectedDay(5, source)))


def test_as_many_rows_with_other_contents_differ_on_their_days() -> None:
    table = contents(7, 8, 7)

    assert table.outcome is Outcome.CONTENTS_DIFFER
    assert [d.day for d in table.other_contents] == [day(2)]
    assert table.differing == table.other_contents
    assert contents(7, 7).outcome is Outcome.MATCHES


def test_contents_are_compared_only_where_there_are_as_many_rows() -> None:
    short = judge("scores", WEEK, {day(1): DayCount(4, 4, checksum=6)}, {day(1): ExpectedDay(5, 7)})

    assert short.days[0].contents_agree is None
    assert (short.outcome, short.other_contents) == (Outcome.DIFFERS, ())


def test_contents_that_a_run_may_still_write_are_not_finished() -> None:
    table = contents(8, 7)

    assert table.while_filled([Window.of_days(day(1), 1)]).outcome is Outcome.NOT_FINISHED
    assert table.while_filled([Window.of_days(day(2), 1)]).outcome is Outcome.CONTENTS_DIFFER


def test_contents_that_agree_on_none_of_several_days_never_agree() -> None:
    assert contents(8, 9).contents_never_agree
    assert not contents(8, 7).contents_never_agree
    assert not contents(8).contents_never_agree
    assert not judge("scores", WEEK, {}, {}).contents_never_agree


def test_a_day_with_other_contents_is_counted_as_differing_and_the_others_as_matching() -> None:
    began = datetime(2026, 3, 1, tzinfo=UTC)
    three = Window.of_days(START, 3)

    counted = counted_days(verdict_of(contents(7, 8, 7).within(three)), three, began)

    assert {(each.window, each.matches) for each in counted} == {
        (Window.of_days(day(1), 1), True),
        (Window.of_days(day(2), 1), False),
        (Window.of_days(day(3), 1), True),
    }
