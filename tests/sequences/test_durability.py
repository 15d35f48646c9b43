"""A sequence outlives whatever carries it: its worker, a silent store or cluster, a history that grows too long."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from temporalio.client import Client

from bot.errors import Unavailable
from bot.fleet.sequence import state as sequence_state
from bot.fleet.sequence.ended_windows import note, with_ended
from bot.model import (
    DayCount,
    EndedWindow,
    ExecutionStatus,
    OnStuck,
    OpenRun,
    Order,
    Phase,
    Ref,
    SequenceEnd,
    StartOrder,
    TableSpec,
    Window,
    WindowEnd,
)
from bot.sequences.workflow import MAX_WINDOWS_PER_RUN
from tests.adapters.temporal.server import eventually
from tests.fakes.control import FakeControl
from tests.fakes.warehouse import FakeWarehouse
from tests.sequences.stage import Stage, day, prompt
from tests.sequences.team import CLUSTER, Team, live_world

FIVE_YEARS, THREE_YEARS = 1_825, 1_095


def nasty(number: int) -> EndedWindow:
    """As long as may be."""
    ref = Ref(CLUSTER, "接続" * 150 + str(number), str(uuid.uuid4()))
    return EndedWindow(number, day(number), WindowEnd.FAILED, timedelta(hours=1), ref, note('"接続エラー\x00' * 70))


async def test_a_worker_that_goes_in_the_middle_of_a_window_is_followed_by_one_that_starts_nothing_twice(
    stage: Stage,
) -> None:
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(15, size=5))
        await stage.until(lambda progress: progress.running and progress.running[0].ref)
    stage.team.holding = False
    async with stage.worker():
        end = await stage.end()

    assert end.end is SequenceEnd.COMPLETE
    assert stage.team.windows() == [day(1, 5), day(6, 5), day(11, 5)]
    assert stage.kinds() == ["begun", "window", "window", "window", "end"]


async def test_nobody_is_called_for_a_run_that_has_closed_while_no_bot_was_there(stage: Stage) -> None:
    stage.team.stubborn = True
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-06", silent=1)
    patience = timedelta(seconds=2)
    async with stage.worker():
        await stage.begin(stage.spec(5, size=5, clear=(OpenRun(old, None),), cancel_patience=patience))
        await stage.cancelled(old)
    stage.team.close(old, ExecutionStatus.CANCELLED)
    # The patience runs out at Temporal, whoever is there.
    await asyncio.sleep(patience.total_seconds())
    async with stage.worker():
        await stage.end()

    assert stage.kinds() == ["begun", "cleared", "window", "end"]


async def test_a_silent_store_holds_no_window_up_and_hears_everything_later(stage: Stage) -> None:
    stage.world.journal.away = Unavailable("store", "locked")
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        await stage.until(lambda progress: progress.closed == 2)
        stage.world.journal.away = None
        await stage.end()

    assert stage.kinds() == ["begun", "window", "window", "end"]


async def test_a_window_that_times_out_is_halved_though_no_store_remembers_how_often_it_did(stage: Stage) -> None:
    stage.team.most_days = 3
    stage.world.journal.away = Unavailable("store", "locked")
    async with stage.worker():
        await stage.begin(stage.spec(6, size=6))
        await stage.until(lambda progress: progress.complete_days == 6)
        stage.world.journal.away = None
        end = await stage.end()

    assert (end.end, end.troubled) == (SequenceEnd.COMPLETE, ())
    assert stage.kinds() == ["begun", "cut", "window", "window", "end"]


class Broken(FakeWarehouse):
    """Nobody has thought of what it does."""

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        raise ValueError(f"{table.name} of {customer} in {window} has no such column")


async def test_a_count_that_never_succeeds_does_not_keep_a_sequence_from_being_stopped(stage: Stage) -> None:
    stage.world.warehouses[CLUSTER] = Broken()
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        await stage.until(lambda progress: progress.running and progress.running[0].ref)
        (ref,) = stage.world.engines[CLUSTER].descriptions
        await stage.closed(ref)
        await stage.instruct(Order.STOP)
        end = await stage.end(within=60)

    assert (end.end, end.complete_days) == (SequenceEnd.CANCELLED, 5)
    assert [line.count.problem for line in stage.lines() if line.kind == "sequence window"] == [
        "The sequence was cancelled before it was counted."
    ]


async def test_a_cluster_that_has_got_another_name_keeps_its_sequences(stage: Stage) -> None:
    """What it was called before is in what was begun then."""
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-06", silent=1)
    clear = (OpenRun(replace(old, cluster="voice"), day(1, 5)),)
    async with stage.worker():
        await stage.begin(replace(stage.spec(10, size=5, clear=clear), cluster="voice"))
        end = await stage.end()

    assert (end.end, end.complete_days) == (SequenceEnd.COMPLETE, 10)


async def test_a_sequence_with_very_many_marks_is_handed_over_told_and_stopped(stage: Stage) -> None:
    marks = tuple(nasty(number) for number in range(10, FIVE_YEARS))
    state = sequence_state.begin(stage.spec(3, size=1, on_stuck=OnStuck.CONTINUE))
    state = replace(state, told=1, begun=FIVE_YEARS, closed=len(marks), troubled=with_ended((), *marks))
    stage.team.holding = True
    async with stage.worker():
        await stage.begin_with(state)
        await stage.until(lambda progress: progress.running and progress.running[0].ref)
        shown = await stage.instruct(Order.STOP)
        end = await stage.end(within=60)

    assert len(shown.troubled) == len(marks)
    assert (end.end, len(end.troubled)) == (SequenceEnd.CANCELLED, len(marks) + 1)
    assert stage.lines_from(2)[-1].progress == end


async def test_a_silent_cluster_is_no_failure_of_the_window(stage: Stage) -> None:
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(5, size=5))
        await stage.until(lambda progress: progress.running and progress.running[0].ref)
        stage.world.engines[CLUSTER].away = Unavailable("Temporal of voice-prod", "no answer")
        stage.team.holding = False
        await stage.team.ticks(20)
        stage.world.engines[CLUSTER].away = None
        end = await stage.end()

    assert (end.end, end.troubled) == (SequenceEnd.COMPLETE, ())


async def test_a_long_sequence_hands_over_to_a_new_run_with_all_it_was_told(stage: Stage) -> None:
    """Paused over the hand-over, which waits for what runs."""
    prompt(stage, MAX_WINDOWS_PER_RUN - 5)
    stage.team.holding = True
    days = MAX_WINDOWS_PER_RUN + 5
    async with stage.worker():
        await stage.begin(stage.spec(days, size=1, parallel=10))
        first = (await stage.handle.describe()).run_id
        # The last five of the run: windows that had not begun when it is paused would keep it from handing over.
        draining = await stage.until(
            lambda progress: progress.closed == MAX_WINDOWS_PER_RUN - 5 and len(progress.running) == 5
        )
        await stage.instruct(Order.PAUSE)
        await stage.instruct(Order.SKIP, window=day(days))
        stage.team.holding = False
        await eventually(stage.run_id, lambda run_id: run_id != first)
        paused = await stage.progress()
        await stage.instruct(Order.RESUME)
        end = await stage.end()
        shown = await stage.handle.describe()

    assert draining.queued == 5
    assert (paused.phase, paused.closed, paused.queued) == (Phase.PAUSED, MAX_WINDOWS_PER_RUN, 4)
    assert [each.window for each in end.troubled] == [day(days)]
    assert (end.closed, end.complete_days) == (days - 1, days - 1)
    assert sorted(stage.team.windows()) == [day(number) for number in range(1, days)]
    assert stage.kinds().count("instructed") == 3
    assert stage.kinds().count("begun") == 1
    assert await shown.memo_value("customer") == "hilton"


class Unheard(FakeControl):
    """Each start is made, and its first answer is lost."""

    heard: frozenset[str] = frozenset()

    async def start(self, order: StartOrder) -> Ref:
        ref = await super().start(order)
        if order.token not in self.heard:
            self.heard |= {order.token}
            raise Unavailable("Temporal of voice-prod", "no answer")
        return ref


async def test_a_start_whose_answer_was_lost_is_not_made_again(stage: Stage) -> None:
    world = stage.world
    world.controls[CLUSTER] = Unheard(CLUSTER, world.engines[CLUSTER], lambda: world.now)
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        end = await stage.end()

    assert (end.end, end.complete_days) == (SequenceEnd.COMPLETE, 10)
    assert stage.team.windows() == [day(1, 5), day(6, 5)]


async def test_a_pause_survives_the_hand_over(stage: Stage) -> None:
    state = replace(sequence_state.begin(stage.spec(10, size=5)), told=1, begun=3, paused_by="U0OLIVIA")
    async with stage.worker():
        await stage.begin_with(state)
        paused = await stage.progress()
        await stage.instruct(Order.RESUME)
        end = await stage.end()

    assert paused.paused_by == "U0OLIVIA"
    assert end.end is SequenceEnd.COMPLETE


async def test_three_years_run_to_the_end_each_window_once_over_several_hand_overs(quick: Client) -> None:
    world = live_world("three-years")
    stage = Stage(quick, world, Team(world))
    prompt(stage)
    windows = [day(number, 5) for number in range(1, THREE_YEARS + 1, 5)]
    async with stage.worker():
        await stage.begin(stage.spec(THREE_YEARS, size=5))
        first = (await stage.handle.describe()).run_id
        end = await stage.end(within=240)
        last = (await stage.handle.describe()).run_id

    assert len(windows) > 2 * MAX_WINDOWS_PER_RUN
    assert (end.end, end.closed, end.complete_days) == (SequenceEnd.COMPLETE, len(windows), THREE_YEARS)
    assert stage.team.windows() == windows
    assert len(stage.lines()) == len(windows) + 2
    assert first != last
