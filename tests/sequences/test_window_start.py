"""A window waits while it is not known whether somebody else has run its days, and no day runs twice."""

from datetime import datetime, timedelta

import pytest

from bot.model import Execution, ExecutionStatus, Order, Phase, Ref, SequenceEnd, WindowEnd
from bot.sequences import activity_stubs, window_start
from tests.fakes.engine import FakeEngine
from tests.sequences.stage import Stage, day
from tests.sequences.team import CLUSTER

FOR_EVER = 1_000_000


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round has one attempt, and rounds follow each other soon."""
    monkeypatch.setattr(activity_stubs, "START_ATTEMPTS", 1)
    monkeypatch.setattr(window_start, "FIRST_PAUSE", timedelta(milliseconds=100))


def by_hand(closed_at: datetime) -> Execution:
    """Somebody else's run over the whole range."""
    ref = Ref(CLUSTER, "backfill-hilton-2026-01-01-2026-02-21", "old-by-hand")
    began = closed_at - timedelta(hours=1)
    return Execution(ref, "CustomerBackfill", "backfill", ExecutionStatus.COMPLETED, began, closed_at)


async def waits(stage: Stage, unanswered: int) -> FakeEngine:
    """A sequence of two windows whose first one has to wait, once the thread has heard of it."""
    engine = stage.world.engines[CLUSTER]
    engine.unanswered = unanswered
    await stage.begin(stage.spec(10, size=5))
    await stage.wait_for_line("waiting")
    return engine


async def test_a_window_starts_once_it_is_known_and_the_thread_hears_once_that_it_waits(stage: Stage) -> None:
    async with stage.worker():
        await waits(stage, unanswered=4)
        end = await stage.end()

    assert end.end is SequenceEnd.COMPLETE
    assert stage.kinds() == ["begun", "waiting", "window", "window", "end"]
    assert stage.team.windows() == [day(1, 5), day(6, 5)]
    assert stage.lines()[1].window == day(1, 5)
    assert "no list of runs" in stage.lines()[1].why


async def test_days_that_somebody_else_completes_while_the_window_waits_are_not_run_again(stage: Stage) -> None:
    async with stage.worker():
        engine = await waits(stage, FOR_EVER)
        engine.add(by_hand(stage.world.now))
        engine.unanswered = 0
        end = await stage.end()

    assert (end.end, end.complete_days) == (SequenceEnd.COMPLETE, 10)
    assert stage.team.windows() == []


async def test_a_sequence_is_stopped_while_its_window_waits(stage: Stage) -> None:
    async with stage.worker():
        await waits(stage, FOR_EVER)
        stopping = await stage.instruct(Order.STOP)
        end = await stage.end(within=20)

    assert stopping.phase is Phase.STOPPING
    assert end.end is SequenceEnd.CANCELLED
    assert [window.end for window in end.troubled] == [WindowEnd.CANCELLED]
    assert stage.team.windows() == []


async def test_a_stop_while_a_window_waits_starts_nothing_although_the_outage_is_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_start, "FIRST_PAUSE", timedelta(minutes=1))
    async with stage.worker():
        engine = await waits(stage, FOR_EVER)
        engine.unanswered = 0
        await stage.instruct(Order.STOP)
        end = await stage.end(within=20)

    assert end.end is SequenceEnd.CANCELLED
    assert (stage.team.windows(), stage.world.controls[CLUSTER].started) == ([], [])


async def test_a_sequence_that_never_gets_to_know_stops_at_the_window_and_starts_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_start, "GIVE_UP_AFTER", timedelta(seconds=1))
    async with stage.worker():
        await waits(stage, FOR_EVER)
        end = await stage.end()

    assert end.end is SequenceEnd.STOPPED
    assert [window.note for window in end.troubled] == [
        "not known whether somebody else has run these days meanwhile: no list of runs. Nothing was started."
    ]
    assert stage.team.windows() == []


async def test_a_window_that_has_to_wait_later_is_told_again(stage: Stage) -> None:
    async with stage.worker():
        engine = await waits(stage, unanswered=1)
        stage.team.holding = True
        await stage.until(lambda progress: progress.running and progress.running[0].ref)
        engine.unanswered = 2
        stage.team.holding = False
        await stage.end()

    assert stage.kinds() == ["begun", "waiting", "window", "waiting", "window", "end"]


def test_within_an_hour_a_window_goes_on_soon_after_the_outage_and_later_it_asks_rarely() -> None:
    waited, pause, pauses = timedelta(0), timedelta(minutes=1), []
    while waited < timedelta(days=3):
        pauses.append((waited, pause))
        waited += pause
        pause = window_start.next_pause(pause, waited)

    assert max(each for since, each in pauses if since < timedelta(hours=1)) == timedelta(minutes=2)
    assert max(each for _, each in pauses) == window_start.LONGEST_PAUSE
    assert len(pauses) < 500
