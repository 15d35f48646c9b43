"""The proposals of split: cancel struggling runs, run missing days as windows, resize an open sequence."""

from dataclasses import replace
from typing import Any

import pytest

from bot.commands import Selection, Split
from bot.fleet.proposals.context import StartContext
from bot.fleet.proposals.proposal import BeginSequence, Instruct, Proposal
from bot.fleet.proposals.run import RunRequest, propose_run
from bot.fleet.proposals.split import propose_split
from bot.fleet.proposals.warnings import (
    MayBeDoneAgain,
    NothingCancelled,
    NothingStarted,
    OperationsGoOn,
    OtherTypeRuns,
    ResizesWhatIsToCome,
    StruggledBefore,
)
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.runs import CompleteAlready, NoData, NoWorkers, RunsAlready
from bot.fleet.refusals.sequences import SameSize, SecondSequence
from bot.fleet.runs.children_health import AssessedChild, with_children_health
from bot.model import Child, Instruction, Order, Phase
from tests.fleet.builders import BOOM, CAMPAIGN, activity, execution, run, seen, window
from tests.fleet.grounds import complete, healthy, start_context, struggling
from tests.fleet.sequences import progress, running, standing
from tests.fleet.sizes import volumes

SPLIT = Split(target="hilton")


def proposed(on: StartContext, days: int | None = None) -> tuple[Proposal, BeginSequence]:
    proposal = propose_split(Split(target="hilton", days=days), on)
    (act,) = proposal.acts
    assert isinstance(act, BeginSequence)
    return proposal, act


def refusal(on: StartContext, days: int | None = None) -> Refusal:
    with pytest.raises(Declined) as refused:
        propose_split(Split(target="hilton", days=days), on)
    return refused.value.reason


def test_the_full_range_that_struggles_is_cancelled_and_what_is_missing_runs_as_windows() -> None:
    spanning = struggling()
    proposal, act = proposed(start_context(spanning, complete(window(1, 6))))

    assert act.cancels == (spanning,)
    assert [held.ref for held in act.spec.clear] == [spanning.execution.ref]
    assert (act.spec.days, act.spec.sizes.days, act.spec.asked) == ((window(6, 52),), 5, "split")
    assert proposal.warnings == ()
    assert proposal.plan is not None
    assert [planned.window.days for planned in proposal.plan.to_run] == [5] * 9 + [1]


def test_a_nexus_operation_of_what_is_cancelled_may_go_on() -> None:
    spanning = struggling()
    assert spanning.health
    copies = replace(spanning, health=replace(spanning.health, operations=("copying/Copying.copy",)))
    proposal, _ = proposed(start_context(copies))

    assert proposal.warnings == (OperationsGoOn(("copying/Copying.copy",)),)


def test_the_days_of_another_type_run_as_the_type_that_fills_them() -> None:
    repair = struggling()
    repair = replace(repair, execution=replace(repair.execution, workflow_type="Repair"))
    proposal, _ = proposed(start_context(repair))

    assert proposal.warnings == (OtherTypeRuns("Repair", "CustomerBackfill"),)


def test_a_healthy_full_range_is_cancelled_with_a_plain_warning() -> None:
    spanning = healthy(CAMPAIGN)
    on = start_context(spanning)
    proposal, act = proposed(on)

    assert len(act.spec.clear) == 1
    assert proposal.warnings == (MayBeDoneAgain(on.context.facts_of(spanning)),)


def test_a_window_that_struggles_is_run_again_and_others_are_followed() -> None:
    bad, good = struggling(window(6, 26)), healthy(window(1, 6))
    proposal, act = proposed(start_context(good, bad))

    assert [held.window for held in act.spec.clear] == [window(6, 26)]
    assert [held.window for held in act.spec.adopt] == [window(1, 6)]
    assert (act.spec.days, proposal.warnings) == ((window(6, 52),), ())


def test_a_run_below_which_a_child_times_out_struggles_although_its_own_activities_do_well() -> None:
    spanning, child = healthy(CAMPAIGN), struggling(window(3, 4))
    assert spanning.health
    assert child.health
    below = AssessedChild(Child("copy-3", window(3, 4)), child.health)
    parent = replace(spanning, health=with_children_health(spanning.health, (below,), CAMPAIGN))
    proposal, act = proposed(start_context(parent))

    assert len(act.spec.clear) == 1
    assert proposal.warnings == ()


def test_a_window_that_timed_out_earlier_and_fails_otherwise_now_struggles_as_well() -> None:
    of, days = execution("hilton", window(1, 6)), window(1, 6)
    bad = run(of, days, activity(attempt=4, last_failure=BOOM), failures=(seen(1, ref=of.ref),))
    _, act = proposed(start_context(bad))

    assert [held.window for held in act.spec.clear] == [window(1, 6)]


def test_windows_that_would_be_as_long_as_the_one_that_struggled_are_warned_of() -> None:
    proposal, _ = proposed(start_context(struggling(window(1, 6))))
    smaller, _ = proposed(start_context(struggling(window(1, 6))), days=3)

    assert proposal.warnings == (StruggledBefore(SPLIT, 5, 3),)
    assert smaller.warnings == ()


def test_what_is_being_cancelled_already_is_waited_for_without_a_warning() -> None:
    proposal, act = proposed(start_context(healthy(CAMPAIGN, cancel_requested=True)))

    assert (len(act.spec.clear), proposal.warnings) == (1, ())


def test_without_anything_to_cancel_it_is_a_run_and_says_so() -> None:
    proposal, act = proposed(start_context())
    follows, _ = proposed(start_context(healthy(window(1, 6))))
    (plain,) = propose_run(SPLIT, RunRequest(CAMPAIGN, Selection.MISSING), start_context()).acts

    assert act == plain
    assert proposal.warnings == (NothingCancelled(something_runs=False),)
    assert follows.warnings == (NothingCancelled(something_runs=True),)


def test_what_struggles_over_complete_days_is_cancelled_and_nothing_runs_then() -> None:
    proposal, act = proposed(start_context(complete(CAMPAIGN, run="0"), struggling(), pollers=0))

    assert (len(act.spec.clear), act.spec.days) == (1, ())
    assert proposal.warnings == (NothingStarted(),)


def test_following_a_run_is_not_confirmed_for_cancelling_it_though_the_same_days_are_run() -> None:
    done, again = complete(window(1, 6), run="0"), window(1, 6)
    followed, _ = proposed(start_context(done, healthy(again)))
    cancelled, _ = proposed(start_context(done, struggling(again)))

    assert followed.digest != cancelled.digest


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (start_context(complete(CAMPAIGN)), CompleteAlready(SPLIT, "hilton", CAMPAIGN)),
        (start_context(struggling(), known=volumes(hilton=0)), NoData("hilton", CAMPAIGN)),
        (start_context(struggling(), pollers=0), NoWorkers("backfill", "CustomerBackfill", "voice-prod")),
        (start_context(healthy(window(1, 30)), healthy(window(30, 52))), RunsAlready(SPLIT, "hilton")),
    ],
)
def test_it_is_refused_where_nothing_could_or_need_run(on: StartContext, reason: Refusal) -> None:
    assert refusal(on) == reason


def with_open_sequence(**changes: Any) -> StartContext:
    return start_context(sequence=standing(progress(running(3, window(11, 16)), **changes)))


def test_an_open_sequence_is_named() -> None:
    on = with_open_sequence()

    assert refusal(on) == SecondSequence(SPLIT, on.context.open_sequence, is_ending=False)


def test_a_typed_size_is_for_the_windows_of_the_open_sequence_that_are_to_come() -> None:
    proposal = propose_split(Split(target="hilton", days=3), with_open_sequence())

    (act,) = proposal.acts
    assert isinstance(act, Instruct)
    assert act.instruction == Instruction(Order.RESIZE, by="", reason="", days=3)
    assert proposal.warnings == (ResizesWhatIsToCome("hilton"),)


def test_a_size_that_it_has_or_that_comes_too_late_is_refused() -> None:
    on, stopping = with_open_sequence(), with_open_sequence(phase=Phase.STOPPING)
    five, three = Split(target="hilton", days=5), Split(target="hilton", days=3)

    assert refusal(on, days=5) == SameSize(five, 5, on.context.open_sequence)
    assert refusal(stopping, days=3) == SecondSequence(three, stopping.context.open_sequence, is_ending=True)
