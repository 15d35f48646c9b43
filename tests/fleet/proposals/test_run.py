"""The proposals of run, and the reasons of its refusals."""

from dataclasses import replace
from typing import Any

import pytest

from bot.commands import Run, Selection
from bot.fleet.planning.throughput import Volumes
from bot.fleet.proposals.context import StartContext
from bot.fleet.proposals.proposal import BeginSequence, Proposal
from bot.fleet.proposals.run import RunRequest, propose_one_window, propose_run
from bot.fleet.proposals.warnings import NeverSeen, RunsAgain, WaitsForCancelled
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.runs import (
    CompleteAlready,
    DaysRun,
    NoData,
    NoneFailed,
    NoWorkers,
    RunsAlready,
    WholeRangeRuns,
)
from bot.fleet.refusals.sequences import OpenSequence, SecondSequence
from bot.fleet.sequence import state
from bot.model import SequenceSpec, Window
from tests.fleet.builders import CAMPAIGN, NOW, window
from tests.fleet.grounds import complete, failed, healthy, start_context, struggling
from tests.fleet.sequences import progress, running, standing
from tests.fleet.sizes import evenly, volumes

RUN = Run(target="hilton")
SEQUENCE = standing(progress(running(3, window(11, 16))))


def proposed(
    on: StartContext, whole: Window = CAMPAIGN, which: Selection = Selection.MISSING, days: int | None = None
) -> Proposal:
    return propose_run(RUN, RunRequest(whole, which, days), on)


def test_windows_that_run_two_at_a_time_take_half_as_long() -> None:
    on = start_context()
    two = replace(on, context=replace(on.context, terms=replace(on.context.terms, parallel=2)))
    alone, together = (proposed(each).plan for each in (on, two))
    assert alone is not None
    assert together is not None
    assert alone.eta is not None
    assert together.eta is not None

    assert (together.eta.low, together.eta.high) == (alone.eta.low / 2, alone.eta.high / 2)
    assert together.digest == alone.digest


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
    assert proposal.warnings == (WaitsForCancelled(1),)


def test_attempts_and_progress_do_not_change_the_digest_and_another_world_does() -> None:
    quiet, moved = start_context(healthy(window(1, 6))), start_context(struggling(window(1, 6)))

    assert proposed(quiet).digest == proposed(moved).digest
    assert proposed(start_context()).digest != proposed(quiet).digest
    assert proposed(start_context(), days=4).digest != proposed(start_context()).digest


def test_a_workflow_type_that_was_never_seen_is_warned_of() -> None:
    assert proposed(start_context(was_seen=False)).warnings == (NeverSeen("CustomerBackfill", "voice-prod"),)


def refusal(on: StartContext, *, one_window: bool = False, **request: Any) -> Refusal:
    judge = propose_one_window if one_window else propose_run
    with pytest.raises(Declined) as refused:
        judge(RUN, RunRequest(**{"whole": CAMPAIGN, "which": Selection.MISSING, **request}), on)
    return refused.value.reason


@pytest.mark.parametrize("whole", [False, True])
def test_a_second_active_backfill_is_refused_naming_the_first_and_who_began_it(whole: bool) -> None:
    on = start_context(sequence=SEQUENCE)

    assert refusal(on, one_window=whole) == SecondSequence(RUN, OpenSequence(SEQUENCE, "Olivia"), is_ending=False)


def test_a_full_range_that_runs_is_named() -> None:
    spanning = struggling()
    on = start_context(spanning)

    assert refusal(on) == WholeRangeRuns(RUN, on.context.facts_of(spanning))


@pytest.mark.parametrize("whole", [False, True])
def test_without_workers_nothing_is_started(whole: bool) -> None:
    on = start_context(pollers=0)

    assert refusal(on, one_window=whole) == NoWorkers("backfill", "CustomerBackfill", "voice-prod")


def test_what_is_complete_or_has_no_rows_or_runs_is_not_run() -> None:
    some = start_context(known=Volumes(CAMPAIGN, {"hilton": evenly(5, window(1, 6))}))

    assert refusal(some, whole=window(11, 21)) == NoData("hilton", window(11, 21))
    assert refusal(start_context(known=volumes(hilton=0))) == NoData("hilton", CAMPAIGN)
    assert refusal(start_context(complete(CAMPAIGN))) == CompleteAlready(RUN, "hilton", CAMPAIGN)
    assert refusal(start_context(complete(window(1, 6)), healthy(window(6, 52)))) == RunsAlready(RUN, "hilton")
    for on in (start_context(), start_context(healthy(window(1, 6)))):
        assert refusal(on, which=Selection.FAILED) == NoneFailed(RUN, "hilton", CAMPAIGN)


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

    assert proposal.warnings == (RunsAgain(5),)
    assert started(start_context(complete(window(1, 6)))).days == (CAMPAIGN,)


@pytest.mark.parametrize("days", [CAMPAIGN, window(6, 11)])
def test_the_whole_range_is_not_started_over_days_that_run(days: Window) -> None:
    of_it = healthy(days)
    on = start_context(of_it)

    assert refusal(on, one_window=True) == DaysRun(RUN, on.context.facts_of(of_it))


def test_days_beside_those_that_run_are_started() -> None:
    assert started(start_context(healthy(window(6, 11))), window(11, 16)).days == (window(11, 16),)


def test_the_whole_range_is_not_started_where_nothing_is_missing() -> None:
    assert refusal(start_context(complete(CAMPAIGN)), one_window=True) == CompleteAlready(RUN, "hilton", CAMPAIGN)
    assert started(start_context(complete(CAMPAIGN)), which=Selection.ALL).days == (CAMPAIGN,)
