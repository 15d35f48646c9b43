"""The news between two snapshots."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from bot.fleet.runs.run import ClusterView
from bot.fleet.status.board import Board, Silent, row_of
from bot.fleet.status.digest import digest_of, snapshot_of
from bot.fleet.status.fleet_eta import FleetEta
from bot.fleet.status.queue import QueueSilent
from bot.fleet.status.snapshot import Mark, News, Snapshot, compare, dump_snapshot, parse_snapshot
from bot.model import ExecutionStatus, State
from tests.fakes.episodes import episode
from tests.fleet.builders import CAMPAIGN, NOW, closed, run, window

MONDAY = datetime(2026, 2, 23, 9, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


def snapshot(slot: datetime = TUESDAY, **marks: Mark) -> Snapshot:
    return Snapshot(slot, {f"voice-prod/{name}": mark for name, mark in marks.items()})


def test_the_first_digest_has_nothing_to_compare_with() -> None:
    assert compare(None, snapshot(hilton=Mark(State.RUNNING, 2))) == News(since=None)


def test_what_turned_complete_running_or_failed_is_news() -> None:
    before = snapshot(
        MONDAY,
        hilton=Mark(State.RUNNING, 9),
        vivint=Mark(State.NOT_STARTED, 0),
        marriott=Mark(State.RUNNING, 1),
        spirit=Mark(State.PARTIAL, 1),
    )
    after = snapshot(
        hilton=Mark(State.COMPLETE, 11),
        vivint=Mark(State.RUNNING, 0),
        marriott=Mark(State.FAILED, 1),
        spirit=Mark(State.PARTIAL, 1),
    )

    assert compare(before, after) == News(
        since=MONDAY,
        finished=("voice-prod/hilton",),
        started=("voice-prod/vivint",),
        failed=("voice-prod/marriott",),
        windows_done=2,
    )


@pytest.mark.parametrize(("before", "after"), list(permutations(State, 2)))
def test_no_change_of_a_customers_state_is_silent(before: State, after: State) -> None:
    news = compare(snapshot(MONDAY, hilton=Mark(before, 2)), snapshot(hilton=Mark(after, 2)))

    assert not news.is_empty
    assert news.turned == {after: ("voice-prod/hilton",)}


def test_a_snapshot_has_no_mark_of_a_customer_whose_state_is_unknown() -> None:
    view = ClusterView("voice-prod", NOW, (), history_silent="4,000 ended runs read so far")

    assert snapshot_of(Board(CAMPAIGN, NOW, (row_of(view, ("hilton",), CAMPAIGN),)), TUESDAY, None).marks == {}


def test_who_is_in_doubt_and_has_no_alert_is_named() -> None:
    doubtful = row_of(ClusterView("voice-prod", NOW, ()), ("hilton", "vivint"), CAMPAIGN)
    customers = tuple(replace(each, state=State.IN_DOUBT) for each in doubtful.customers)
    board = Board(CAMPAIGN, NOW, (replace(doubtful, customers=customers),))
    alert = episode("hilton")

    assert digest_of(board, News(MONDAY), (alert,), {}).doubtful == ("voice-prod/vivint",)


def test_an_alert_is_listed_although_a_silent_queue_does_not_say_whether_its_customer_waits() -> None:
    row = row_of(ClusterView("voice-prod", NOW, ()), ("hilton",), CAMPAIGN)
    silent = QueueSilent("no answer")
    hilton = replace(row.customers[0], state=State.FAILED, turn=silent)
    board = Board(CAMPAIGN, NOW, (replace(row, customers=(hilton,), queue=silent),))

    assert [each.name for each in digest_of(board, News(MONDAY), (episode("hilton"),), {}).struggling] == ["hilton"]


def test_the_same_again_is_no_news() -> None:
    running = Mark(State.RUNNING, 2)

    assert compare(snapshot(MONDAY, hilton=running), snapshot(hilton=running)).is_empty


def test_a_customer_of_a_cluster_that_was_silent_is_no_news() -> None:
    assert compare(snapshot(MONDAY), snapshot(hilton=Mark(State.COMPLETE, 11))).is_empty


def test_a_cluster_whose_past_is_not_all_known_stays_as_it_was_marked() -> None:
    view = ClusterView("voice-prod", NOW, (), history_silent="4,000 ended runs read so far")
    half_known = Board(CAMPAIGN, NOW, (row_of(view, ("hilton", "vivint"), CAMPAIGN),))
    before = snapshot(MONDAY, hilton=Mark(State.COMPLETE, 11))
    after = snapshot_of(half_known, TUESDAY, before)

    assert after == snapshot(hilton=Mark(State.COMPLETE, 11))
    assert digest_of(half_known, compare(before, after), (), {}).half_known == ("voice-prod",)


def test_a_customer_of_whom_only_a_silent_source_knows_whether_it_has_rows_is_no_news() -> None:
    row = replace(row_of(ClusterView("voice-prod", NOW, ()), ("hilton",), CAMPAIGN), source_silent="no answer")
    before = snapshot(MONDAY, hilton=Mark(State.NOT_APPLICABLE, 0))

    assert snapshot_of(Board(CAMPAIGN, NOW, (row,)), TUESDAY, before) == snapshot(
        hilton=Mark(State.NOT_APPLICABLE, 0)
    )


def test_between_two_windows_of_a_sequence_that_is_not_listed_a_customer_is_no_news() -> None:
    done = run(closed(ExecutionStatus.COMPLETED, "hilton", window(1, 6)), window(1, 6))
    whole = run(closed(ExecutionStatus.COMPLETED, "vivint", CAMPAIGN), CAMPAIGN)
    view = ClusterView("voice-prod", NOW, (done, whole), sequences_silent="no answer")
    before = snapshot(MONDAY, hilton=Mark(State.RUNNING, 0), vivint=Mark(State.RUNNING, 0))
    after = snapshot_of(Board(CAMPAIGN, NOW, (row_of(view, ("hilton", "vivint"), CAMPAIGN),)), TUESDAY, before)

    assert compare(before, after).turned == {State.COMPLETE: ("voice-prod/vivint",)}


def test_a_snapshot_comes_back_as_it_was_kept() -> None:
    kept = snapshot(hilton=Mark(State.RUNNING, 2))

    assert parse_snapshot(dump_snapshot(kept)) == kept
    assert parse_snapshot("") is None


def test_a_fleet_with_a_silent_cluster_has_no_end_that_leaves_it_out() -> None:
    silent = Board(CAMPAIGN, NOW, (Silent("chat-prod", "no answer", None, 3),))

    assert digest_of(silent, News(MONDAY), (), {}).eta == FleetEta(unknown=("chat-prod",))


def test_a_customer_whose_sequence_may_be_open_does_not_count_as_stopped() -> None:
    done = run(closed(ExecutionStatus.COMPLETED, "hilton", window(1, 6)), window(1, 6))
    view = ClusterView("voice-prod", NOW, (done,), sequences_silent="no answer")
    known = replace(view, sequences_silent="")
    boards = [Board(CAMPAIGN, NOW, (row_of(each, ("hilton",), CAMPAIGN),)) for each in (view, known)]
    unsure, sure = (digest_of(board, News(MONDAY), (), {}).eta for board in boards)

    assert unsure == FleetEta(unknown=("voice-prod/hilton",))
    assert (sure.stopped, sure.unknown) == (("voice-prod/hilton",), ())
