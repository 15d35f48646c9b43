"""Which runs an answer shows as one group."""

from datetime import timedelta

from bot.fleet.runs.run import Run
from bot.fleet.status.run_groups import MAX_UNGROUPED, RunGroup, group_runs
from bot.model import ExecutionStatus, Window
from tests.fleet.builders import HOUR, MINUTE, NOW, closed, execution, run, seen, window

COMPLETED = ExecutionStatus.COMPLETED


def done(days: Window, took: timedelta = HOUR, again: str = "1", **changes: object) -> Run:
    return run(closed(COMPLETED, "hilton", days, took=took, run=again), days, **changes)


def days_from(first: int, number: int) -> list[Run]:
    return [done(window(n, n + 1)) for n in range(first, first + number)]


def test_a_few_windows_are_told_one_by_one() -> None:
    few = days_from(1, MAX_UNGROUPED)

    assert group_runs(few) == few


def test_more_share_a_row_where_the_first_of_them_was() -> None:
    many, other = days_from(1, MAX_UNGROUPED + 1), done(window(20, 25))
    latest = run(execution("hilton", window(30, 31)), window(30, 31))

    assert group_runs([latest, *many, other]) == [latest, RunGroup(1, tuple(many)), other]


def test_each_size_has_a_row_of_its_own() -> None:
    ones = days_from(1, MAX_UNGROUPED + 1)
    twos = [done(window(n, n + 2)) for n in range(20, 20 + 2 * (MAX_UNGROUPED + 1), 2)]

    assert group_runs([*ones, *twos]) == [RunGroup(1, tuple(ones)), RunGroup(2, tuple(twos))]


def test_what_failed_was_seen_to_fail_or_tells_no_days_is_told_by_itself() -> None:
    apart = [
        done(window(20, 21), failures=(seen(1),)),
        run(closed(ExecutionStatus.FAILED, "hilton", window(21, 22)), window(21, 22)),
        run(closed(COMPLETED, "odd", window(22, 23)), None),
    ]

    assert group_runs([*days_from(1, MAX_UNGROUPED + 1), *apart])[1:] == apart


def test_a_row_counts_a_window_once_and_tells_its_days_without_hiding_a_gap() -> None:
    (row,) = group_runs([*days_from(1, 6), *days_from(10, 6), done(window(1, 2), took=5 * MINUTE, again="2")])

    assert isinstance(row, RunGroup)
    assert len(row.windows) == 12
    assert row.covered == (window(1, 7), window(10, 16))
    assert row.took(NOW) == (5 * MINUTE, HOUR)
    assert row.latest_start == NOW - HOUR - 5 * MINUTE
