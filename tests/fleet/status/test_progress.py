"""The chart of how many days of all customers are complete over time."""

from datetime import datetime, timedelta

from bot.fleet.runs.run import Run
from bot.fleet.status.board import Board, ClusterRow, Silent
from bot.fleet.status.estimate import SLACK
from bot.fleet.status.progress import MOST_POINTS, progress_of
from bot.model import ExecutionStatus, ProgressChart, ProgressPoint
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, execution, run, window
from tests.fleet.status.test_board import row


def completed(start: int, end: int, hours_ago: float, customer: str = "hilton") -> Run:
    """A run of an hour that ended so many hours ago."""
    days = window(start, end)
    return run(closed(ExecutionStatus.COMPLETED, customer, days, ago=hours_ago * HOUR), days)


def chart(*rows: ClusterRow | Silent) -> ProgressChart:
    drawn = progress_of(Board(CAMPAIGN, NOW, rows))
    assert drawn is not None
    return drawn


def at(hours_ago: float) -> datetime:
    return NOW - hours_ago * HOUR


def test_days_add_up_over_all_customers_from_the_start_of_the_first_run() -> None:
    drawn = chart(row(completed(1, 6, 5), completed(6, 11, 2), completed(1, 52, 3, "vivint")))

    assert (drawn.customers, drawn.total, drawn.done) == (2, 102, 61)
    assert drawn.points == (
        ProgressPoint(at(6), 0),
        ProgressPoint(at(5), 5),
        ProgressPoint(at(3), 56),
        ProgressPoint(at(2), 61),
    )


def test_days_that_ran_again_count_when_they_were_first_complete() -> None:
    assert chart(row(completed(1, 6, 5), completed(1, 11, 2))).points[1:] == (
        ProgressPoint(at(5), 5),
        ProgressPoint(at(2), 10),
    )


def test_what_goes_on_ends_in_a_cone_that_its_estimates_open() -> None:
    under_way = run(
        execution("hilton", window(11, 16)), window(11, 16), activity(details='{"rows":500,"total":1000}')
    )
    drawn = chart(row(completed(1, 11, 5), under_way))

    assert drawn.earliest is not None
    assert drawn.latest is not None
    assert NOW < drawn.earliest < drawn.latest
    assert drawn.latest - NOW == (drawn.earliest - NOW) * SLACK
    assert (drawn.done, drawn.goal) == (10, 51)


def test_nothing_is_expected_where_nothing_goes_on() -> None:
    drawn = chart(row(completed(1, 11, 5)))

    assert (drawn.goal, drawn.earliest, drawn.latest) == (10, None, None)


def test_clusters_that_did_not_answer_are_not_counted() -> None:
    assert chart(row(completed(1, 11, 5)), Silent("chat-prod", "no answer", None, 40)).customers == 2


def test_without_a_complete_day_there_is_no_chart() -> None:
    assert progress_of(Board(CAMPAIGN, NOW, (row(),))) is None


def test_thousands_of_runs_make_a_bounded_number_of_points_and_none_is_lost() -> None:
    names = tuple(f"customer-{number}" for number in range(1_000))
    runs = [completed(1, 52, number / 7, name) for number, name in enumerate(names)]
    drawn = chart(row(*runs, customers=names))

    assert len(drawn.points) <= MOST_POINTS + 2
    assert (drawn.done, drawn.total) == (51_000, 51_000)
    assert list(drawn.points) == sorted(drawn.points, key=lambda point: (point.at, point.days))


def test_runs_that_ended_at_the_same_time_make_a_chart() -> None:
    drawn = chart(row(completed(1, 6, 5), completed(6, 11, 5)))

    assert drawn.points[-1] == ProgressPoint(NOW - timedelta(hours=5), 10)
