"""The proposals of run, and its refusals with what to type instead."""

from typing import Any

import pytest

from bot.commands import Run, Selection
from bot.fleet.planning.throughput import Volumes
from bot.fleet.proposals.context import StartContext
from bot.fleet.proposals.proposal import BeginSequence, Proposal
from bot.fleet.proposals.run import RunRequest, propose_one_window, propose_run
from bot.fleet.sequence import state
from bot.model import SequenceSpec, Window
from tests.fleet.builders import CAMPAIGN, NOW, window
from tests.fleet.grounds import complete, failed, healthy, start_context, struggling
from tests.fleet.sequences import progress, running, standing
from tests.fleet.sizes import evenly, volumes
from tests.wording import Answer, declines, warnings_of

RUN = Run(target="hilton")
SEQUENCE = standing(progress(running(3, window(11, 16))))


def proposed(
    on: StartContext, whole: Window = CAMPAIGN, which: Selection = Selection.MISSING, days: int | None = None
) -> Proposal:
    return propose_run(RUN, RunRequest(whole, which, days), on)


def begun(proposal: Proposal) -> BeginSequence:
    (act,) = proposal.acts
    assert isinstance(act, BeginSequence)
    return act


def test_what_is_missing_runs_and_what_runs_is_followed() -> None:
    proposal = proposed(start_context(complete(window(1, 6)), healthy(window(6, 11))))

    spec = begun(proposal).spec
    assert (spec.days, spec.clear, spec.sizes.days) == ((window(11, 52),), (), 5)
    assert [held.window for held in spec.adopt] == [window(6, 11)]
    assert (proposal.warnings, str(proposal.target)) == ((), "voice-prod/hilton")


def test_a_size_and_a_range_are_taken() -> None:
    spec = begun(proposed(start_context(), window(1, 9), days=3)).spec

    assert (spec.days, spec.sizes.days, spec.sizes.most) == ((window(1, 9),), 3, 3)


def test_only_failed_days_run_where_that_is_asked_for() -> None:
    proposal = proposed(start_context(complete(window(1, 6)), failed(window(6, 11))), which=Selection.FAILED)

    assert begun(proposal).spec.days == (window(6, 11),)


def test_complete_days_run_again_where_all_is_asked_for() -> None:
    proposal = proposed(start_context(complete(CAMPAIGN)), which=Selection.ALL)

    assert begun(proposal).spec.days == (CAMPAIGN,)


def test_a_window_that_is_being_cancelled_is_waited_for_and_its_days_run_again() -> None:
    ending = healthy(window(6, 11), cancel_requested=True)
    proposal = proposed(start_context(ending))

    spec = begun(proposal).spec
    assert ([held.ref for held in spec.clear], spec.adopt, spec.days) == ([ending.execution.ref], (), (CAMPAIGN,))
    assert warnings_of(proposal) == ("1 window is being cancelled already: waited for first, then run again.",)


def test_attempts_and_progress_do_not_change_the_digest_and_another_world_does() -> None:
    quiet, moved = start_context(healthy(window(1, 6))), start_context(struggling(window(1, 6)))

    assert proposed(quiet).digest == proposed(moved).digest
    assert proposed(start_context()).digest != proposed(quiet).digest
    assert proposed(start_context(), days=4).digest != proposed(start_context()).digest


def test_a_workflow_type_that_was_never_seen_is_warned_of() -> None:
    (warning,) = warnings_of(proposed(start_context(was_seen=False)))

    assert "No workflow of type CustomerBackfill has been seen on voice-prod yet" in warning


def refusal(on: StartContext, *, whole: bool = False, **asked: Any) -> Answer:
    judge = propose_one_window if whole else propose_run
    with declines() as refused:
        judge(RUN, RunRequest(**{"whole": CAMPAIGN, "which": Selection.MISSING, **asked}), on)
    return refused


@pytest.mark.parametrize("whole", [False, True])
def test_a_second_active_backfill_is_refused_naming_the_first_and_who_began_it(whole: bool) -> None:
    error = refusal(start_context(sequence=SEQUENCE), whole=whole)

    assert error.problem == (
        "A sequence of hilton runs already: window 3 of 11, "
        "begun by Olivia at 2026-02-21 18:00 UTC for: it times out."
    )
    assert error.hint == (
        "Type /backfill pause hilton or /backfill cancel hilton, "
        "or /backfill split hilton windows 2d for smaller windows from now on."
    )


def test_a_full_range_that_runs_is_named_with_who_had_it_started() -> None:
    spanning = struggling()
    by_olivia = {spanning.execution.ref.workflow_id: "Olivia"}
    outside = {spanning.execution.ref.workflow_id: ""}

    assert refusal(start_context(spanning, starters=by_olivia)).problem == (
        "A workflow over the whole campaign runs already: "
        "backfill-hilton-2026-01-01-2026-02-21, attempt 3, struggling, for 22 h, started by Olivia."
    )
    assert refusal(start_context(spanning, starters=outside)).problem.endswith("started outside the bot.")
    assert refusal(start_context(spanning)).problem.endswith("for 22 h.")
    assert (
        refusal(start_context(spanning)).hint == "Type /backfill split hilton to cancel it and run windows instead."
    )


@pytest.mark.parametrize("whole", [False, True])
def test_without_workers_nothing_is_started(whole: bool) -> None:
    error = refusal(start_context(pollers=0), whole=whole)

    assert error.problem == "No worker polls the task queue backfill on voice-prod: what is started would wait."


def test_what_is_complete_or_has_no_rows_or_runs_is_not_run() -> None:
    some = Volumes(CAMPAIGN, {"hilton": evenly(5, window(1, 6))})
    empty_days = RunRequest(window(11, 21), Selection.MISSING)

    with declines("no data in range"):
        propose_run(RUN, empty_days, start_context(known=some))
    assert refusal(start_context(complete(CAMPAIGN))).problem.startswith("hilton is complete already")
    assert "no data in range" in refusal(start_context(known=volumes(hilton=0))).problem
    assert "runs already" in refusal(start_context(complete(window(1, 6)), healthy(window(6, 52)))).problem
    for on in (start_context(), start_context(healthy(window(1, 6)))):
        assert "No window of hilton has failed" in refusal(on, which=Selection.FAILED).problem


def started(on: StartContext, whole: Window = CAMPAIGN, which: Selection = Selection.MISSING) -> SequenceSpec:
    (act,) = propose_one_window(RUN, RunRequest(whole, which), on).acts
    assert isinstance(act, BeginSequence)
    return act.spec


def test_the_whole_range_is_a_sequence_of_one_window_told_with_its_time() -> None:
    proposal = propose_one_window(RUN, RunRequest(CAMPAIGN, Selection.MISSING), start_context())

    spec = started(start_context())
    first = state.take(state.begin(spec), NOW)
    assert first
    assert (first[1].window, spec.sizes.most, spec.clear, spec.adopt) == (CAMPAIGN, CAMPAIGN.days, (), ())
    assert proposal.plan is not None
    assert [planned.window for planned in proposal.plan.to_run] == [CAMPAIGN]
    assert (proposal.plan.eta is not None, proposal.warnings) == (True, ())


def test_days_that_the_whole_range_would_do_again_are_warned_of() -> None:
    proposal = propose_one_window(RUN, RunRequest(CAMPAIGN, Selection.MISSING), start_context(complete(window(1, 6))))

    assert warnings_of(proposal) == ("5 days of it would be run again.",)
    assert started(start_context(complete(window(1, 6)))).days == (CAMPAIGN,)


def test_over_a_whole_range_that_runs_only_split_makes_windows() -> None:
    error = refusal(start_context(healthy(CAMPAIGN)), whole=True)

    assert error.problem.startswith("Days of it run already: ")
    assert error.hint == "Type /backfill split hilton to cancel it and run windows instead."


def test_the_whole_range_is_not_started_over_days_that_run() -> None:
    error = refusal(start_context(healthy(window(6, 11))), whole=True)

    assert error.problem == (
        "Days of it run already: backfill-hilton-2026-01-06-2026-01-11, attempt 1, healthy, for 22 h."
    )
    assert started(start_context(healthy(window(6, 11))), window(11, 16)).days == (window(11, 16),)


def test_the_whole_range_is_not_started_where_nothing_is_missing() -> None:
    assert refusal(start_context(complete(CAMPAIGN)), whole=True).problem.startswith("hilton is complete already")
    assert started(start_context(complete(CAMPAIGN)), which=Selection.ALL).days == (CAMPAIGN,)
