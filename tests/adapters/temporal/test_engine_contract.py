"""The contract of bot.ports.Engine, on the fake and on the adapter."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from pydantic import JsonValue
from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bot.errors import NotFound, Unavailable
from bot.fleet.runs.close_facts import is_cancel_requested, unread
from bot.model import WORKFLOW_TYPE, CloseEvent, Execution, ExecutionStatus, Portion, Ref, TaskKind
from bot.model.execution import CANCEL_HINT
from bot.ports import Engine
from tests.adapters.temporal.conftest import LIMIT, engine_at
from tests.adapters.temporal.server import NOBODY, eventually, free_port
from tests.fakes.engine import FakeEngine


class World(Protocol):
    """An engine with a hand on what it shows; ``away`` is one whose server does not answer."""

    engine: Engine
    away: Engine

    async def start(self, workflow_type: str, workflow_id: str, *arguments: JsonValue) -> Ref: ...

    async def terminate(self, ref: Ref) -> None: ...

    async def complete(self, workflow_type: str, workflow_id: str) -> Ref: ...


@workflow.defn(dynamic=True)
class EndsAtOnce:
    """Any workflow, which completes."""

    @workflow.run
    async def run(self, _: Sequence[RawValue]) -> None:
        return


class RealWorld:
    def __init__(self, client: Client, engine: Engine) -> None:
        self._client = client
        self.engine = engine
        self.away: Engine = engine_at(f"127.0.0.1:{free_port()}")

    async def start(self, workflow_type: str, workflow_id: str, *arguments: JsonValue) -> Ref:
        handle = await self._client.start_workflow(workflow_type, args=arguments, id=workflow_id, task_queue=NOBODY)
        return Ref("voice-prod", workflow_id, handle.first_execution_run_id or "")

    async def terminate(self, ref: Ref) -> None:
        await self._client.get_workflow_handle(ref.workflow_id, run_id=ref.run_id).terminate()

    async def complete(self, workflow_type: str, workflow_id: str) -> Ref:
        runner = UnsandboxedWorkflowRunner()
        async with Worker(self._client, task_queue=workflow_id, workflows=[EndsAtOnce], workflow_runner=runner):
            handle = await self._client.start_workflow(workflow_type, id=workflow_id, task_queue=workflow_id)
            await handle.result()
        return Ref("voice-prod", workflow_id, handle.first_execution_run_id or "")


class FakeWorld:
    def __init__(self) -> None:
        self._fake = FakeEngine()
        self.engine: Engine = self._fake
        self.away: Engine = FakeEngine(away=Unavailable("Temporal", "no answer"))

    async def start(self, workflow_type: str, workflow_id: str, *arguments: JsonValue) -> Ref:
        number = len(self._fake.descriptions)
        ref = Ref("voice-prod", workflow_id, f"run-{number}")
        began = datetime(2026, 2, 21, tzinfo=UTC) + timedelta(seconds=number)
        self._fake.add(Execution(ref, workflow_type, NOBODY, ExecutionStatus.RUNNING, began))
        self._fake.inputs[ref] = arguments
        return ref

    async def terminate(self, ref: Ref) -> None:
        known = self._fake.descriptions[ref].execution
        over = known.started_at + timedelta(hours=1)
        self._fake.add(replace(known, status=ExecutionStatus.TERMINATED, closed_at=over))

    async def complete(self, workflow_type: str, workflow_id: str) -> Ref:
        ref = await self.start(workflow_type, workflow_id)
        known = self._fake.descriptions[ref].execution
        over = known.started_at + timedelta(hours=1)
        self._fake.add(replace(known, status=ExecutionStatus.COMPLETED, closed_at=over))
        return ref


@pytest.fixture(params=["real", "fake"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        return FakeWorld()
    return RealWorld(request.getfixturevalue("client"), request.getfixturevalue("engine"))


async def test_lists_the_open_runs_of_the_wanted_types_oldest_first(world: World, unique: str) -> None:
    refs = [await world.start(f"{unique}-{kind}", f"{unique}-{n}") for n, kind in enumerate("abab")]
    await world.start(f"{unique}-c", f"{unique}-other")
    await world.terminate(refs[0])

    wanted = [f"{unique}-a", f"{unique}-b"]
    still_open = await eventually(
        lambda: world.engine.open_executions(wanted), lambda found: [each.ref for each in found] == refs[1:]
    )

    pages: list[Sequence[Execution]] = []
    listed = await world.engine.open_executions(wanted, pages.append)

    assert sorted(run.ref for page in pages for run in page) == sorted(run.ref for run in listed)
    assert {execution.status for execution in still_open} == {ExecutionStatus.RUNNING}
    assert {execution.workflow_type for execution in still_open} == set(wanted)
    assert all(execution.started_at.tzinfo for execution in still_open)


async def test_every_run_of_the_same_id_is_a_run_of_its_own(world: World, unique: str) -> None:
    first = await world.start(unique, unique)
    await world.terminate(first)
    second = await world.start(unique, unique)

    listed = await eventually(
        lambda: changed(world, unique, None), lambda shown: len(shown.executions) == 2 and len(_ended(shown)) == 1
    )

    assert [execution.ref for execution in listed.executions] == [second, first]
    assert not (await world.engine.describe(first)).execution.status.is_open
    assert (await world.engine.describe(second)).execution.status.is_open


async def test_changes_are_the_open_runs_and_those_that_have_ended_since_the_latest_end_first(
    world: World, unique: str
) -> None:
    refs = [await world.start(unique, f"{unique}-{number}") for number in range(5)]
    for number in (2, 0, 1):
        await world.terminate(refs[number])
    everything = await eventually(lambda: changed(world, unique, None), lambda shown: len(_ended(shown)) == 3)
    ends = [each.closed_at for each in everything.executions if each.closed_at]
    since = await changed(world, unique, ends[1])

    assert [each.ref for each in _ended(everything)] == ended_last_first(everything)
    assert {each.status for each in _ended(everything)} == {ExecutionStatus.TERMINATED}
    assert {each.ref for each in everything.executions[:2]} == {refs[3], refs[4]}
    assert [each.ref for each in _ended(since)] == [each.ref for each in _ended(everything)][:2]
    assert {each.ref for each in since.executions[:2]} == {refs[3], refs[4]}
    assert everything.rest_until is since.rest_until is None


async def test_recent_runs_are_those_that_have_begun_or_ended_since(world: World, unique: str) -> None:
    old = await world.start(unique, f"{unique}-old")
    over = await world.start(unique, f"{unique}-over")
    new = await world.start(unique, f"{unique}-new")
    await world.terminate(over)
    everything = await eventually(
        lambda: changed(world, unique, None),
        lambda shown: len(_ended(shown)) == 1 and len(shown.executions) == len((old, over, new)),
    )
    began = {each.ref: each.started_at for each in everything.executions}
    [ended_at] = [each.closed_at for each in everything.executions if each.closed_at]
    recent = await world.engine.recent_executions([unique], began[new], ended_at, LIMIT)
    later = await world.engine.recent_executions(
        [unique], began[new] + timedelta(seconds=1), ended_at + timedelta(seconds=1), LIMIT
    )

    assert [each.ref for each in recent.executions] == [new, over]
    assert later.executions == ()


async def test_what_has_ended_until_a_moment_is_told_without_what_is_open(world: World, unique: str) -> None:
    refs = [await world.start(unique, f"{unique}-{number}") for number in range(4)]
    for ref in refs[:3]:
        await world.terminate(ref)
    everything = await eventually(lambda: changed(world, unique, None), lambda shown: len(_ended(shown)) == 3)
    second = _ended(everything)[1]
    assert second.closed_at
    shown = await world.engine.ended_executions([unique], second.closed_at + timedelta(microseconds=1), LIMIT)
    before = await world.engine.ended_executions([unique], datetime(2020, 1, 1, tzinfo=UTC), LIMIT)

    assert [each.ref for each in shown.executions] == [each.ref for each in _ended(everything)][1:]
    assert (shown.rest_until, before) == (None, Portion(()))


async def test_completed_runs_are_told_since_a_moment_the_latest_first(world: World, unique: str) -> None:
    await world.start(unique, f"{unique}-open")
    await world.terminate(await world.start(unique, f"{unique}-terminated"))
    refs = [await world.complete(unique, f"{unique}-{number}") for number in range(3)]
    ever = datetime(2020, 1, 1, tzinfo=UTC)
    shown = await eventually(
        lambda: world.engine.completed_executions([unique], ever, LIMIT), lambda found: len(found.executions) == 3
    )
    second = shown.executions[1].closed_at
    assert second
    since = await world.engine.completed_executions([unique], second, LIMIT)

    assert [each.ref for each in shown.executions] == refs[::-1]
    assert since == Portion(shown.executions[:2])
    assert await world.engine.completed_executions([f"{unique}-never"], ever, LIMIT) == Portion(())


async def test_the_latest_runs_are_the_open_ones_and_those_that_ended_last_and_no_more_than_asked_for(
    world: World, unique: str
) -> None:
    refs = [await world.start(unique, f"{unique}-{number}") for number in range(4)]
    for ref in refs[:3]:
        await world.terminate(ref)
    everything = await eventually(
        lambda: world.engine.latest_executions([unique], 20),
        lambda found: len(found) == 4 and sum(not each.status.is_open for each in found) == 3,
    )

    assert [each.ref for each in everything] == [refs[3], refs[2], refs[1], refs[0]]
    assert await world.engine.latest_executions([unique], 2) == everything[:2]
    assert await world.engine.latest_executions([f"{unique}-never"], 20) == []


async def test_the_latest_runs_of_any_type_are_told_without_the_bots_own(world: World, unique: str) -> None:
    theirs = await world.start(unique, unique)
    ours = await world.start(WORKFLOW_TYPE, f"{unique}-ours")

    found = await eventually(
        lambda: world.engine.latest_executions([], 100), lambda shown: theirs in {each.ref for each in shown}
    )
    await world.terminate(ours)

    assert WORKFLOW_TYPE not in {each.workflow_type for each in found}


async def changed(world: World, workflow_type: str, since: datetime | None) -> Portion:
    return await world.engine.changed_executions([workflow_type], since, LIMIT)


def _ended(portion: Portion) -> list[Execution]:
    return [each for each in portion.executions if not each.status.is_open]


def ended_last_first(portion: Portion) -> list[Ref]:
    ended = sorted(_ended(portion), key=lambda each: (each.closed_at, each.ref), reverse=True)
    return [each.ref for each in ended]


async def test_describes_a_run_now_also_when_it_has_closed(world: World, unique: str) -> None:
    ref = await world.start(unique, unique)

    running = await world.engine.describe(ref)
    await world.terminate(ref)
    closed = await world.engine.describe(ref)

    assert running.execution.ref == closed.execution.ref == ref
    assert running.execution.status is ExecutionStatus.RUNNING
    assert running.execution.closed_at is None
    assert closed.execution.status is ExecutionStatus.TERMINATED
    assert closed.execution.closed_at
    assert running.activities == closed.activities == ()


async def test_a_run_it_does_not_know_is_not_found(world: World, unique: str) -> None:
    unknown = Ref("voice-prod", unique, "01a20849-fdb0-7e73-ad66-889d2fbeaad1")

    with pytest.raises(NotFound):
        await world.engine.describe(unknown)


async def test_a_queue_without_workers_has_no_pollers(world: World, unique: str) -> None:
    assert [await world.engine.pollers(unique, kind) for kind in TaskKind] == [0, 0]


async def test_clocks_that_agree_are_not_ahead_of_each_other_and_a_server_that_is_away_tells_nothing(
    world: World,
) -> None:
    assert await world.engine.ahead() == timedelta(0)
    assert await world.away.ahead() == timedelta(0)


async def test_a_server_that_is_away_is_unavailable_whatever_is_asked(world: World) -> None:
    for ask in (
        world.away.open_executions(["CustomerBackfill"]),
        world.away.changed_executions(["CustomerBackfill"], None, LIMIT),
        world.away.recent_executions(
            ["CustomerBackfill"], datetime(2026, 2, 21, tzinfo=UTC), datetime(2026, 2, 21, tzinfo=UTC), LIMIT
        ),
        world.away.completed_executions(["CustomerBackfill"], datetime(2026, 2, 21, tzinfo=UTC), LIMIT),
        world.away.ended_executions(["CustomerBackfill"], datetime(2026, 2, 21, tzinfo=UTC), LIMIT),
        world.away.describe(Ref("voice-prod", "w", "r")),
        world.away.arguments(Ref("voice-prod", "w", "r")),
        world.away.close_event(Ref("voice-prod", "w", "r")),
        world.away.pollers("backfill", TaskKind.WORKFLOW),
        world.away.latest_executions([], 20),
        world.away.search_attributes(),
        world.away.check(),
    ):
        with pytest.raises(Unavailable):
            await ask


@pytest.mark.parametrize(
    "arguments",
    [(), ({"tenant": {"slug": "hilton"}, "days": 3},), ("hilton", 1767225600, None, [1.5, True], "ü \u2028")],
)
async def test_the_arguments_of_a_run_are_those_that_it_was_started_with(
    world: World, unique: str, arguments: tuple[JsonValue, ...]
) -> None:
    ref = await world.start(f"Backfill{unique}", unique, *arguments)

    assert await world.engine.arguments(ref) == arguments

    await world.terminate(ref)
    assert await world.engine.arguments(ref) == arguments


async def test_arguments_of_a_run_that_it_does_not_know_are_not_found(world: World, unique: str) -> None:
    with pytest.raises(NotFound):
        await world.engine.arguments(Ref("voice-prod", unique, "019c8b64-71ad-7d0e-9d3b-0a2f5f0d8a11"))


async def test_a_closed_run_tells_why_it_ended_and_an_open_one_nothing(world: World, unique: str) -> None:
    ref = await world.start(unique, unique)
    while_open = await world.engine.close_event(ref)
    done = await world.complete(f"{unique}-done", f"{unique}-done")

    assert while_open == CloseEvent()
    assert await world.engine.close_event(done) == CloseEvent(result=None)


async def test_how_a_run_ended_that_it_does_not_know_is_not_found(world: World, unique: str) -> None:
    with pytest.raises(NotFound):
        await world.engine.close_event(Ref("voice-prod", unique, "019c8b64-71ad-7d0e-9d3b-0a2f5f0d8a11"))


async def test_a_description_tells_the_chain_and_of_a_closed_run_whether_its_cancel_was_requested(
    world: World, unique: str
) -> None:
    ref = await world.start(unique, unique)
    running = await world.engine.describe(ref)
    await world.terminate(ref)
    over = await world.engine.describe(ref)

    assert running.execution.first_run_id == over.execution.first_run_id == ref.run_id
    assert CANCEL_HINT not in running.execution.hints
    assert unread(over.execution) is None
    assert not is_cancel_requested(over.execution)
