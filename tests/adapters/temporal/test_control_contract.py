"""The contract of bot.ports.Control, on the fake and on the adapter."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from bot.adapters.temporal import TemporalControl
from bot.errors import Conflict, NotFound, Refused, Unavailable
from bot.model import (
    ExecutionStatus,
    Instruction,
    OpenRun,
    Order,
    Phase,
    Ref,
    SequenceSpec,
    SequenceStanding,
    StartOrder,
)
from bot.ports import Control, Engine
from bot.sequences.workflow import SequentialBackfill
from tests.adapters.temporal.conftest import engine_at, temporal_at
from tests.adapters.temporal.server import NOBODY, SEQUENCES, TemporalServer, eventually, free_port
from tests.adapters.temporal.stand_in import sequences_worker
from tests.fakes.control import FakeControl
from tests.fakes.engine import FakeEngine
from tests.fleet.sequences import spec

PAUSE = Instruction(Order.PAUSE, "U0OLIVIA", "the warehouse is slow")
RESUME = Instruction(Order.RESUME, "U0OLIVIA", "it is fast again")


class World(Protocol):
    """A control, an engine to see what it does, and a control whose server is away."""

    @property
    def control(self) -> Control: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def away(self) -> Control: ...


class RealWorld:
    def __init__(self, server: TemporalServer) -> None:
        self.control: Control = TemporalControl(temporal_at(server.address), SEQUENCES)
        self.engine: Engine = engine_at(server.address)
        self.away: Control = TemporalControl(temporal_at(f"127.0.0.1:{free_port()}"), SEQUENCES)


class FakeWorld:
    def __init__(self) -> None:
        engine = FakeEngine()
        self.engine: Engine = engine
        self.control: Control = FakeControl("voice-prod", engine, lambda: datetime.now(UTC))
        self.away: Control = FakeControl(
            "voice-prod", engine, lambda: datetime.now(UTC), away=Unavailable("Temporal", "no answer")
        )


@pytest.fixture(params=["real", "fake"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    server: TemporalServer = request.getfixturevalue("server")
    async with sequences_worker(await temporal_at(server.address).worker_client(), SequentialBackfill):
        yield RealWorld(server)


def order(unique: str, number: int = 1) -> StartOrder:
    return StartOrder(
        workflow_id=f"backfill-{unique}-2026-01-01-2026-01-06",
        workflow_type="CustomerBackfill",
        task_queue=NOBODY,
        arguments=({"customer": unique, "start": "2026-01-01", "days": 5},),
        hints={"BackfillCustomer": unique, "BackfillStart": "2026-01-01", "BackfillEnd": "2026-01-06"},
        token=f"{unique}:{number}",
    )


async def test_a_heartbeat_timeout_can_be_set_and_not_that_of_an_activity_that_is_not_pending(
    world: World, unique: str
) -> None:
    ref = await world.control.start(order(unique))

    assert await world.control.offers_heartbeat_timeouts()
    with pytest.raises(NotFound):
        await world.control.set_heartbeat_timeout(ref, "7", timedelta(minutes=30))


async def test_resets_are_offered_and_not_of_an_activity_that_is_not_pending(world: World, unique: str) -> None:
    ref = await world.control.start(order(unique))

    assert await world.control.offers_resets()
    with pytest.raises(NotFound):
        await world.control.reset_activity(ref, "7")


async def test_pauses_are_offered_and_not_of_an_activity_that_is_not_pending(world: World, unique: str) -> None:
    ref = await world.control.start(order(unique))

    assert await world.control.offers_pauses()
    with pytest.raises(NotFound):
        await world.control.pause_activity(ref, "7", "the database is restored")
    with pytest.raises(NotFound):
        await world.control.unpause_activity(ref, "7")


def waiting(customer: str, **changes: Any) -> SequenceSpec:
    """A sequence that first waits for a run to close, which nobody here will tell it of."""
    return spec(customer, clear=(OpenRun(Ref("voice-prod", f"backfill-{customer}", "run-1"), None),), **changes)


async def test_what_is_started_runs_and_tells_for_whom(world: World, unique: str) -> None:
    wanted = order(unique)

    ref = await world.control.start(wanted)
    described = (await world.engine.describe(ref)).execution

    assert (ref.cluster, ref.workflow_id) == ("voice-prod", wanted.workflow_id)
    assert described.status is ExecutionStatus.RUNNING
    assert (described.workflow_type, described.task_queue) == ("CustomerBackfill", NOBODY)
    assert {name: described.hints[name] for name in wanted.hints} == wanted.hints


async def test_the_same_order_again_is_the_same_run_open_or_closed(world: World, unique: str) -> None:
    first = await world.control.start(order(unique))
    again = await world.control.start(order(unique))
    await world.control.terminate(first, "done")
    when_closed = await world.control.start(order(unique))

    assert again == when_closed == first


async def test_another_order_for_an_open_workflow_finds_it_and_for_a_closed_one_starts_another(
    world: World, unique: str
) -> None:
    first = await world.control.start(order(unique))
    found = await world.control.start(order(unique, 2))
    await world.control.terminate(first, "done")
    second = await world.control.start(order(unique, 3))

    assert found == first
    assert second != first
    assert (await world.engine.describe(second)).execution.status.is_open


async def test_a_run_is_asked_to_end_once_however_often_it_is_told(world: World, unique: str) -> None:
    ref = await world.control.start(order(unique))
    before = await world.engine.describe(ref)
    await world.control.cancel(ref, "it keeps timing out")
    await world.control.cancel(ref, "somebody else, too")
    after = await world.engine.describe(ref)

    assert (before.cancel_requested, after.cancel_requested) == (False, True)
    assert after.execution.status.is_open


async def test_a_run_is_ended_without_being_asked(world: World, unique: str) -> None:
    ref = await world.control.start(order(unique))
    await world.control.terminate(ref, "it does not close")
    ended = (await world.engine.describe(ref)).execution

    assert ended.status is ExecutionStatus.TERMINATED
    assert ended.closed_at


async def test_nothing_happens_to_a_closed_run(world: World, unique: str) -> None:
    ref = await world.control.start(order(unique))
    await world.control.terminate(ref, "it does not close")
    before = await world.engine.describe(ref)
    await world.control.cancel(ref, "late")
    await world.control.terminate(ref, "late")

    assert await world.engine.describe(ref) == before


async def test_a_run_that_is_not_known_is_not_found(world: World, unique: str) -> None:
    unknown = Ref("voice-prod", unique, "01a20849-fdb0-7e73-ad66-889d2fbeaad1")

    with pytest.raises(NotFound):
        await world.control.cancel(unknown, "why")
    with pytest.raises(NotFound):
        await world.control.terminate(unknown, "why")


async def test_a_sequence_tells_who_began_it_why_and_how_it_stands(world: World, unique: str) -> None:
    wanted = waiting(unique)
    await world.control.begin(wanted)

    known = await world.control.sequence(unique)

    assert known
    assert known.ref.cluster == "voice-prod"
    assert known == SequenceStanding(
        ref=known.ref,
        customer=unique,
        id=wanted.id,
        status=ExecutionStatus.RUNNING,
        started_by="U0OLIVIA",
        started_at=wanted.started_at,
        reason=wanted.reason,
        thread_key=wanted.thread_key,
        progress=known.progress,
    )
    assert known.progress
    assert known.progress.spec == wanted
    assert (known.progress.phase, known.progress.queued, known.progress.queued_days) == (Phase.CLEARING, 11, 51)


async def test_a_customer_without_a_sequence_has_none(world: World, unique: str) -> None:
    assert await world.control.sequence(unique) is None


async def test_the_same_sequence_is_begun_once_and_another_one_is_a_conflict_while_it_is_open(
    world: World, unique: str
) -> None:
    await world.control.begin(waiting(unique))
    await world.control.begin(waiting(unique))
    with pytest.raises(Conflict, match=f"a sequence of {unique} is open already"):
        await world.control.begin(waiting(unique, id=f"{unique}-second"))
    known = await world.control.sequence(unique)

    assert known
    assert known.id == f"seq-{unique}"


async def test_a_closed_sequence_is_not_begun_again_but_followed_by_another(world: World, unique: str) -> None:
    await world.control.begin(waiting(unique))
    first = await world.control.sequence(unique)
    assert first
    await world.control.terminate(first.ref, "away with it")

    await world.control.begin(waiting(unique))
    closed = await world.control.sequence(unique)
    await world.control.begin(waiting(unique, id=f"{unique}-second"))
    second = await world.control.sequence(unique)

    assert closed
    assert (closed.ref, closed.status) == (first.ref, ExecutionStatus.TERMINATED)
    assert second
    assert (second.id, second.status) == (f"{unique}-second", ExecutionStatus.RUNNING)


async def test_open_sequences_are_listed_by_customer_and_not_asked_how_they_stand(world: World, unique: str) -> None:
    for customer in ("c", "a", "b"):
        await world.control.begin(waiting(f"{unique}-{customer}"))
    gone = await world.control.sequence(f"{unique}-b")
    assert gone
    await world.control.terminate(gone.ref, "away with it")

    async def listed() -> list[SequenceStanding]:
        return [each for each in await world.control.sequences() if each.customer.startswith(unique)]

    found = await eventually(listed, lambda found: [each.customer[-1] for each in found] == ["a", "c"])
    alone = await world.control.sequence(f"{unique}-a")

    assert alone
    assert found[0] == replace(alone, progress=None)


async def test_a_sequence_takes_an_instruction_and_tells_how_it_stands_then(world: World, unique: str) -> None:
    await world.control.begin(waiting(unique))

    paused = await world.control.instruct(unique, PAUSE)
    known = await world.control.sequence(unique)
    resumed = await world.control.instruct(unique, RESUME)

    assert paused.paused_by == "U0OLIVIA"
    assert known
    assert known.progress == paused
    assert resumed.paused_by == ""


async def test_an_instruction_that_makes_no_sense_now_is_refused_in_the_words_of_the_sequence(
    world: World, unique: str
) -> None:
    await world.control.begin(waiting(unique))
    await world.control.instruct(unique, PAUSE)

    with pytest.raises(Refused, match=f"^the sequence of {unique}: The sequence is paused already\\.$"):
        await world.control.instruct(unique, PAUSE)


async def test_nobody_takes_an_instruction_where_no_sequence_is_open(world: World, unique: str) -> None:
    with pytest.raises(NotFound, match=f"no sequence of {unique} is open"):
        await world.control.instruct(unique, PAUSE)

    await world.control.begin(waiting(unique))
    known = await world.control.sequence(unique)
    assert known
    await world.control.terminate(known.ref, "away with it")

    with pytest.raises(NotFound, match=f"no sequence of {unique} is open"):
        await world.control.instruct(unique, PAUSE)


async def test_a_server_that_is_away_is_unavailable_whatever_is_asked(world: World, unique: str) -> None:
    ref = Ref("voice-prod", "w", "r")
    for ask in (
        world.away.start(order(unique)),
        world.away.cancel(ref, "why"),
        world.away.terminate(ref, "why"),
        world.away.begin(waiting(unique)),
        world.away.sequences(),
        world.away.sequence(unique),
        world.away.instruct(unique, PAUSE),
    ):
        with pytest.raises(Unavailable):
            await ask
