"""COMPLETED is a claim: what puts completed days in doubt, and what takes them out of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import JsonValue

from bot.fleet.runs.chains import joined_by_chain
from bot.fleet.runs.close_facts import close_event_hints, removed, waits
from bot.fleet.runs.complete_when import CompleteWhen
from bot.fleet.runs.doubts import proven_days, with_doubts
from bot.fleet.runs.heartbeat import UNSEEN_REST
from bot.fleet.runs.run import Run
from bot.fleet.runs.run_counts import CountedDays, counts_of, with_counts
from bot.model import CloseEvent, Doubt, DoubtfulDays, DoubtReason, Execution, ExecutionStatus, RowsOff, Window
from bot.model.coverage import union
from bot.model.execution import CHAIN_HINT, COUNTS_HINT, HEARTBEAT_HINT, ROWS_OFF_HINT
from tests.fakes.engine import with_facts
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, closed, execution, run, window

S = ExecutionStatus
CANCEL = Doubt(DoubtReason.CANCEL_REQUESTED)
STATUS_DONE = {"CustomerBackfill": CompleteWhen("status", ("done",))}


def over(
    status: ExecutionStatus = S.COMPLETED,
    days: Window = CAMPAIGN,
    *,
    ago: timedelta = HOUR,
    cancelled: bool = False,
    hints: Mapping[str, str] | None = None,
) -> Run:
    """A closed run of half an hour, of which everything was read."""
    name = f"{status}-{ago}"
    ended = closed(status, "hilton", days, ago=ago, took=HOUR / 2, run=name, hints=hints or {})
    return run(with_facts(ended, cancel_requested=cancelled), days)


def counted(of: Run, *counts: CountedDays) -> Run:
    return replace(of, execution=replace(of.execution, hints=with_counts(of.execution, counts)))


def count(days: Window = CAMPAIGN, *, ago: timedelta, matches: bool = True) -> CountedDays:
    return CountedDays(days, NOW - ago, matches)


def doubts(*runs: Run, conditions: Mapping[str, CompleteWhen] | None = None) -> list[tuple[DoubtfulDays, ...]]:
    return [each.doubts for each in with_doubts(runs, conditions or {})]


def whole(doubt: Doubt, days: Window = CAMPAIGN) -> tuple[DoubtfulDays, ...]:
    return (DoubtfulDays(days, doubt),)


def test_a_completed_run_that_nothing_contradicts_is_complete() -> None:
    [only] = with_doubts([over()], {})

    assert only.is_complete
    assert only.complete_days == (CAMPAIGN,)


def test_one_that_was_asked_to_cancel_and_completed_covers_nothing() -> None:
    [only] = with_doubts([over(cancelled=True)], {})

    assert only.doubts == whole(CANCEL)
    assert only.complete_days == ()
    assert not only.is_complete


def test_a_cancel_of_a_run_that_continued_as_new_counts_for_its_chain() -> None:
    chain = {CHAIN_HINT: "first"}
    link = over(S.CONTINUED_AS_NEW, ago=2 * HOUR, cancelled=True, hints=chain)
    before_reset = over(S.CANCELLED, ago=2 * HOUR, cancelled=True, hints=chain)

    assert doubts(*joined_by_chain([link, over(hints=chain)])) == [whole(CANCEL)]
    assert doubts(*joined_by_chain([before_reset, over(hints=chain)])) == [()]


def result(of: Run, value: JsonValue, *, is_readable: bool = True) -> Run:
    event = CloseEvent(result={"status": value} if is_readable else None, is_readable=is_readable)
    hints = {**of.execution.hints, **close_event_hints(event, of.execution, ["status"])}
    return replace(of, execution=replace(of.execution, hints=hints))


@pytest.mark.parametrize(
    ("run_", "doubt"),
    [
        (result(over(), "done"), None),
        (result(over(), "partial"), Doubt(DoubtReason.RESULT, '"partial"')),
        (result(over(), None), Doubt(DoubtReason.RESULT, "null")),
        (result(over(), "", is_readable=False), Doubt(DoubtReason.RESULT_UNREADABLE)),
        (over(), Doubt(DoubtReason.RESULT_UNREADABLE)),
        (over(hints=close_event_hints(None, over().execution, ["status"])), None),
    ],
)
def test_a_result_has_to_say_what_is_asked_for_unless_it_was_removed(run_: Run, doubt: Doubt | None) -> None:
    assert doubts(run_, conditions=STATUS_DONE) == [whole(doubt) if doubt else ()]


def test_true_is_no_number() -> None:
    assert not CompleteWhen("ok", (1,)).accepts(value=True)
    assert CompleteWhen("ok", (True, 1)).accepts(value=True)


@pytest.mark.parametrize("status", [S.FAILED, S.CANCELLED, S.TERMINATED, S.TIMED_OUT])
def test_a_later_run_of_the_same_days_that_did_not_complete_puts_them_in_doubt(status: ExecutionStatus) -> None:
    done, later = over(ago=5 * HOUR), over(status, window(6, 11))

    assert doubts(done, later) == [whole(Doubt(DoubtReason.LATER_RUN, status.value), window(6, 11)), ()]


def test_a_completed_run_that_was_reset_covers_nothing_while_it_runs_again() -> None:
    chain = {CHAIN_HINT: "first"}
    again = run(execution(run="reset", hints=chain), CAMPAIGN)
    [joined] = joined_by_chain([over(ago=5 * HOUR, hints=chain), again])

    assert joined.is_open
    assert joined.complete_days == ()


def test_an_earlier_one_does_not() -> None:
    assert doubts(over(S.FAILED, ago=5 * HOUR), over()) == [(), ()]


def test_nor_does_one_of_other_days_one_that_is_gone_or_one_that_goes_on_in_another_run() -> None:
    done = over(days=window(1, 6), ago=5 * HOUR)

    assert not any(doubts(done, over(S.FAILED, window(6, 11)), over(S.GONE), over(S.CONTINUED_AS_NEW)))


def test_a_later_complete_run_takes_days_out_of_doubt() -> None:
    first, again = over(cancelled=True, ago=5 * HOUR), over(days=window(1, 6))
    assert doubts(first, again) == [whole(CANCEL, Window(window(6, 11).start, CAMPAIGN.end)), ()]


def test_a_matching_count_that_began_after_all_writing_was_over_takes_days_out_of_doubt() -> None:
    doubtful = over(cancelled=True)
    settled = HOUR - UNSEEN_REST

    assert doubts(counted(doubtful, count(ago=settled))) == [()]
    assert doubts(counted(doubtful, count(ago=settled + timedelta(seconds=1)))) == [whole(CANCEL)]


def test_a_count_settles_no_doubt_while_another_run_of_the_days_is_open_because_that_may_write() -> None:
    doubtful = counted(over(cancelled=True), count(ago=HOUR - UNSEEN_REST))
    again = run(execution("hilton", window(6, 9), started_at=NOW), window(6, 9))

    assert doubts(doubtful, again)[0] == whole(CANCEL, window(6, 9))


def test_the_heartbeat_timeout_that_was_seen_says_when_writing_is_over() -> None:
    doubtful = over(cancelled=True, hints={HEARTBEAT_HINT: "600"})

    assert doubts(counted(doubtful, count(ago=HOUR - timedelta(minutes=9)))) == [whole(CANCEL)]
    assert doubts(counted(doubtful, count(ago=HOUR - timedelta(minutes=10)))) == [()]


def test_a_run_that_closed_after_the_count_may_have_written_since() -> None:
    done, later = over(ago=5 * HOUR), over(S.CANCELLED, window(1, 6))

    assert doubts(counted(done, count(ago=3 * HOUR)), later)[0]
    assert not doubts(counted(done, count(ago=HOUR / 2)), later)[0]


def test_a_count_proves_its_own_days_only() -> None:
    rest = Window(window(1, 6).end, CAMPAIGN.end)

    assert doubts(counted(over(cancelled=True), count(window(1, 6), ago=HOUR / 2))) == [whole(CANCEL, rest)]


def test_a_differing_count_puts_days_in_doubt_until_a_later_one_matches_or_they_run_again() -> None:
    differs = counted(over(ago=5 * HOUR), count(window(3, 5), ago=4 * HOUR, matches=False))

    assert doubts(differs) == [whole(Doubt(DoubtReason.COUNT), window(3, 5))]
    assert doubts(counted(differs, count(ago=3 * HOUR))) == [()]
    assert doubts(differs, over(days=window(1, 6)))[0] == ()


def test_a_count_of_an_unfinished_run_says_nothing_about_what_it_has_written_since() -> None:
    assert doubts(counted(over(), count(ago=2 * HOUR, matches=False))) == [()]


def test_what_an_earlier_version_recorded_stays_complete() -> None:
    """Also where a later run failed: nothing turns in doubt by upgrading alone."""
    kept = [run(each, CAMPAIGN) for each in (closed(S.COMPLETED, "hilton", CAMPAIGN, ago=5 * HOUR, run="1"),)]
    failed = run(closed(S.FAILED, "hilton", CAMPAIGN, run="2"), CAMPAIGN)

    assert doubts(*kept, failed) == [(), ()]
    assert kept[0].is_complete
    assert as_kept(removed()).is_complete


def test_while_it_is_not_read_how_a_run_completed_it_covers_nothing() -> None:
    waiting = as_kept(waits())

    assert not waiting.is_complete
    assert waiting.complete_days == ()


def as_kept(hints: Mapping[str, str]) -> Run:
    return run(closed(S.COMPLETED, "hilton", CAMPAIGN, hints=hints), CAMPAIGN)


def test_the_latest_count_of_a_day_is_kept() -> None:
    first, second = count(ago=2 * HOUR, matches=False), count(window(3, 5), ago=HOUR)
    done = counted(counted(over(), second), first)

    assert counts_of(done.execution) == (
        CountedDays(Window(CAMPAIGN.start, window(3, 5).start), first.at, matches=False),
        second,
        CountedDays(Window(window(3, 5).end, CAMPAIGN.end), first.at, matches=False),
    )
    assert with_counts(done.execution, [first, second]) == done.execution.hints


@pytest.mark.parametrize("text", ["", "{", "3", "[3]", '[["2026-01-01"]]', '[["a", "b", "c", true]]'])
def test_counts_in_another_form_are_none(text: str) -> None:
    assert counts_of(named(text)) == ()


def named(text: str) -> Execution:
    return closed(S.COMPLETED, "hilton", CAMPAIGN, hints={COUNTS_HINT: text})


def test_a_count_verifies_days_if_it_matched_after_all_writing_was_over_and_nothing_runs_again() -> None:
    early = over(ago=4 * HOUR)
    matching = counted(early, count(window(1, 11), ago=HOUR))
    again = run(execution("hilton", window(6, 9), started_at=NOW), window(6, 9))

    assert proven_days([early]) == ()
    assert union(proven_days([matching]), CAMPAIGN) == (window(1, 11),)
    assert proven_days([counted(early, count(ago=5 * HOUR))]) == ()
    assert proven_days([counted(early, count(ago=HOUR, matches=False))]) == ()
    assert union(proven_days([matching, again]), CAMPAIGN) == (window(1, 6), window(9, 11))


def test_a_count_right_after_the_end_verifies_a_run_that_completed_normally_and_no_other() -> None:
    early, cancelled = over(ago=4 * HOUR), over(ago=4 * HOUR, cancelled=True)
    failed = over(S.FAILED, window(6, 9), ago=4 * HOUR)
    at_once = count(ago=4 * HOUR)

    assert union(proven_days([counted(early, at_once)]), CAMPAIGN) == (CAMPAIGN,)
    assert proven_days([counted(cancelled, at_once)]) == ()
    assert union(proven_days([counted(early, at_once), failed]), CAMPAIGN) == (
        Window(CAMPAIGN.start, window(6, 9).start),
        Window(window(6, 9).end, CAMPAIGN.end),
    )


def test_how_many_rows_are_off_is_kept_for_exactly_the_days_of_the_count() -> None:
    rows = (RowsOff("scores", 100, 90),)
    first = replace(count(ago=2 * HOUR, matches=False), rows_off=rows)
    kept = counted(over(), first)
    cut = counted(kept, count(window(3, 5), ago=HOUR))

    assert [each.rows_off for each in counts_of(kept.execution)] == [rows]
    assert [each.rows_off for each in counts_of(cut.execution)] == [(), (), ()]
    assert ROWS_OFF_HINT not in cut.execution.hints


@pytest.mark.parametrize("text", ["{", "3", "[3]", '[["2026-01-01", "2026-02-21", "c", []]]'])
def test_rows_in_another_form_are_none_and_the_counts_stay(text: str) -> None:
    known = counted(over(), count(ago=HOUR, matches=False)).execution
    other = replace(known, hints={**known.hints, ROWS_OFF_HINT: text})

    assert counts_of(other) == counts_of(known)
