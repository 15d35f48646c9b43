"""Sequences made from plans: the windows a sequence takes are the plan's, and no day is taken twice."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Selection
from bot.fleet.planning.planner import make_plan
from bot.fleet.planning.sizing import Basis, Size
from bot.fleet.proposals.sequence_spec import cancel_only, sequence_of, sizes_of
from bot.fleet.runs.run import Run
from bot.fleet.sequence import state as sequence_state
from bot.model import ExecutionStatus, OpenRun, SequenceSpec, Sizes, Window
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, execution, run, window
from tests.fleet.grounds import context, healthy, start_context, struggling
from tests.fleet.sizes import RULES

S = ExecutionStatus


def taken(spec: SequenceSpec) -> list[Window]:
    """The windows that a sequence of this spec starts if its size never changes."""
    state, windows = sequence_state.begin(spec), []
    while step := sequence_state.take(state, NOW):
        state, started = step
        windows.append(started.window)
    return windows


spans = st.tuples(st.integers(-5, 60), st.integers(1, 60)).map(lambda at: window(at[0], at[0] + at[1]))
states = st.sampled_from([S.COMPLETED, S.RUNNING, S.CANCELLED, S.FAILED])


@given(
    seen=st.lists(st.tuples(spans, states, st.booleans()), max_size=8),
    whole=spans.map(lambda span: span.intersection(CAMPAIGN)).filter(bool),
    days=st.integers(1, 60),
    which=st.sampled_from(Selection),
)
def test_a_sequence_takes_exactly_the_windows_of_its_plan(
    seen: list[tuple[Window, ExecutionStatus, bool]], whole: Window, days: int, which: Selection
) -> None:
    own = [
        run(execution("hilton", at, status=status, run=str(n)), at, cancel_requested=cancelled)
        for n, (at, status, cancelled) in enumerate(seen)
    ]
    on = start_context(*own)
    plan = make_plan(on.facts, whole, days, RULES, which)
    spec = sequence_of(plan, on.context, "run", ()).spec

    assert taken(spec) == [planned.window for planned in plan.to_run]
    followed = {day for held in spec.adopt if held.window for day in held.window.each_day()}
    assert not followed & {day for gap in spec.days for day in gap.each_day()}


def held(*runs: Run) -> tuple[OpenRun, ...]:
    return tuple(OpenRun(each.execution.ref, each.window) for each in runs)


def test_what_runs_is_followed_in_the_order_of_its_days_and_what_must_end_is_cleared() -> None:
    late, early, hopeless = healthy(window(30, 35)), healthy(window(6, 11)), struggling(window(1, 6))
    on = start_context(late, early)
    act = sequence_of(make_plan(on.facts, CAMPAIGN, 5, RULES), on.context, "split", (hopeless,))

    assert (act.spec.clear, act.spec.adopt) == (held(hopeless), held(early, late))
    assert act.cancels == (hopeless,)
    assert (act.spec.asked, act.spec.cluster, act.spec.customer) == ("split", "voice-prod", "hilton")


def test_how_it_runs_is_as_configured() -> None:
    terms = replace(context().terms, parallel=3, split_after=5, cancel_patience=HOUR)
    spec = sequence_of(
        make_plan(start_context().facts, CAMPAIGN, 5, RULES), replace(context(), terms=terms), "run", ()
    ).spec

    assert (spec.parallel, spec.split_after, spec.cancel_patience) == (3, 5, HOUR)


def test_one_that_only_cancels_runs_nothing() -> None:
    whole = healthy(CAMPAIGN)
    spec = cancel_only(context(whole), "cancel", (whole,)).spec

    assert (spec.clear, spec.adopt, spec.days) == (held(whole), (), ())


@pytest.mark.parametrize(
    ("basis", "days", "sizes"),
    [
        (Basis.ASKED, 3, (3, 1, 3)),
        (Basis.OVERRIDE, 20, (20, 1, 20)),
        (Basis.TIER, 5, (5, 1, 5)),
        (Basis.CAUTION, 1, (1, 1, 1)),
        (Basis.CUSTOMER, 3, (3, 1, 10)),
        (Basis.CLUSTER, 12, (12, 1, 12)),
    ],
)
def test_only_a_measured_size_may_be_outgrown(basis: Basis, days: int, sizes: tuple[int, int, int]) -> None:
    assert sizes_of(Size(days, basis, 3 * HOUR, days), RULES) == Sizes(*sizes, 3 * HOUR)


def test_a_size_below_the_least_stays_as_it_was_asked_for() -> None:
    assert sizes_of(Size(1, Basis.ASKED, HOUR, 1), replace(RULES, min_days=2)).least == 1
