"""Which completed runs are counted without anybody asking, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.fleet.runs.identity import Identity
from bot.fleet.runs.mapping import own_memo
from bot.fleet.runs.run import Run
from bot.fleet.runs.run_counts import CountedDays, with_counts
from bot.fleet.verification.due_counts import due_counts
from bot.model import ExecutionStatus, Window
from bot.model.execution import CANCEL_HINT, NO
from tests.fleet.builders import CAMPAIGN, HOUR, MINUTE, NOW, closed, execution, run, window

SETTLE = 10 * MINUTE
END = NOW - HOUR
# A run whose heartbeat timeout is not known may write for a minute after its end.
SETTLED = END + MINUTE
LONG_AGO = NOW - timedelta(days=30)


def completed(*counts: CountedDays, days: Window = CAMPAIGN, hints: Mapping[str, str] | None = None) -> Run:
    of = closed(ExecutionStatus.COMPLETED, "hilton", days, hints={CANCEL_HINT: NO, **(hints or {})})
    return run(replace(of, hints=with_counts(of, counts)), days)


def due(*runs: Run, at: timedelta = HOUR, filled: Mapping[str, Sequence[Window]] | None = None) -> list[bool]:
    """For each count that is due so long after the end, whether it is the second one."""
    return [count.is_second for count in due_counts(runs, filled or {}, LONG_AGO, SETTLE, END + at)]


def test_a_completed_run_is_counted_once_it_can_write_no_more() -> None:
    assert due(completed(), at=MINUTE / 2) == []
    assert due(completed(), at=MINUTE) == [False]


def test_a_count_that_matches_is_enough() -> None:
    assert due(completed(CountedDays(CAMPAIGN, SETTLED, matches=True))) == []


def test_a_count_that_began_too_early_is_none() -> None:
    assert due(completed(CountedDays(CAMPAIGN, END, matches=True))) == [False]


def test_a_count_that_differs_is_made_again_after_a_while_and_then_no_more() -> None:
    first = completed(CountedDays(CAMPAIGN, SETTLED, matches=False))
    second = completed(
        CountedDays(CAMPAIGN, SETTLED, matches=False), CountedDays(CAMPAIGN, SETTLED + SETTLE, matches=False)
    )

    assert due(first, at=MINUTE + SETTLE / 2) == []
    assert due(first, at=MINUTE + SETTLE) == [True]
    assert due(second, at=5 * HOUR) == []


def test_what_ended_before_the_bot_counted_by_itself_is_not_counted() -> None:
    assert due_counts([completed()], {}, END + MINUTE, SETTLE, NOW) == []


def test_windows_of_sequences_and_days_that_are_being_filled_are_left_alone() -> None:
    days = window(1, 6)
    own = completed(CountedDays(days, END, matches=True), days=days, hints=own_memo(Identity("hilton", days)))
    again = run(execution("hilton", run="2"), CAMPAIGN)

    assert due(own) == []
    assert due(completed(), again) == []
    assert due(completed(), filled={"hilton": (days,)}) == []


def test_a_window_whose_sequence_could_not_record_its_count_is_counted_once() -> None:
    days = window(1, 6)
    memo = own_memo(Identity("hilton", days))

    assert due(completed(days=days, hints=memo)) == [False]
    assert due(completed(CountedDays(days, SETTLED, matches=True), days=days, hints=memo)) == []
