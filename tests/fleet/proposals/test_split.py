"""The proposals of split: cancel struggling runs, run missing days as windows, resize an open sequence."""

from typing import Any

import pytest

from bot.commands import Selection, Split
from bot.fleet.proposals.context import StartContext
from bot.fleet.proposals.proposal import BeginSequence, Instruct, Proposal
from bot.fleet.proposals.run import RunRequest, propose_run
from bot.fleet.proposals.split import propose_split
from bot.model import Instruction, Order, Phase
from tests.fleet.builders import BOOM, CAMPAIGN, activity, execution, run, seen, window
from tests.fleet.grounds import complete, healthy, start_context, struggling
from tests.fleet.sequences import progress, running, standing
from tests.fleet.sizes import volumes
from tests.wording import Answer, declines, warnings_of

SPLIT = Split(target="hilton")


def proposed(on: StartContext, days: int | None = None) -> tuple[Proposal, BeginSequence]:
    proposal = propose_split(Split(target="hilton", days=days), on)
    (act,) = proposal.acts
    assert isinstance(act, BeginSequence)
    return proposal, act


def refusal(on: StartContext, days: int | None = None) -> Answer:
    with declines() as refused:
        propose_split(Split(target="hilton", days=days), on)
    return refused


def test_the_full_range_that_struggles_is_cancelled_and_what_is_missing_runs_as_windows() -> None:
    spanning = struggling()
    proposal, act = proposed(start_context(spanning, complete(window(1, 6))))

    assert act.cancels == (spanning,)
    assert [held.ref for held in act.spec.clear] == [spanning.execution.ref]
    assert (act.spec.days, act.spec.sizes.days, act.spec.asked) == ((window(6, 52),), 5, "split")
    assert proposal.warnings == ()
    assert proposal.plan is not None
    assert [planned.window.days for planned in proposal.plan.to_run] == [5] * 9 + [1]


def test_a_healthy_full_range_is_cancelled_with_a_plain_warning() -> None:
    proposal, act = proposed(start_context(healthy(CAMPAIGN)))

    assert len(act.spec.clear) == 1
    assert warnings_of(proposal) == (
        "It does not struggle, and what it has done may be done again: "
        "backfill-hilton-2026-01-01-2026-02-21, attempt 1, healthy, for 22 h.",
    )


def test_a_window_that_struggles_is_run_again_and_others_are_followed() -> None:
    bad, good = struggling(window(6, 26)), healthy(window(1, 6))
    proposal, act = proposed(start_context(good, bad))

    assert [held.window for held in act.spec.clear] == [window(6, 26)]
    assert [held.window for held in act.spec.adopt] == [window(1, 6)]
    assert (act.spec.days, proposal.warnings) == ((window(6, 52),), ())


def test_a_window_that_timed_out_earlier_and_fails_otherwise_now_struggles_as_well() -> None:
    of, days = execution("hilton", window(1, 6)), window(1, 6)
    bad = run(of, days, activity(attempt=4, last_failure=BOOM), failures=(seen(1, ref=of.ref),))
    _, act = proposed(start_context(bad))

    assert [held.window for held in act.spec.clear] == [window(1, 6)]


def test_windows_that_would_be_as_long_as_the_one_that_struggled_are_warned_of() -> None:
    proposal, _ = proposed(start_context(struggling(window(1, 6))))
    smaller, _ = proposed(start_context(struggling(window(1, 6))), days=3)

    assert warnings_of(proposal) == (
        "A window of 5 days struggled: /backfill split hilton windows 3d makes them smaller.",
    )
    assert smaller.warnings == ()


def test_what_is_being_cancelled_already_is_waited_for_without_a_warning() -> None:
    proposal, act = proposed(start_context(healthy(CAMPAIGN, cancel_requested=True)))

    assert (len(act.spec.clear), proposal.warnings) == (1, ())


def test_without_anything_to_cancel_it_is_a_run_and_says_so() -> None:
    proposal, act = proposed(start_context())
    follows, _ = proposed(start_context(healthy(window(1, 6))))
    (plain,) = propose_run(SPLIT, RunRequest(CAMPAIGN, Selection.MISSING), start_context()).acts

    assert act == plain
    assert warnings_of(proposal) == ("Nothing is cancelled: nothing runs.",)
    assert warnings_of(follows) == ("Nothing is cancelled: what runs does not struggle.",)


def test_what_struggles_over_complete_days_is_cancelled_and_nothing_runs_then() -> None:
    proposal, act = proposed(start_context(complete(CAMPAIGN, run="0"), struggling(), pollers=0))

    assert (len(act.spec.clear), act.spec.days) == (1, ())
    assert warnings_of(proposal) == ("Every other day is complete or runs: after the cancelling nothing is started.",)


def test_following_a_run_is_not_confirmed_for_cancelling_it_though_the_same_days_are_run() -> None:
    done, again = complete(window(1, 6), run="0"), window(1, 6)
    followed, _ = proposed(start_context(done, healthy(again)))
    cancelled, _ = proposed(start_context(done, struggling(again)))

    assert followed.digest != cancelled.digest


@pytest.mark.parametrize(
    ("on", "problem"),
    [
        (start_context(complete(CAMPAIGN)), "hilton is complete already"),
        (start_context(struggling(), known=volumes(hilton=0)), "no data in range"),
        (start_context(struggling(), pollers=0), "No worker polls the task queue backfill on voice-prod"),
        (start_context(healthy(window(1, 30)), healthy(window(30, 52))), "What is to be run of hilton runs already."),
    ],
)
def test_it_is_refused_where_nothing_could_or_need_run(on: StartContext, problem: str) -> None:
    assert problem in refusal(on).problem


def with_open_sequence(**changes: Any) -> StartContext:
    return start_context(sequence=standing(progress(running(3, window(11, 16)), **changes)))


def test_an_open_sequence_is_named_and_half_its_size_is_offered() -> None:
    error = refusal(with_open_sequence())

    assert "window 3 of 11, begun by Olivia" in error.problem
    assert "/backfill split hilton windows 2d" in error.hint
    assert "windows" not in refusal(with_open_sequence(size=1)).hint


def test_a_typed_size_is_for_the_windows_of_the_open_sequence_that_are_to_come() -> None:
    proposal = propose_split(Split(target="hilton", days=3), with_open_sequence())

    (act,) = proposal.acts
    assert isinstance(act, Instruct)
    assert act.instruction == Instruction(Order.RESIZE, by="", reason="", days=3)
    assert warnings_of(proposal) == (
        "A sequence of hilton runs already: only its windows still to come get the new size.",
    )


def test_a_size_that_it_has_or_that_comes_too_late_is_refused() -> None:
    assert "have 5 days already" in refusal(with_open_sequence(), days=5).hint
    assert "being cancelled" in refusal(with_open_sequence(phase=Phase.STOPPING), days=3).problem
    assert "once it has ended" in refusal(with_open_sequence(phase=Phase.STOPPING), days=3).hint
