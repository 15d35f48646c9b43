"""Readings of the run history never claim more than was read, with wrong clocks and with little time too."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.fleet.runs.history import (
    OVERLAP,
    REREAD_AFTER,
    advance_reading,
    as_gone,
    differences,
    known_until,
    merge_runs,
    refs_to_describe,
    since,
    start_reading,
)
from bot.model import Execution, ExecutionStatus, Portion, Reading
from tests.fleet.builders import CAMPAIGN, HOUR, MINUTE, NOW, closed, execution

TYPES = ("CustomerBackfill",)
FIRST = Reading("voice-prod", TYPES, NOW)
WHOLE = replace(FIRST, latest=NOW - HOUR, told_at=NOW, sure_until=NOW - HOUR - OVERLAP, is_whole=True)
OPEN = execution("hilton")


def ended(ago: timedelta, run: str = "1") -> Execution:
    return closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, ago=ago, run=run)


def test_the_history_has_every_run_until_its_sure_end_once_its_past_has_been_read() -> None:
    read = Reading("voice-prod", ("A", "B"), NOW, latest=NOW, sure_until=NOW - OVERLAP, is_whole=True)

    assert known_until(read, ["B", "A"]) == NOW - OVERLAP
    assert known_until(read, ["A"]) is None
    assert known_until(replace(read, is_whole=False), ["A", "B"]) is None
    assert known_until(None, ["A", "B"]) is None


def test_nothing_is_known_before_the_first_look() -> None:
    begun = start_reading(None, "voice-prod", TYPES, NOW)

    assert begun == FIRST
    assert since(begun) is None


def test_a_first_look_that_reads_everything_knows_the_whole_past() -> None:
    reading = advance_reading(FIRST, Portion((OPEN, ended(HOUR), ended(2 * HOUR))), None, NOW)

    assert reading == WHOLE


def test_the_next_look_asks_for_what_has_ended_since_and_a_little_before() -> None:
    assert since(WHOLE) == NOW - HOUR - OVERLAP


def test_once_an_end_has_been_known_for_long_enough_nothing_before_it_is_asked_for_again() -> None:
    soon = advance_reading(WHOLE, Portion((ended(HOUR),)), None, NOW + OVERLAP - MINUTE)
    later = advance_reading(soon, Portion((ended(HOUR),)), None, NOW + OVERLAP)
    then = advance_reading(later, Portion((ended(MINUTE),)), None, NOW + OVERLAP)

    assert since(soon) == NOW - HOUR - OVERLAP
    assert since(later) == NOW - HOUR
    assert since(then) == NOW - MINUTE - OVERLAP


def test_a_long_past_is_read_in_portions_from_the_latest_end_to_the_first() -> None:
    first = advance_reading(FIRST, Portion((OPEN, ended(HOUR)), rest_until=NOW - HOUR), None, NOW)
    second = advance_reading(
        first, Portion((ended(MINUTE),)), Portion((ended(3 * HOUR),), rest_until=NOW - 3 * HOUR), NOW
    )
    third = advance_reading(second, Portion(()), Portion((ended(4 * HOUR),)), NOW)

    assert [(reading.rest_until, reading.is_whole) for reading in (first, second, third)] == [
        (NOW - HOUR, False),
        (NOW - 3 * HOUR, False),
        (None, True),
    ]
    assert third.latest == NOW - MINUTE


def test_a_portion_that_did_not_come_is_asked_for_again() -> None:
    begun = replace(WHOLE, rest_until=NOW - 3 * HOUR, is_whole=False)

    assert advance_reading(begun, Portion(()), None, NOW) == begun


def test_more_changes_than_there_was_time_for_leave_a_gap_that_is_read_before_the_past_is_whole() -> None:
    behind = advance_reading(WHOLE, Portion((ended(MINUTE),), rest_until=NOW - MINUTE), None, NOW)
    caught_up = advance_reading(behind, Portion(()), Portion((ended(2 * MINUTE),)), NOW)

    assert (behind.rest_until, behind.is_whole) == (NOW - MINUTE, False)
    assert (caught_up.rest_until, caught_up.is_whole, caught_up.latest) == (None, True, NOW - MINUTE)


def test_what_was_read_before_and_is_told_again_in_part_is_no_gap() -> None:
    again = Portion((ended(HOUR),), rest_until=NOW - HOUR - MINUTE)
    begun = replace(WHOLE, rest_until=NOW - 3 * HOUR, is_whole=False)
    reading = advance_reading(begun, again, Portion((ended(4 * HOUR),), rest_until=NOW - 4 * HOUR), NOW)

    assert (reading.rest_until, reading.is_whole) == (NOW - 4 * HOUR, False)


def test_what_there_was_no_time_for_is_asked_for_again_although_later_ends_are_known() -> None:
    later = Portion((ended(MINUTE), ended(HOUR)), rest_until=NOW - HOUR - MINUTE)
    reading = advance_reading(WHOLE, later, None, NOW)

    assert reading.latest == NOW - MINUTE
    assert since(reading) == since(WHOLE)
    assert since(advance_reading(reading, replace(later, rest_until=None), None, NOW)) == NOW - MINUTE - OVERLAP


def test_but_before_it_counts_as_all_listed_it_is_read_over() -> None:
    again = Portion((ended(HOUR),), rest_until=NOW - HOUR - MINUTE)
    reading = advance_reading(WHOLE, again, None, NOW + OVERLAP)

    assert (reading.rest_until, reading.is_whole, reading.sure_until) == (NOW - HOUR - MINUTE, True, NOW - HOUR)


def test_without_any_end_everything_is_asked_for_again() -> None:
    reading = advance_reading(FIRST, Portion((OPEN,)), None, NOW)

    assert reading.is_whole
    assert since(reading) is None


def test_an_end_in_the_future_does_not_hide_what_ends_before_it() -> None:
    ahead = advance_reading(WHOLE, Portion((ended(-5 * HOUR),)), None, NOW)

    assert ahead.latest == NOW


def test_a_bot_whose_clock_is_behind_reads_more_and_never_less() -> None:
    behind = NOW - 3 * HOUR
    reading = advance_reading(WHOLE, Portion((ended(MINUTE),)), None, behind)

    assert reading.latest == behind


@pytest.mark.parametrize("ahead", [3 * HOUR, -3 * HOUR], ids=["ahead", "behind"])
def test_ends_are_compared_with_the_engines_time_where_that_is_known(ahead: timedelta) -> None:
    reading = advance_reading(WHOLE, Portion((ended(-MINUTE), ended(MINUTE))), None, NOW + ahead, NOW)

    assert (reading.latest, reading.told_at) == (NOW, NOW + ahead)


def test_other_workflow_types_begin_from_the_start() -> None:
    begun = start_reading(WHOLE, "voice-prod", ("CustomerBackfill", "Other"), NOW)

    assert begun == Reading("voice-prod", ("CustomerBackfill", "Other"), NOW)
    assert start_reading(begun, "voice-prod", {"Other", "CustomerBackfill"}, NOW) == begun


@pytest.mark.parametrize("later", [REREAD_AFTER, -HOUR], ids=["a day later", "a clock set back"])
def test_the_past_is_read_over_again_once_a_day_and_stays_known_meanwhile(later: timedelta) -> None:
    again = start_reading(WHOLE, "voice-prod", TYPES, NOW + later)

    assert again == replace(WHOLE, rest_until=WHOLE.latest, begun_at=NOW + later)
    assert start_reading(again, "voice-prod", TYPES, NOW + later + REREAD_AFTER) == again


def test_before_a_day_has_passed_it_is_not() -> None:
    assert start_reading(WHOLE, "voice-prod", TYPES, NOW + REREAD_AFTER - MINUTE) == WHOLE


def test_what_the_engine_tells_is_believed_before_what_was_seen() -> None:
    over = replace(OPEN, status=ExecutionStatus.COMPLETED, closed_at=NOW)
    before = ended(9 * HOUR, "0")

    assert merge_runs({OPEN.ref: OPEN, before.ref: before}, {over.ref: over}) == (before, over)


def test_what_only_one_of_the_two_has_as_open_is_in_doubt() -> None:
    over = replace(OPEN, status=ExecutionStatus.COMPLETED, closed_at=NOW)

    assert refs_to_describe({OPEN.ref: OPEN}, {}) == (OPEN.ref,)
    assert refs_to_describe({OPEN.ref: over}, {OPEN.ref: OPEN}) == (OPEN.ref,)
    assert refs_to_describe({OPEN.ref: as_gone(OPEN, NOW)}, {}) == ()
    assert refs_to_describe({OPEN.ref: OPEN}, {OPEN.ref: over}) == ()
    assert refs_to_describe({OPEN.ref: over}, {}) == ()
    assert refs_to_describe({}, {OPEN.ref: OPEN}) == ()


def test_a_run_that_is_gone_is_not_open_and_keeps_the_rest() -> None:
    run = as_gone(OPEN, NOW)

    assert not run.status.is_open
    assert replace(run, status=OPEN.status, closed_at=None) == OPEN


def test_only_another_end_than_the_one_remembered_is_a_difference() -> None:
    over, failed = ended(HOUR), replace(ended(HOUR), status=ExecutionStatus.FAILED)
    found_again = replace(as_gone(OPEN, NOW), status=ExecutionStatus.COMPLETED)

    assert list(differences({OPEN.ref: OPEN}, [replace(OPEN, status=ExecutionStatus.COMPLETED)])) == []
    assert list(differences({over.ref: over}, [replace(over, closed_at=NOW)])) == []
    (mismatch,) = differences({over.ref: over}, [failed])
    assert (mismatch.remembered, mismatch.current) == (over, failed)
    assert len(list(differences({OPEN.ref: as_gone(OPEN, NOW)}, [found_again]))) == 1


def test_what_a_memo_told_is_kept_when_its_codec_cannot_decode_it_any_more() -> None:
    shown = execution(hints={"BackfillCustomer": "hilton", "Rank": "1"})
    sealed = replace(shown, hints={"Rank": "2"})

    [run] = merge_runs({shown.ref: shown}, {sealed.ref: sealed})

    assert run.hints == {"BackfillCustomer": "hilton", "Rank": "2"}
