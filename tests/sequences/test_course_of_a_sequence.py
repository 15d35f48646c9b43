"""A sequence from begin to end: its windows one by one, adopted ones first, several at once, cut when too big."""

from datetime import timedelta
from itertools import pairwise

import pytest
from temporalio.api.enums.v1 import EventType

from bot.errors import Refused, Unavailable
from bot.fleet.notifications.sequence import WindowLine
from bot.model import (
    Ending,
    ExecutionStatus,
    JournalEntry,
    OnStuck,
    OpenRun,
    Order,
    Phase,
    SequenceEnd,
    SequenceProgress,
    Window,
    WindowEnd,
)
from bot.sequences import thread_queue
from tests.adapters.temporal.server import eventually
from tests.fakes.episodes import episode
from tests.sequences.stage import Stage, day
from tests.sequences.team import CLUSTER, CUSTOMER, HEARTBEAT_TIMEOUT, AtWork


async def test_windows_run_one_after_the_other_to_the_end(stage: Stage) -> None:
    async with stage.worker():
        await stage.begin(stage.spec(11, size=5))
        end = await stage.end()

    assert end.end is SequenceEnd.COMPLETE
    assert (end.closed, end.complete_days, end.queued, end.running) == (3, 11, 0, ())
    assert stage.team.windows() == [day(1, 5), day(6, 5), day(11)]
    assert stage.team.at_once() == 1
    assert stage.kinds() == ["begun", "window", "window", "window", "end"]


async def test_what_runs_already_is_followed_first_and_not_run_again(stage: Stage) -> None:
    stage.team.holding = True
    running = stage.team.add("backfill-hilton-2026-01-01-2026-01-06")
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5, adopt=(OpenRun(running, day(1, 5)),)))
        while_it_runs = await stage.until(lambda progress: progress.running)
        assert stage.team.windows() == []
        stage.team.close(running, ExecutionStatus.COMPLETED)
        stage.team.holding = False
        end = await stage.end()

    assert [window.is_adopted for window in while_it_runs.running] == [True]
    assert stage.team.windows() == [day(6, 5)]
    assert (end.end, end.complete_days) == (SequenceEnd.COMPLETE, 10)


async def test_as_many_windows_run_at_once_as_asked_and_not_more(stage: Stage) -> None:
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(12, size=1, parallel=3))
        await stage.until(lambda progress: sum(window.ref is not None for window in progress.running) == 3)
        await stage.team.ticks(3)
        stage.team.holding = False
        end = await stage.end()

    assert end.end is SequenceEnd.COMPLETE
    assert sorted(stage.team.windows()) == [day(number) for number in range(1, 13)]
    assert stage.team.at_once() == 3


async def test_nothing_starts_before_what_is_in_the_way_has_closed_and_a_heartbeat_timeout_is_over(
    stage: Stage,
) -> None:
    stage.team.stubborn = True
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-11", silent=2)
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5, clear=(OpenRun(old, day(1, 10)),)))
        await stage.cancelled(old)
        assert stage.team.windows() == []
        stage.team.stubborn = False
        await stage.end()

    assert stage.team.starts()[0] - stage.closed_at(old) >= HEARTBEAT_TIMEOUT
    assert stage.kinds() == ["begun", "cleared", "window", "window", "end"]
    assert stage.lines()[1].waits == HEARTBEAT_TIMEOUT


async def test_a_run_is_cancelled_only_once_its_alert_knows_of_the_sequence(stage: Stage) -> None:
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-11")
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5, clear=(OpenRun(old, day(1, 10)),)))
        await stage.end()

    assert await ended_before(stage, "cancel_run") == ["tell"]


async def ended_before(stage: Stage, activity: str) -> list[str]:
    """The activities that had ended when the first one of this name was scheduled, in the order of their ends."""
    names: dict[int, str] = {}
    ended: list[str] = []
    async for event in stage.handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            names[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
            if names[event.event_id] == activity:
                break
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            ended.append(names[event.activity_task_completed_event_attributes.scheduled_event_id])
    return ended


async def test_a_store_that_is_away_does_not_keep_a_run_from_being_cancelled(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread_queue, "REPORTED_WITHIN", timedelta(milliseconds=200))
    stage.world.journal.away = Unavailable("store", "no answer")
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-11")
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5, clear=(OpenRun(old, day(1, 10)),)))
        await stage.cancelled(old)
        stage.world.journal.away = None
        await stage.end()

    assert stage.kinds()[:2] == ["begun", "cleared"]


async def test_days_of_a_run_that_completed_after_its_cancel_are_run_again(stage: Stage) -> None:
    stage.team.stubborn = True
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-06", silent=1)
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5, clear=(OpenRun(old, day(1, 5)),)))
        await stage.cancelled(old)
        await stage.described(old)
        stage.team.close(old, ExecutionStatus.COMPLETED)
        end = await stage.end()

    assert stage.team.windows() == [day(1, 5), day(6, 5)]
    assert end.end is SequenceEnd.COMPLETE
    assert stage.lines()[1].completed == 0


async def test_people_are_asked_once_about_a_run_that_does_not_end_and_it_is_waited_for(stage: Stage) -> None:
    stage.team.stubborn = True
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-06", silent=1)
    patience = timedelta(milliseconds=200)
    async with stage.worker():
        await stage.begin(stage.spec(5, size=5, clear=(OpenRun(old, None),), cancel_patience=patience))
        await stage.wait_for_line("still open")
        stage.team.stubborn = False
        end = await stage.end()

    assert end.end is SequenceEnd.COMPLETE
    assert stage.kinds() == ["begun", "still open", "cleared", "window", "end"]
    assert stage.lines()[1].ref == old


async def test_windows_that_are_too_big_complete_through_halving_without_a_person(stage: Stage) -> None:
    stage.team.most_days = 2
    async with stage.worker():
        await stage.begin(stage.spec(11, size=5))
        end = await stage.end()

    assert end.end is SequenceEnd.COMPLETE
    assert (end.complete_days, end.troubled) == (11, ())
    assert stage.team.completed_days() == [day(number) for number in range(1, 12)]
    assert stage.team.windows()[:4] == [day(1, 5), day(1, 3), day(1, 2), day(3)]
    assert "cut" in stage.kinds()


async def test_halves_wait_until_the_whole_has_closed_and_a_heartbeat_timeout_is_over(stage: Stage) -> None:
    stage.team.most_days = 1
    async with stage.worker():
        await stage.begin(stage.spec(2, size=2))
        await stage.end()

    engine = stage.world.engines[CLUSTER]
    runs = sorted((known.execution for known in engine.descriptions.values()), key=lambda run: run.started_at)
    assert runs[0].status is ExecutionStatus.CANCELLED
    assert runs[0].closed_at
    assert runs[1].started_at - runs[0].closed_at >= HEARTBEAT_TIMEOUT


@pytest.mark.parametrize(
    ("policy", "end", "started"),
    [
        (OnStuck.STOP, SequenceEnd.STOPPED, [day(1), day(2)]),
        (OnStuck.CONTINUE, SequenceEnd.INCOMPLETE, [day(1), day(2), day(3)]),
    ],
)
async def test_a_day_that_fails_follows_the_policy(
    stage: Stage, policy: OnStuck, end: SequenceEnd, started: list[Window]
) -> None:
    stage.team.failing = frozenset({day(2)})
    async with stage.worker():
        await stage.begin(stage.spec(3, size=1, on_stuck=policy))
        ended = await stage.end()

    assert ended.end is end
    assert stage.team.windows() == started
    assert [(each.window, each.end) for each in ended.troubled] == [(day(2), WindowEnd.FAILED)]


async def test_a_start_that_temporal_refuses_stops_the_sequence_with_the_reason(stage: Stage) -> None:
    control = stage.world.controls[CLUSTER]
    assert isinstance(control, AtWork)
    control.refusal = Refused("Temporal of voice-prod", "no such search attribute")
    async with stage.worker():
        await stage.begin(stage.spec(3, size=1, on_stuck=OnStuck.CONTINUE))
        ended = await stage.end()

    assert ended.end is SequenceEnd.STOPPED
    assert "no such search attribute" in ended.troubled[0].note
    assert stage.kinds() == ["begun", "window", "end"]


async def test_what_somebody_else_completes_meanwhile_is_counted_and_not_run_again(stage: Stage) -> None:
    async with stage.worker():
        await stage.begin_paused()
        by_hand = stage.team.add("backfill-hilton-2026-01-04-2026-01-11")
        stage.team.close(by_hand, ExecutionStatus.COMPLETED)
        await stage.world.ledger.keep([stage.world.engines[CLUSTER].descriptions[by_hand].execution])
        await stage.instruct(Order.RESUME)
        end = await stage.end()

    last = next(line for line in reversed(stage.lines()) if isinstance(line, WindowLine))
    assert stage.team.windows() == [day(1, 5)]
    assert (end.end, end.complete_days) == (SequenceEnd.COMPLETE, 10)
    assert (last.ended.window, last.ended.ref, last.ended.is_found) == (day(6, 5), by_hand, True)
    assert last.count is not None


async def test_what_is_run_again_on_request_is_run_whoever_has_completed_it(stage: Stage) -> None:
    async with stage.worker():
        await stage.begin_paused()
        await stage.instruct(Order.SKIP, window=day(6, 3))
        by_hand = stage.team.add("backfill-hilton-2026-01-06-2026-01-09")
        stage.team.close(by_hand, ExecutionStatus.COMPLETED)
        await stage.world.ledger.keep([stage.world.engines[CLUSTER].descriptions[by_hand].execution])
        await stage.instruct(Order.AGAIN, window=day(6, 3))
        await stage.instruct(Order.RESUME)
        await stage.end()

    assert stage.team.windows() == [day(1, 5), day(6, 3), day(9, 2)]


async def test_sizes_grow_by_a_fifth_at_most_and_stay_within_bounds(stage: Stage) -> None:
    stage.team.pace = lambda window: timedelta(minutes=window.days)
    stage.world.warehouses[CLUSTER].fill("scores", CUSTOMER, day(1, 60), rows=7)
    async with stage.worker():
        await stage.begin(stage.spec(60, size=5, most=8))
        await stage.end()

    sizes = [window.days for window in stage.team.windows()]
    assert sizes[:5] == [5, 6, 7, 8, 8]
    assert max(sizes) == 8
    assert all(after <= before * 1.2 + 1 for before, after in pairwise(sizes))


async def test_a_sequence_that_is_cancelled_in_temporal_stops_in_order(stage: Stage) -> None:
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5))
        await stage.until(lambda progress: progress.running and progress.running[0].ref)
        await stage.handle.cancel()
        end = await stage.end()

    assert end.end is SequenceEnd.CANCELLED
    assert stage.team.windows() == [day(1, 5)]
    assert [line.instruction.order for line in stage.lines() if hasattr(line, "instruction")] == [Order.STOP]


async def test_an_alert_tells_of_a_window_that_begins_after_a_wait(stage: Stage) -> None:
    alert = episode(CUSTOMER, cluster=CLUSTER, revision=0)
    await stage.world.journal.record(JournalEntry(episodes=(alert,)), stage.world.now)
    old = stage.team.add("backfill-hilton-2026-01-01-2026-01-11", silent=2)
    stage.team.holding = True

    async def progress_in_alert() -> SequenceProgress | None:
        return stage.world.journal.episodes[alert.id].sequence

    async with stage.worker():
        await stage.begin(
            stage.spec(10, size=5, thread_key=alert.root_key, clear=(OpenRun(old, day(1, 10)),)),
        )
        under_way = await eventually(progress_in_alert, lambda progress: progress and progress.running)
        stage.team.holding = False
        await stage.end()

    assert under_way
    assert under_way.phase is Phase.RUNNING
    assert [each.window for each in under_way.running] == [day(1, 5)]


async def test_an_alert_tells_how_its_sequence_goes_on_and_ends_with_it(stage: Stage) -> None:
    alert = episode(CUSTOMER, cluster=CLUSTER, revision=0)
    await stage.world.journal.record(JournalEntry(episodes=(alert,)), stage.world.now)
    stage.team.holding = True
    async with stage.worker():
        await stage.begin(stage.spec(10, size=5, thread_key=alert.root_key))
        await stage.wait_for_line("begun")
        under_way = stage.world.journal.episodes[alert.id]
        stage.team.holding = False
        await stage.end()

    over = stage.world.journal.episodes[alert.id]
    assert under_way.is_open
    assert under_way.sequence
    assert over.ending is Ending.COMPLETED
    assert stage.spec(1, 1).card_key not in stage.world.outbox.messages
