"""A count by verify or by a sequence is kept with the runs of its days, and proves them or puts them in doubt."""

from dataclasses import replace
from datetime import date, timedelta

from bot.commands import Verify
from bot.errors import Unavailable
from bot.fleet.diagnostics.contents_facts import ChecksumsAgree, ChecksumsNeverAgreed
from bot.fleet.diagnostics.facts import BeforeProof
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.runs.run_counts import counts_of
from bot.fleet.status.backfill import Backfill
from bot.model import DayCount, DoubtReason, ExecutionStatus, State
from bot.usecases.check_store import check_checksums, check_proof
from bot.usecases.drive.count_window import count_window
from bot.usecases.observe.observe import observe
from bot.usecases.verify import verify
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, NOW, closed, description, window
from tests.usecases.test_status import standing
from tests.usecases.test_verify import tables

CLUSTER = "voice-prod"
JAN_7 = date(2026, 1, 7)


def with_run(*, expected: str | None = "SELECT day, rows", cancelled: bool = True, **more: str) -> FakeWorld:
    """hilton has completed all its days an hour ago, after its cancel was requested; all rows are there."""
    world = FakeWorld(
        config=config({CLUSTER: ("hilton",)}, verify=tables("scores", expected=expected, **more)), now=NOW
    )
    run = closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN)
    world.engines[CLUSTER].put(description(of=run, cancel_requested=cancelled))
    world.warehouses[CLUSTER].fill("scores", "hilton", CAMPAIGN, 100)
    return world


async def checksums(world: FakeWorld) -> Answer:
    return await check_checksums(world.ledger, [CLUSTER], [table.spec for table in world.config.verify.tables])


async def backfill(world: FakeWorld) -> Backfill:
    return await standing(world, "hilton")


async def test_a_run_that_caught_its_cancel_is_complete_only_once_a_count_has_matched() -> None:
    world = with_run()
    before = await backfill(world)

    await verify(Verify(target="hilton"), world.services)
    after = await backfill(world)

    assert (before.state, before.missing, before.covered_days) == (State.IN_DOUBT, (CAMPAIGN,), 0)
    assert (after.state, after.missing, after.doubts) == (State.COMPLETE, (), ())


async def test_a_count_without_an_expectation_proves_nothing() -> None:
    world = with_run(expected=None)
    await backfill(world)
    await verify(Verify(target="hilton"), world.services)

    assert (await backfill(world)).state is State.IN_DOUBT


async def test_a_count_that_began_while_the_run_may_have_written_proves_nothing() -> None:
    world = with_run()
    await backfill(world)
    world.now = NOW - timedelta(hours=1) + timedelta(seconds=59)
    await verify(Verify(target="hilton"), world.services)
    world.now = NOW

    assert (await backfill(world)).state is State.IN_DOUBT


async def test_days_whose_count_differs_are_in_doubt_although_nobody_cancelled() -> None:
    world = with_run(cancelled=False)
    assert (await backfill(world)).state is State.COMPLETE
    world.warehouses[CLUSTER].stored["scores", "hilton"][JAN_7] = DayCount(99, 99)
    await verify(Verify(target="hilton"), world.services)
    doubtful = await backfill(world)

    world.warehouses[CLUSTER].fill("scores", "hilton", window(7, 8), 100)
    world.now += timedelta(minutes=5)
    await verify(Verify(target="hilton"), world.services)

    assert doubtful.state is State.IN_DOUBT
    assert [(days.window, days.doubt.reason) for days in doubtful.doubts] == [(window(7, 8), DoubtReason.COUNT)]
    assert (await backfill(world)).state is State.COMPLETE


async def test_as_many_rows_with_other_contents_put_days_in_doubt() -> None:
    world = with_run(cancelled=False, checksum="cityHash64(id)")
    await backfill(world)
    rows = world.warehouses[CLUSTER]
    rows.stored["scores", "hilton"] = dict.fromkeys(CAMPAIGN.each_day(), DayCount(100, 100, checksum=7))
    rows.checksums["scores", "hilton"] = dict.fromkeys(CAMPAIGN.each_day(), 7) | {JAN_7: 8}
    await verify(Verify(target="hilton"), world.services)

    doubtful = await backfill(world)

    assert [(days.window, days.doubt.reason) for days in doubtful.doubts] == [(window(7, 8), DoubtReason.COUNT)]


async def test_check_warns_until_the_contents_of_one_day_have_agreed() -> None:
    world = with_run(checksum="cityHash64(id)")
    await backfill(world)
    rows = world.warehouses[CLUSTER]
    rows.stored["scores", "hilton"] = dict.fromkeys(CAMPAIGN.each_day(), DayCount(100, 100, checksum=7))
    rows.checksums["scores", "hilton"] = dict.fromkeys(CAMPAIGN.each_day(), 8)
    await verify(Verify(target="hilton"), world.services)
    before = await checksums(world)

    rows.checksums["scores", "hilton"][JAN_7] = 7
    await verify(Verify(target="hilton"), world.services)

    assert before == Answer(warnings=(ChecksumsNeverAgreed(("scores",)),))
    assert await checksums(world) == Answer((ChecksumsAgree(("scores",)),))


async def test_a_changed_expression_has_not_agreed_yet() -> None:
    world = with_run(checksum="cityHash64(id)")
    await backfill(world)
    rows = world.warehouses[CLUSTER]
    rows.stored["scores", "hilton"] = dict.fromkeys(CAMPAIGN.each_day(), DayCount(100, 100, checksum=7))
    rows.checksums["scores", "hilton"] = dict.fromkeys(CAMPAIGN.each_day(), 7)
    await verify(Verify(target="hilton"), world.services)

    changed = replace(world.config.verify.tables[0].spec, checksum="cityHash64(id, value)")

    assert (await check_checksums(world.ledger, [CLUSTER], [changed])).warnings
    assert not (await checksums(world)).warnings


async def test_the_count_of_a_sequence_is_kept_of_a_run_that_the_history_has_as_open_still() -> None:
    world = with_run()
    over = world.engines[CLUSTER].descriptions.popitem()[1]
    running = replace(over.execution, status=ExecutionStatus.RUNNING, closed_at=None)
    world.engines[CLUSTER].add(running)
    await observe(CLUSTER, world.services)
    world.engines[CLUSTER].put(over)

    await count_window(CLUSTER, "hilton", CAMPAIGN, world.services)

    assert (await backfill(world)).state is State.COMPLETE


async def test_the_same_count_again_writes_nothing() -> None:
    world = with_run()
    await backfill(world)
    await verify(Verify(target="hilton"), world.services)
    written = len(world.ledger.written)
    world.now += timedelta(hours=1)

    await verify(Verify(target="hilton"), world.services)

    [run] = world.ledger.executions.values()
    assert len(world.ledger.written) == written
    assert [each.at for each in counts_of(run)] == [NOW]


async def test_a_store_that_is_away_costs_the_proof_and_not_the_answer() -> None:
    world = with_run()
    await backfill(world)
    world.ledger.away = Unavailable("store", "connection refused")
    result = await verify(Verify(target="hilton"), world.services)
    world.ledger.away = None

    assert result.clusters[0].customers[0].counted
    assert (await backfill(world)).state is State.IN_DOUBT


async def test_check_counts_the_runs_that_were_recorded_before_proof_was_kept() -> None:
    world = with_run()
    await backfill(world)
    earlier = closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, run="old")
    await world.ledger.keep([earlier])

    assert (await check_proof(world.ledger, [CLUSTER])).facts == (BeforeProof(completed=2, removed=0, to_read=1),)
