"""The state of a customer's backfill, row by row of the table in docs/states.md."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill, derive
from bot.fleet.status.eta import WindowCount
from bot.fleet.status.open_sequence import with_sequence
from bot.model import (
    Doubt,
    DoubtfulDays,
    DoubtReason,
    ExecutionStatus,
    Health,
    OpenRun,
    Phase,
    SequenceProgress,
    State,
    Window,
)
from bot.model.coverage import total_days
from tests.fleet.builders import (
    BOOM,
    CAMPAIGN,
    HOUR,
    NOW,
    TIMED_OUT,
    activity,
    closed,
    execution,
    run,
    seen,
    window,
)
from tests.fleet.sequences import progress, running, spec, standing

S = ExecutionStatus


def over(status: ExecutionStatus, days: Window, hours_ago: int = 1) -> Run:
    return run(closed(status, "hilton", days, ago=hours_ago * HOUR, run=f"{status}-{hours_ago}"), days)


def going_on(days: Window, cancel: bool = False, **changes: object) -> Run:
    return run(execution("hilton", days), days, activity(**changes), cancel_requested=cancel)


def in_doubt(days: Window) -> Run:
    """Completed although its cancel was requested."""
    return replace(over(S.COMPLETED, days), doubts=(DoubtfulDays(days, Doubt(DoubtReason.CANCEL_REQUESTED)),))


def derived(*runs: Run) -> Backfill:
    return derive("voice-prod", "hilton", CAMPAIGN, runs, NOW)


CASES = {
    "nothing ever ran": ([], State.NOT_STARTED),
    "the whole range": ([over(S.COMPLETED, CAMPAIGN)], State.COMPLETE),
    "more than the range": ([over(S.COMPLETED, window(-5, 80))], State.COMPLETE),
    "windows without a gap": ([over(S.COMPLETED, window(1, 20)), over(S.COMPLETED, window(15, 52))], State.COMPLETE),
    "complete, and run again": ([over(S.COMPLETED, CAMPAIGN), going_on(window(1, 6))], State.COMPLETE),
    "complete, then failed again": ([over(S.COMPLETED, CAMPAIGN, 5), over(S.FAILED, window(1, 6))], State.COMPLETE),
    "completed after a cancel": ([in_doubt(CAMPAIGN)], State.IN_DOUBT),
    "some days in doubt": ([over(S.COMPLETED, window(1, 20)), in_doubt(window(20, 52))], State.IN_DOUBT),
    "in doubt, others never run": ([in_doubt(window(1, 20))], State.IN_DOUBT),
    "in doubt, others failed": ([in_doubt(window(1, 20)), over(S.FAILED, window(20, 30))], State.FAILED),
    "in doubt, and run again": ([in_doubt(CAMPAIGN), going_on(CAMPAIGN)], State.RUNNING),
    "one day short": ([over(S.COMPLETED, window(1, 51))], State.PARTIAL),
    "something open": ([going_on(CAMPAIGN)], State.RUNNING),
    "open after failures": ([over(S.FAILED, CAMPAIGN), going_on(window(1, 6))], State.RUNNING),
    "a cancel asked for": ([going_on(CAMPAIGN, cancel=True)], State.CANCELLING),
    "one of two being cancelled": ([going_on(CAMPAIGN, cancel=True), going_on(window(1, 6))], State.RUNNING),
    "cancelled": ([over(S.CANCELLED, CAMPAIGN)], State.CANCELLED),
    "cancelled after a failure": ([over(S.FAILED, CAMPAIGN, 5), over(S.CANCELLED, CAMPAIGN)], State.CANCELLED),
    "cancelled with some coverage": (
        [over(S.CANCELLED, CAMPAIGN, 5), over(S.COMPLETED, window(1, 6))],
        State.PARTIAL,
    ),
    "failed": ([over(S.FAILED, CAMPAIGN)], State.FAILED),
    "timed out": ([over(S.TIMED_OUT, CAMPAIGN)], State.FAILED),
    "terminated": ([over(S.TERMINATED, CAMPAIGN)], State.FAILED),
    "failed with some coverage": ([over(S.COMPLETED, window(1, 6), 5), over(S.FAILED, window(6, 11))], State.FAILED),
    "failed days filled since": ([over(S.FAILED, window(1, 6), 5), over(S.COMPLETED, window(1, 6))], State.PARTIAL),
    "one of many missing windows failed": (
        [over(S.CANCELLED, CAMPAIGN, 9), over(S.COMPLETED, window(1, 6), 5), over(S.FAILED, window(6, 11))],
        State.FAILED,
    ),
    "continued as a new run that failed": (
        [over(S.CONTINUED_AS_NEW, CAMPAIGN, 5), over(S.FAILED, CAMPAIGN)],
        State.FAILED,
    ),
    "another campaign": ([over(S.COMPLETED, window(100, 120)), over(S.FAILED, window(100, 120))], State.NOT_STARTED),
}


@pytest.mark.parametrize(("runs", "state"), CASES.values(), ids=CASES)
def test_the_state_follows_from_the_runs(runs: list[Run], state: State) -> None:
    assert derived(*runs).state is state


@pytest.mark.parametrize(("runs", "state"), CASES.values(), ids=CASES)
def test_the_order_in_which_runs_are_listed_does_not_matter(runs: list[Run], state: State) -> None:
    assert derived(*reversed(runs)).state is state


def test_a_partial_backfill_says_what_remains() -> None:
    backfill = derived(over(S.COMPLETED, window(1, 6)), over(S.COMPLETED, window(11, 20)))

    assert backfill.missing == (window(6, 11), window(20, 52))
    assert backfill.covered_days == 14


def test_the_worst_of_what_runs_is_its_health() -> None:
    backfill = derived(going_on(window(1, 6)), going_on(window(6, 11), attempt=2, last_failure=TIMED_OUT))

    assert backfill.health is Health.STRUGGLING
    assert [open_run.window for open_run in backfill.open_runs] == [window(6, 11), window(1, 6)]


def test_the_latest_run_of_what_is_missing_is_the_one_to_look_at() -> None:
    old, new = over(S.CANCELLED, CAMPAIGN, 9), over(S.CANCELLED, window(6, 20), 3)
    backfill = derived(old, over(S.COMPLETED, window(1, 6), 1), new)

    assert backfill.latest_missing == new


def test_a_failed_run_is_looked_at_before_later_ones() -> None:
    failed = over(S.TERMINATED, window(1, 6), 9)

    assert derived(failed, over(S.CANCELLED, window(6, 20), 3)).latest_missing == failed


def test_attempts_of_a_closed_run_are_those_that_were_seen_to_fail() -> None:
    cancelled = run(closed(S.CANCELLED, "hilton", CAMPAIGN), CAMPAIGN, failures=(seen(1), seen(2, BOOM)))

    assert cancelled.attempts == 3
    assert going_on(CAMPAIGN, attempt=4).attempts == 4
    assert over(S.COMPLETED, CAMPAIGN).attempts == 1


HELD = OpenRun(execution("hilton").ref, CAMPAIGN)
ONLY_CANCELS = spec(clear=(HELD,), days=())


@pytest.mark.parametrize(
    ("runs", "reported", "state"),
    [
        ([], progress(), State.RUNNING),
        ([over(S.FAILED, CAMPAIGN)], progress(phase=Phase.PAUSED, paused_by="U1"), State.RUNNING),
        ([going_on(CAMPAIGN, cancel=True)], progress(phase=Phase.CLEARING, of=spec(clear=(HELD,))), State.RUNNING),
        ([going_on(CAMPAIGN)], progress(phase=Phase.CLEARING, of=ONLY_CANCELS), State.CANCELLING),
        ([going_on(window(1, 6))], progress(phase=Phase.STOPPING), State.CANCELLING),
        ([over(S.COMPLETED, window(1, 6))], progress(phase=Phase.STOPPING), State.CANCELLING),
        ([over(S.COMPLETED, CAMPAIGN)], progress(), State.COMPLETE),
        ([over(S.COMPLETED, window(1, 6))], progress(phase=Phase.ENDED), State.PARTIAL),
        ([over(S.FAILED, CAMPAIGN)], progress(of=spec(days=(window(100, 110),))), State.FAILED),
        ([over(S.FAILED, CAMPAIGN)], None, State.RUNNING),
    ],
)
def test_an_open_sequence_makes_the_state_between_its_windows_too(
    runs: list[Run], reported: SequenceProgress | None, state: State
) -> None:
    assert with_sequence(derived(*runs), standing(reported), NOW).state is state


def test_without_a_sequence_nothing_changes() -> None:
    assert with_sequence(derived(going_on(CAMPAIGN)), None, NOW) == derived(going_on(CAMPAIGN))


def test_it_goes_on_while_something_runs_or_will_run_and_nobody_has_paused_it() -> None:
    paused = progress(running(3, window(11, 16)), phase=Phase.PAUSED, paused_by="U1")

    assert derived(going_on(CAMPAIGN)).goes_on
    assert not derived(over(S.FAILED, CAMPAIGN)).goes_on
    assert with_sequence(derived(), standing(progress()), NOW).goes_on
    assert with_sequence(derived(), standing(), NOW).goes_on
    assert not with_sequence(derived(going_on(window(11, 16))), standing(paused), NOW).goes_on


def test_windows_that_run_side_by_side_are_through_with_it_sooner() -> None:
    backfill = with_sequence(derived(over(S.COMPLETED, window(1, 6))), standing(progress()), NOW)
    two = with_sequence(derived(over(S.COMPLETED, window(1, 6))), standing(progress(of=spec(parallel=2))), NOW)

    assert backfill.left == 46 * HOUR / 5
    assert two.left == 46 * HOUR / 10


statuses = st.sampled_from(list(ExecutionStatus))
spans = st.tuples(st.integers(-5, 60), st.integers(1, 30)).map(lambda two: window(two[0], two[0] + two[1]))


@given(st.lists(st.tuples(statuses, spans), max_size=10))
def test_any_runs_give_one_state_that_agrees_with_what_is_missing(
    several: list[tuple[ExecutionStatus, Window]],
) -> None:
    runs = [
        going_on(days) if status.is_open else over(status, days, n + 1) for n, (status, days) in enumerate(several)
    ]
    backfill = derived(*runs)

    assert (backfill.state is State.COMPLETE) == (not backfill.missing)
    assert backfill.covered_days + total_days(backfill.missing) == CAMPAIGN.days
    if backfill.windows:
        assert backfill.windows.done + backfill.windows.running <= backfill.windows.total


def test_windows_are_counted_as_the_open_sequence_counts_them_and_those_completed_whoever_ran_them() -> None:
    """One window was complete before it began, so eleven windows of the campaign are ten of the sequence."""
    by_runs = derived(over(S.COMPLETED, window(1, 6)))
    backfill = with_sequence(by_runs, standing(progress(closed=1, queued=9)), NOW)
    silent = with_sequence(by_runs, standing(), NOW)

    assert by_runs.windows == WindowCount(1, 0, 11)
    assert backfill.windows == WindowCount(1, 0, 10)
    assert silent.windows is None
    assert {each.completed_windows for each in (by_runs, backfill, silent)} == {1}


def test_days_in_doubt_are_missing_and_their_windows_are_not_done() -> None:
    backfill = derived(over(S.COMPLETED, window(1, 6)), in_doubt(window(6, 11)))

    assert backfill.missing == (Window(window(6, 11).start, CAMPAIGN.end),)
    assert [days.window for days in backfill.doubts] == [window(6, 11)]
    assert backfill.windows is not None
    assert backfill.windows.done == backfill.completed_windows == 1
