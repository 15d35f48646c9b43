"""The run history of a cluster: read once, kept up to date, and complete when Temporal has removed runs."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import structlog

from bot.commands import Breakdown, Plan, Run, Selection, Status, Verify
from bot.errors import Unavailable
from bot.fleet.planning.plan import Unplanned
from bot.fleet.runs.history import OVERLAP
from bot.fleet.status.answer import CustomerStatus, FleetStatus, StatusResult
from bot.fleet.status.board import Silent
from bot.model import Execution, ExecutionStatus, JournalEntry, RecordedRuns, State
from bot.usecases.control.propose import run
from bot.usecases.observe.history import catch_up
from bot.usecases.observe.observe import observe, observe_whole
from bot.usecases.plan import plan
from bot.usecases.status import status
from bot.usecases.verify import verify
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.ledger import FakeLedger
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, closed, execution, seen, window
from tests.usecases.watch.passes import new_state, watch

CLUSTER = "voice-prod"
DAY = timedelta(days=1)
WINDOWS = [window(day, min(day + 5, 52)) for day in range(1, 52, 5)]
COMPLETED = ExecutionStatus.COMPLETED


def make(**sections: Any) -> FakeWorld:
    return FakeWorld(config=config({CLUSTER: ("hilton", "vivint")}, **sections), now=NOW)


@pytest.fixture
def world() -> FakeWorld:
    """All windows of hilton completed in the last ten days. The first attempt of the second one timed out."""
    world = make()
    for number, days in enumerate(WINDOWS):
        put(world, closed(COMPLETED, "hilton", days, ago=DAY * (10 - number), took=6 * HOUR))
    put(world, closed(ExecutionStatus.TIMED_OUT, "hilton", WINDOWS[1], ago=DAY * 9.5, run="0"))
    return world


def put(world: FakeWorld, run: Execution) -> None:
    world.engines[CLUSTER].add(run)


def forget(world: FakeWorld) -> None:
    """Removes all ended runs, as retention does."""
    held = world.engines[CLUSTER].descriptions
    for ref in [ref for ref, each in held.items() if not each.execution.status.is_open]:
        del held[ref]


async def status_of(world: FakeWorld, target: str = "hilton") -> StatusResult:
    return await status(Status(target=target), world.services)


async def state(world: FakeWorld) -> State:
    answer = await status_of(world)
    assert isinstance(answer, CustomerStatus)
    assert not isinstance(answer.standing, Silent)
    return answer.standing.state


async def statuses(world: FakeWorld) -> list[ExecutionStatus]:
    return [run.execution.status for run in (await observe(CLUSTER, world.services)).runs]


async def test_status_is_the_same_when_temporal_has_forgotten_everything(world: FakeWorld) -> None:
    timed_out = next(ref for ref in world.engines[CLUSTER].descriptions if ref.run_id == "run-0")
    await world.journal.record(JournalEntry(failures=(seen(1, ref=timed_out), seen(2, ref=timed_out))), NOW)
    before, board = await status_of(world), await status_of(world, "")
    forget(world)

    assert await status_of(world) == before
    assert await status_of(world, "") == board
    assert isinstance(before, CustomerStatus)
    assert not isinstance(before.standing, Silent)
    assert before.standing.state is State.COMPLETE
    assert [run.attempts for run in before.standing.runs if run.failures] == [3]


async def test_so_are_sizes_paces_and_plans(world: FakeWorld) -> None:
    world.warehouses[CLUSTER].volume = {"vivint": dict.fromkeys(CAMPAIGN.each_day(), 80_000)}
    world.warehouses[CLUSTER].volume["hilton"] = dict.fromkeys(CAMPAIGN.each_day(), 82_000)
    commands = [Plan(target=name) for name in ("vivint", "hilton")]
    before = [await plan(command, world.services) for command in commands]
    forget(world)

    assert [await plan(command, world.services) for command in commands] == before
    assert not any(isinstance(each, Unplanned) for each in before)


async def test_verify_knows_the_windows_of_runs_that_are_forgotten(world: FakeWorld) -> None:
    await observe(CLUSTER, world.services)
    command = Verify(target="hilton", by=Breakdown.WINDOW)
    before = await verify(command, world.services)
    forget(world)

    assert await verify(command, world.services) == before
    assert len(before.clusters[0].customers[0].groups) == len(WINDOWS)


async def test_a_look_reads_only_what_has_changed_and_what_is_open() -> None:
    world = make(watch={"time_limit": "1m"})
    for number in range(3_000):
        put(world, closed(COMPLETED, f"customer-{number}", CAMPAIGN, ago=HOUR * (number + 1)))
    put(world, execution("hilton"))
    await observe(CLUSTER, world.services)
    await observe(CLUSTER, world.services)
    put(world, closed(COMPLETED, "vivint", CAMPAIGN, ago=timedelta(0)))
    view = await observe(CLUSTER, world.services)

    # The latest end is always within the overlap.
    assert world.engines[CLUSTER].listed == [3_001, 2, 3]
    assert world.ledger.written == [3_001, 1]
    assert len(view.runs) == 3_002


async def test_nothing_is_written_when_nothing_has_changed(world: FakeWorld) -> None:
    await observe(CLUSTER, world.services)
    writes = len(world.ledger.written)
    await observe(CLUSTER, world.services)

    assert len(world.ledger.written) == writes


async def test_a_bot_that_starts_again_goes_on_where_it_was(world: FakeWorld) -> None:
    await observe(CLUSTER, world.services)
    forget(world)
    again = FakeWorld(config=world.config, now=NOW)
    again.engines, again.ledger = world.engines, world.ledger

    assert await state(again) is State.COMPLETE
    assert world.engines[CLUSTER].listed[-1] == 0


async def test_an_end_that_is_listed_late_is_found(world: FakeWorld) -> None:
    await observe(CLUSTER, world.services)
    put(world, closed(COMPLETED, "vivint", CAMPAIGN, ago=timedelta(0)))
    await observe(CLUSTER, world.services)
    put(world, closed(COMPLETED, "late", CAMPAIGN, ago=OVERLAP))

    assert "late" in {run.name for run in (await observe(CLUSTER, world.services)).runs}


async def test_one_that_is_listed_later_still_is_found_when_the_past_is_read_over(world: FakeWorld) -> None:
    await observe(CLUSTER, world.services)
    put(world, closed(COMPLETED, "late", CAMPAIGN, ago=DAY * 5))
    missed = await observe(CLUSTER, world.services)
    world.now += DAY

    assert "late" not in {run.name for run in missed.runs}
    assert "late" in {run.name for run in (await observe(CLUSTER, world.services)).runs}


@pytest.mark.parametrize("skew", [-30 * HOUR, 30 * HOUR], ids=["behind", "ahead"])
async def test_a_clock_that_differs_from_temporals_loses_nothing(world: FakeWorld, skew: timedelta) -> None:
    world.now += skew
    await observe(CLUSTER, world.services)
    put(world, closed(COMPLETED, "vivint", CAMPAIGN, ago=-HOUR))
    await observe(CLUSTER, world.services)
    forget(world)

    assert len((await observe(CLUSTER, world.services)).runs) == len(WINDOWS) + 2


async def test_a_run_that_ended_and_was_forgotten_unseen_is_marked_and_its_days_are_missing(world: FakeWorld) -> None:
    put(world, execution("vivint"))
    await observe(CLUSTER, world.services)
    del world.engines[CLUSTER].descriptions[execution("vivint").ref]
    answer = await status_of(world, "vivint")

    assert isinstance(answer, CustomerStatus)
    assert not isinstance(answer.standing, Silent)
    assert answer.standing.state is State.FAILED
    assert [run.execution.status for run in answer.standing.runs] == [ExecutionStatus.GONE]
    assert answer.standing.covered_days == 0


async def test_one_that_temporal_knows_again_is_as_temporal_says(world: FakeWorld) -> None:
    put(world, execution("vivint"))
    await observe(CLUSTER, world.services)
    kept = world.engines[CLUSTER].descriptions.pop(execution("vivint").ref)
    await observe(CLUSTER, world.services)
    world.engines[CLUSTER].put(kept)

    assert ExecutionStatus.RUNNING in await statuses(world)
    assert ExecutionStatus.GONE not in await statuses(world)


async def test_a_run_that_is_not_listed_is_asked_about_before_it_is_given_up(world: FakeWorld) -> None:
    put(world, execution("vivint"))
    await observe(CLUSTER, world.services)
    put(world, closed(COMPLETED, "vivint", CAMPAIGN, run="1", ago=DAY * 3))

    assert ExecutionStatus.GONE not in await statuses(world)
    assert set(await statuses(world)) == {COMPLETED, ExecutionStatus.TIMED_OUT}


async def test_a_workflow_id_that_is_used_again_is_another_run(world: FakeWorld) -> None:
    await observe(CLUSTER, world.services)
    forget(world)
    put(world, replace(execution("hilton", WINDOWS[1], run="2"), started_at=NOW))

    assert await state(world) is State.COMPLETE
    same_id = [run for run in (await observe(CLUSTER, world.services)).runs if run.window == WINDOWS[1]]
    assert [run.execution.ref.run_id for run in same_id] == ["run-0", "run-1", "run-2"]


async def test_where_the_two_differ_temporal_is_believed_and_the_difference_logged(world: FakeWorld) -> None:
    await observe(CLUSTER, world.services)
    wrong = closed(ExecutionStatus.FAILED, "hilton", WINDOWS[-1], ago=DAY * 0, took=6 * HOUR)
    put(world, wrong)
    with structlog.testing.capture_logs() as logs:
        view = await observe(CLUSTER, world.services)
        again = await observe(CLUSTER, world.services)

    corrected = [line for line in logs if line["event"] == "run history corrected"]
    assert [(line["workflow"], line["recorded"], line["temporal"]) for line in corrected] == [
        (wrong.ref.workflow_id, "completed", "failed")
    ]
    assert view.runs == again.runs
    assert next(run for run in view.runs if run.execution.ref == wrong.ref).execution.status is ExecutionStatus.FAILED


async def test_two_bots_that_look_at_once_know_the_same(world: FakeWorld) -> None:
    other = FakeWorld(config=world.config, now=NOW + HOUR)
    other.engines, other.ledger = world.engines, world.ledger
    views = await asyncio.gather(*(observe(CLUSTER, each.services) for each in (world, other, world, other)))
    forget(world)

    assert all(view.runs == views[0].runs for view in [*views, await observe(CLUSTER, world.services)])


async def test_a_cluster_that_is_renamed_or_comes_back_reads_its_own_past_and_no_other(world: FakeWorld) -> None:
    await observe(CLUSTER, world.services)
    renamed = FakeWorld(config=config({"voice": ("hilton",)}), now=NOW)
    renamed.ledger = world.ledger
    before = await observe("voice", renamed.services)
    forget(world)

    assert before.runs == ()
    assert await state(world) is State.COMPLETE


async def test_runs_of_a_type_that_is_no_longer_configured_are_left_out(world: FakeWorld) -> None:
    await observe(CLUSTER, world.services)
    other = make(workflow={"types": ["Other"], "task_queue": "backfill"})
    other.engines, other.ledger = world.engines, world.ledger
    put(other, replace(closed(COMPLETED, "vivint", CAMPAIGN, ago=DAY * 30), workflow_type="Other"))

    assert [run.name for run in (await observe(CLUSTER, other.services)).runs] == ["vivint"]
    assert len((await observe(CLUSTER, world.services)).runs) == len(WINDOWS) + 1


class TestALongPast:
    """A past that takes several calls to read."""

    @pytest.fixture
    def long(self, world: FakeWorld) -> FakeWorld:
        world.engines[CLUSTER].at_most = 4
        return world

    async def test_is_told_as_far_as_it_is_known_with_how_far_that_is(self, long: FakeWorld) -> None:
        answers = [await observe(CLUSTER, long.services) for _ in range(4)]

        assert [view.history_silent for view in answers] == [
            "4 ended runs read so far, the rest follows",
            "7 ended runs read so far, the rest follows",
            "10 ended runs read so far, the rest follows",
            "",
        ]
        assert len(answers[-1].runs) == len(WINDOWS) + 1

    async def test_is_read_by_the_watcher_without_anybody_asking(self, long: FakeWorld) -> None:
        rounds = new_state(CLUSTER)
        for _ in range(4):
            rounds = await watch(CLUSTER, long.services, rounds)
        forget(long)

        assert rounds.history_due == NOW + long.config.watch.slow_round
        assert await state(long) is State.COMPLETE

    async def test_nothing_is_planned_or_run_before_it_is_known(self, long: FakeWorld) -> None:
        shown = await plan(Plan(target="hilton"), long.services)
        with pytest.raises(Unavailable, match="its past runs are not all known: 7 ended runs read so far"):
            await run(Run(target="hilton", which=Selection.MISSING), long.services)

        assert isinstance(shown, Unplanned)

    async def test_the_board_and_the_digest_do_not_take_it_for_the_whole(self, long: FakeWorld) -> None:
        answer = await status_of(long, "")

        assert isinstance(answer, FleetStatus)
        assert [row.history_silent for row in answer.board.answered] == ["4 ended runs read so far, the rest follows"]

    async def test_read_over_again_it_stays_known(self, long: FakeWorld) -> None:
        for _ in range(4):
            await catch_up(CLUSTER, long.services)
        long.now += DAY
        view = await observe(CLUSTER, long.services)

        assert view.history_silent == ""
        assert not await catch_up(CLUSTER, long.services)
        assert [await catch_up(CLUSTER, long.services) for _ in range(4)][-1]

    async def test_is_read_although_all_of_it_has_ended_just_now(self) -> None:
        world = make()
        world.engines[CLUSTER].at_most = 4
        for number in range(20):
            put(world, closed(COMPLETED, f"customer-{number}", CAMPAIGN, ago=timedelta(seconds=number)))
        views = [await observe(CLUSTER, world.services) for _ in range(8)]
        world.now += OVERLAP
        for _ in range(8):
            await catch_up(CLUSTER, world.services)

        assert len(views[-1].runs) == 20
        assert views[-1].history_silent == ""
        await observe(CLUSTER, world.services)
        assert world.engines[CLUSTER].listed[-1] == 1

    async def test_changes_that_take_several_looks_are_all_read(self, long: FakeWorld) -> None:
        for _ in range(4):
            await catch_up(CLUSTER, long.services)
        for number in range(20):
            put(long, closed(COMPLETED, f"customer-{number}", CAMPAIGN, ago=-HOUR * (number + 1)))
        long.now += DAY
        view = await observe(CLUSTER, long.services)
        while not await catch_up(CLUSTER, long.services):
            pass
        forget(long)

        assert view.history_silent
        assert len((await observe(CLUSTER, long.services)).runs) == len(WINDOWS) + 21


@dataclass
class FrozenLedger(FakeLedger):
    """Never answers: its database is locked."""

    async def recall(self, cluster: str) -> RecordedRuns:
        await asyncio.Event().wait()
        return await super().recall(cluster)


@pytest.mark.parametrize(
    "ledger", [FakeLedger(away=Unavailable("store", "connection refused")), FrozenLedger()], ids=["away", "frozen"]
)
@on_idle_clock
async def test_without_the_ledger_all_that_temporal_knows_is_told(world: FakeWorld, ledger: FakeLedger) -> None:
    hurried = make(watch={"time_limit": "10s"})
    hurried.engines, hurried.ledger = world.engines, ledger
    view = await observe(CLUSTER, hurried.services)

    assert len(view.runs) == len(WINDOWS) + 1
    assert view.history_silent.startswith("the store does not tell: ")


@on_idle_clock
async def test_a_store_that_does_not_answer_lets_nobody_wait_for_others(world: FakeWorld) -> None:
    hurried = make(watch={"time_limit": "10s"})
    hurried.engines, hurried.ledger = world.engines, FrozenLedger()
    services = hurried.services
    views = await asyncio.gather(*(observe(CLUSTER, services) for _ in range(8)))

    assert [len(view.runs) for view in views] == [len(WINDOWS) + 1] * 8
    assert all(view.history_silent.startswith("the store does not tell: ") for view in views)


async def test_the_watcher_keeps_what_ends_although_nobody_asks(world: FakeWorld) -> None:
    put(world, execution("vivint"))
    rounds = await watch(CLUSTER, world.services)
    put(world, closed(COMPLETED, "vivint", CAMPAIGN, ago=timedelta(0)))
    await watch(CLUSTER, world.services, rounds)
    forget(world)
    answer = await status_of(world, "vivint")

    assert isinstance(answer, CustomerStatus)
    assert not isinstance(answer.standing, Silent)
    assert answer.standing.state is State.COMPLETE


async def test_the_watcher_asks_for_the_past_only_when_runs_begin_or_end_and_in_slow_rounds(world: FakeWorld) -> None:
    rounds = await watch(CLUSTER, world.services)
    rounds = await watch(CLUSTER, world.services, rounds)
    once = len(world.engines[CLUSTER].listed)
    world.now += world.config.watch.slow_round
    await watch(CLUSTER, world.services, rounds)

    assert (once, len(world.engines[CLUSTER].listed)) == (1, 2)


@dataclass
class HesitantLedger(FakeLedger):
    """Answers some requests too late."""

    slow: int = 0

    async def recall(self, cluster: str) -> RecordedRuns:
        if self.slow:
            self.slow -= 1
            await asyncio.Event().wait()
        return await super().recall(cluster)


@on_idle_clock
async def test_one_answer_of_the_store_that_comes_too_late_costs_nothing_of_what_had_been_read(
    world: FakeWorld,
) -> None:
    hurried, ledger = make(watch={"time_limit": "10s"}), HesitantLedger()
    hurried.engines, hurried.ledger = world.engines, ledger
    await observe_whole(CLUSTER, hurried.services)
    known = ledger.readings[CLUSTER]
    world.engines[CLUSTER].at_most = 4
    put(world, closed(COMPLETED, "vivint", CAMPAIGN, ago=timedelta(0)))
    ledger.slow = 1
    hurt = await observe(CLUSTER, hurried.services)

    assert hurt.history_silent == "the store does not tell: no answer in time"
    assert ledger.readings[CLUSTER] == known
    assert "vivint" in {ref.workflow_id.split("-")[1] for ref in ledger.executions}
    assert len((await observe_whole(CLUSTER, hurried.services)).runs) == len(WINDOWS) + 2


async def test_a_past_that_has_ended_is_told_as_the_same_runs_again(world: FakeWorld) -> None:
    services = world.services
    await observe(CLUSTER, services)
    first, second = [await observe(CLUSTER, services) for _ in range(2)]

    world.now += OVERLAP
    third, fourth = [await observe(CLUSTER, services) for _ in range(2)]

    assert first.runs == second.runs == third.runs == fourth.runs
    assert sum(each is other for each, other in zip(third.runs, fourth.runs, strict=True)) >= len(WINDOWS)
