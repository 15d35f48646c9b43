"""When all customers may be complete, as the digest and its picture say it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.fleet.runs.run import ClusterView, Run, by_customer
from bot.fleet.status.board import Board, row_of
from bot.fleet.status.fleet_eta import fleet_eta
from bot.fleet.status.progress import progress_of
from bot.fleet.status.queue import QueuePlace
from bot.model import ExecutionStatus
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, execution, run, window

VOICE = "voice-prod"
MANY = [f"customer-{number}" for number in range(44)]


def stopped(customer: str) -> list[Run]:
    """41 of 51 days are complete, at 24 minutes a day, so that the 10 missing ones take 4 hours."""
    done = window(1, 42)
    took = 41 * timedelta(minutes=24)
    return [run(closed(ExecutionStatus.COMPLETED, customer, done, took=took), done)]


def under_way(customer: str) -> list[Run]:
    """Half of the campaign, after 4 hours."""
    at_work = activity(started_at=NOW - 4 * HOUR, details='{"rows":50,"total":100}')
    return [run(execution(customer, CAMPAIGN, started_at=NOW - 4 * HOUR), CAMPAIGN, at_work)]


def board(*runs: Run, slots: int = 10) -> Board:
    names = list(by_customer(runs))
    view = ClusterView(VOICE, NOW, runs)
    return Board(CAMPAIGN, NOW, (row_of(view, names, CAMPAIGN),), slots={VOICE: slots})


def test_customers_that_wait_for_the_slots_of_their_cluster_are_done_later() -> None:
    runs = [each for name in MANY for each in stopped(name)]
    narrow, wide = fleet_eta(board(*runs)), fleet_eta(board(*runs, slots=100))

    assert narrow.everything == NOW + 17.6 * HOUR
    assert narrow.everything_latest == NOW + 17.6 * HOUR * 4 / 3
    assert wide.everything == NOW + 4 * HOUR
    assert narrow.running is None


def test_runs_that_are_open_already_wait_for_no_slot() -> None:
    runs = [each for name in MANY for each in under_way(name)]

    assert fleet_eta(board(*runs)).running == NOW + 4 * HOUR


def test_what_stands_still_shares_the_slots_with_what_runs() -> None:
    runs = [*under_way("hilton"), *stopped("vivint"), *stopped("spirit")]
    eta = fleet_eta(board(*runs, slots=2))

    assert (eta.running, eta.everything) == (NOW + 4 * HOUR, NOW + 6 * HOUR)


def test_the_picture_ends_when_the_digest_says() -> None:
    runs = [*under_way("hilton"), *stopped("vivint")]
    shown, drawn = fleet_eta(board(*runs)), progress_of(board(*runs))

    assert drawn is not None
    assert (drawn.earliest, drawn.latest) == (shown.running, shown.running_latest)


def queued(of: Board, **changes: Any) -> Board:
    """The board, in which everybody who has nothing open waits in the queue."""
    (row,) = of.answered
    turn = QueuePlace(1, 44, "U0OLIVIA", "the January gap", **changes)
    return replace(of, rows=(replace(row, customers=tuple(replace(each, turn=turn) for each in row.customers)),))


def test_who_waits_in_the_queue_is_done_by_itself_as_the_slots_become_free() -> None:
    runs = [*under_way("hilton"), *(each for name in MANY for each in stopped(name))]
    eta = fleet_eta(queued(board(*runs)))

    assert (eta.going_on, eta.queued, eta.stopped, eta.idle, eta.unknown) == (("voice-prod/hilton",), 44, (), (), ())
    assert (eta.running, eta.everything) == (NOW + 18 * HOUR, None)


@pytest.mark.parametrize("held", [{"is_held": True}, {"paused_by": "U0OLIVIA"}])
def test_who_is_held_in_the_queue_waits_for_a_person(held: dict[str, Any]) -> None:
    eta = fleet_eta(queued(board(*stopped("vivint")), **held))

    assert (eta.running, eta.queued, eta.idle) == (None, 0, ("voice-prod/vivint",))
    assert eta.everything == NOW + 4 * HOUR


def test_the_picture_counts_who_waits_in_the_queue_as_the_digest_does() -> None:
    waiting = queued(board(*under_way("hilton"), *stopped("vivint"), slots=1))
    shown, drawn = fleet_eta(waiting), progress_of(waiting)

    assert drawn is not None
    assert (drawn.earliest, drawn.latest) == (shown.running, shown.running_latest)
    assert drawn.goal == drawn.total
