"""Inputs of runs are read once, within bounds, and kept for when Temporal has removed the run."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.config import Config
from bot.fleet.runs.call_budget import SPAN, CallBudget
from bot.fleet.runs.identity import Identity
from bot.model import Execution, ExecutionStatus, Ref
from bot.usecases.observe.history import catch_up, history_of
from bot.usecases.observe.inputs import InputReader
from bot.usecases.observe.observe import observe, observe_open
from tests.fakes.engine import FakeEngine
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, closed, execution

CLUSTER = "voice-prod"
PATHS = {"customer": "[0].tenant", "start": "[0].from", "end": "[0].to"}
WITHIN = timedelta(seconds=5)


def by_input(**identity: Any) -> Config:
    workflow = {
        "types": ["CustomerBackfill"],
        "task_queue": "backfill",
        "identity": {"input": PATHS, "end": {"input": "included"}, **identity},
        "start": {"input": [{"tenant": "{customer}", "from": "{start}", "to": "{last}"}]},
    }
    return config({CLUSTER: ("hilton", "vivint")}, workflow=workflow)


def odd(number: int, world: FakeWorld, *, is_open: bool = True) -> Execution:
    """A run that tells customer and days in its input only."""
    ref = Ref(CLUSTER, f"job-{number}", f"run-{number}")
    done: dict[str, Any] = (
        {} if is_open else {"status": ExecutionStatus.COMPLETED, "closed_at": world.now - timedelta(hours=1)}
    )
    world.engines[CLUSTER].inputs[ref] = ({"tenant": "hilton", "from": "2026-01-01", "to": "2026-02-20"},)
    return world.engines[CLUSTER].add(execution(ref=ref, **done)).execution


async def test_a_run_is_recognised_by_its_input_wherever_it_is_looked_at() -> None:
    world = FakeWorld(by_input())
    run = odd(1, world)
    services = world.services
    engine = services.clusters[CLUSTER].engine

    views = [await observe(CLUSTER, services), await observe_open(CLUSTER, services)]
    listed = [
        *await engine.open_executions(["CustomerBackfill"]),
        *await engine.latest_executions(["CustomerBackfill"], 20),
        *(await engine.changed_executions(["CustomerBackfill"], None, WITHIN)).executions,
        (await engine.describe(run.ref)).execution,
    ]

    assert [services.recogniser.identify(each) for each in listed] == [Identity("hilton", CAMPAIGN)] * 4
    assert [view.runs[0].identity for view in views] == [Identity("hilton", CAMPAIGN)] * 2
    assert world.engines[CLUSTER].read_inputs == [run.ref]


async def test_no_input_is_read_of_runs_that_an_earlier_source_recognises_and_none_without_such_a_mapping() -> None:
    first = FakeWorld(by_input(order=["id", "input"]))
    plain = FakeWorld()
    for world in (first, plain):
        world.engines[CLUSTER].add(execution("hilton"))
        await observe(CLUSTER, world.services)

    assert first.engines[CLUSTER].read_inputs == plain.engines[CLUSTER].read_inputs == []


async def test_what_was_read_outlives_the_process_and_temporals_retention() -> None:
    world = FakeWorld(by_input())
    run = odd(1, world, is_open=False)
    await observe(CLUSTER, world.services)
    world.engines[CLUSTER].descriptions.clear()

    view = await observe(CLUSTER, world.services)

    assert [(seen.execution.ref, seen.identity) for seen in view.runs] == [(run.ref, Identity("hilton", CAMPAIGN))]
    assert world.engines[CLUSTER].read_inputs == [run.ref]


async def test_a_run_that_temporal_has_removed_unread_is_not_asked_for_again() -> None:
    world = FakeWorld(by_input())
    gone = closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, ref=Ref(CLUSTER, "job-1", "run-1"))
    await world.ledger.keep([gone])
    services = world.services

    views = [await observe(CLUSTER, services) for _ in range(2)]

    assert [view.history_silent for view in views] == ["", ""]
    assert views[1].runs[0].identity is None
    assert world.engines[CLUSTER].read_inputs == [gone.ref]


async def test_where_a_codec_decodes_inputs_one_in_which_nothing_was_found_is_read_again_once() -> None:
    world = FakeWorld(by_input())
    run = odd(1, world, is_open=False)
    readable = world.engines[CLUSTER].inputs.pop(run.ref)
    await observe(CLUSTER, world.services)
    world.engines[CLUSTER].inputs[run.ref] = readable
    services = world.services
    engine = world.engines[CLUSTER]
    inputs = InputReader(CLUSTER, engine, services.recogniser, world.ledger, 16, CallBudget(100), trusts_blanks=False)
    [recorded] = (await world.ledger.recall(CLUSTER)).executions

    twice = [await inputs.with_inputs([recorded], WITHIN) for _ in range(2)]

    assert services.recogniser.identify(recorded) is None
    assert [services.recogniser.identify(run) for [run] in twice] == [Identity("hilton", CAMPAIGN)] * 2
    assert engine.read_inputs == [run.ref, run.ref]


async def test_while_inputs_are_not_read_runs_are_not_recognised_and_the_past_is_not_all_known() -> None:
    world = FakeWorld(by_input())
    runs = [*(odd(number, world) for number in range(3)), execution("hilton")]
    world.engines[CLUSTER].add(runs[-1])
    world.engines[CLUSTER].withheld = {run.ref for run in runs}
    services = world.services

    view = await observe(CLUSTER, services)

    assert view.history_silent == "the inputs of 4 of 4 runs are not read yet"
    assert [run.identity for run in view.runs] == [None] * 4
    assert not await catch_up(CLUSTER, services)


async def test_the_rest_is_read_the_next_time() -> None:
    world = FakeWorld(by_input())
    runs = [odd(number, world, is_open=False) for number in range(3)]
    services, withheld = world.services, {run.ref for run in runs[:2]}
    inputs = services.clusters[CLUSTER].inputs

    world.engines[CLUSTER].withheld = withheld
    some = await inputs.with_inputs(runs, WITHIN)
    world.engines[CLUSTER].withheld = set()
    every = await inputs.with_inputs(runs, WITHIN)

    assert [services.recogniser.identify(run) for run in some] == [None, None, Identity("hilton", CAMPAIGN)]
    assert all(services.recogniser.identify(run) for run in every)
    assert (await history_of(CLUSTER, services)).silent == ""


async def test_reading_ends_in_time_and_runs_that_failed_come_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.usecases.observe.inputs.MOST_AT_ONCE", 2)
    world = FakeWorld(by_input())
    runs = [odd(number, world) for number in range(3)]
    inputs = world.services.clusters[CLUSTER].inputs
    world.engines[CLUSTER].withheld = {run.ref for run in runs[:2]}

    await inputs.with_inputs(runs, WITHIN)
    await inputs.with_inputs(runs, WITHIN)

    assert world.engines[CLUSTER].read_inputs[2:] == [runs[2].ref, runs[0].ref]


@on_idle_clock
async def test_inputs_are_read_within_the_budget_of_calls_and_the_rest_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A namespace near its limit must not be throttled because a bot starts."""
    called: list[float] = []

    async def arguments(_: FakeEngine, ref: Ref) -> tuple[Any, ...]:
        called.append(asyncio.get_running_loop().time())
        return ({"tenant": ref.workflow_id, "from": "2026-01-01", "to": "2026-02-20"},)

    monkeypatch.setattr(FakeEngine, "arguments", arguments)
    world = FakeWorld(by_input())
    runs, recogniser = [odd(number, world, is_open=False) for number in range(200)], world.services.recogniser
    inputs = InputReader(CLUSTER, world.engines[CLUSTER], recogniser, world.ledger, 16, CallBudget(20))
    answers = [await inputs.with_inputs(runs, WITHIN) for _ in range(2)]
    first, second = (sum(recogniser.identify(run) is not None for run in answer) for answer in answers)

    assert 0 < first < second < len(runs)
    assert all(later - earlier >= SPAN for earlier, later in zip(called, called[20:], strict=False))
