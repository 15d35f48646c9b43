"""What completed runs have written is counted by itself, and a difference that stays opens an alert."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.actions import ActionId
from bot.blocks.notifications import draw
from bot.commands import Verify
from bot.errors import Unavailable
from bot.fleet.notifications import notification
from bot.model import AlertReason, CloseEvent, DayCount, Ending
from bot.usecases.verify import verify
from bot.usecases.watch.completed_counts import AGAIN_AFTER, count_completed
from bot.usecases.watch.state import WatchState
from tests.blocks.gate import action_ids
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN
from tests.usecases.test_verify import tables
from tests.usecases.watch.test_closed_runs import CLUSTER, MINUTE, S, alerts, end, start, watch_again

SETTLE = 10 * MINUTE


@pytest.fixture
def world() -> FakeWorld:
    """hilton has all rows of the source, but for one day in the table."""
    world = FakeWorld(config=config({CLUSTER: ("hilton",)}, verify=tables("scores", expected="SELECT day, rows")))
    world.warehouses[CLUSTER].fill("scores", "hilton", CAMPAIGN, 100)
    world.warehouses[CLUSTER].stored["scores", "hilton"][date(2026, 1, 7)] = DayCount(90, 90)
    return world


async def completed(world: FakeWorld) -> WatchState:
    of = start(world)
    state = await watch_again(world)
    end(world, of, S.COMPLETED, CloseEvent())
    return await watch_again(world, state)


async def count(world: FakeWorld, state: WatchState, after: timedelta) -> None:
    world.now += after
    await count_completed(state, world.services)
    await watch_again(world, state, after=timedelta(0))


async def test_a_difference_that_stays_for_a_while_is_an_alert_that_names_the_days(world: FakeWorld) -> None:
    state = await completed(world)
    await count(world, state, MINUTE)
    after_one_count = await alerts(world)
    await count(world, state, SETTLE)

    assert after_one_count == ()
    (alert,) = await alerts(world)
    assert alert.alert_reason is AlertReason.MISMATCH
    card = draw(notification.EpisodeCard(alert))
    assert card.text.startswith("hilton on voice-prod completed, but its rows differ from the source. Jan 7 ")
    assert "the count differs: scores has 90 of 100 rows (10 missing)." in card.text
    assert ActionId.VERIFY in action_ids(card)


async def test_a_second_count_that_began_a_moment_too_early_is_made_again_soon(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = await completed(world)
    await count(world, state, MINUTE)
    clocks = iter([timedelta(0)])

    async def ahead() -> timedelta:
        return next(clocks, timedelta(milliseconds=1))

    with monkeypatch.context() as measured_again:
        measured_again.setattr(world.engines[CLUSTER], "ahead", ahead)
        await count(world, state, SETTLE)
        too_early = await alerts(world)
    await count(world, state, MINUTE)

    assert too_early == ()
    assert [alert.alert_reason for alert in await alerts(world)] == [AlertReason.MISMATCH]


async def test_each_run_is_counted_once_and_a_difference_once_more(world: FakeWorld) -> None:
    state = await completed(world)
    for _ in range(5):
        await count(world, state, SETTLE)

    assert len(world.warehouses[CLUSTER].counted) == 2


async def test_rows_that_arrive_meanwhile_are_no_difference(world: FakeWorld) -> None:
    state = await completed(world)
    await count(world, state, MINUTE)
    world.warehouses[CLUSTER].fill("scores", "hilton", CAMPAIGN, 100)
    await count(world, state, SETTLE)

    assert await alerts(world) == ()


async def test_a_later_count_that_matches_ends_the_alert_in_green(world: FakeWorld) -> None:
    state = await completed(world)
    await count(world, state, MINUTE)
    await count(world, state, SETTLE)
    world.warehouses[CLUSTER].fill("scores", "hilton", CAMPAIGN, 100)
    world.now += MINUTE
    await verify(Verify(target="hilton"), world.services)
    await watch_again(world, state)

    (over,) = world.journal.episodes.values()
    assert over.ending is Ending.COMPLETED


async def test_days_that_were_run_again_are_counted_twice_again_before_a_difference_is_told(world: FakeWorld) -> None:
    """Rows of the second run may arrive late, too, although a count had differed before it."""
    state = await completed(world)
    again = start(world, run="2")
    state = await watch_again(world, state)
    await verify(Verify(target="hilton"), world.services)
    world.now += 2 * SETTLE
    end(world, again, S.COMPLETED, CloseEvent())
    await watch_again(world, state)
    await count(world, state, MINUTE)
    after_one_count = await alerts(world)
    await count(world, state, SETTLE)

    assert after_one_count == ()
    assert [alert.alert_reason for alert in await alerts(world)] == [AlertReason.MISMATCH]


async def test_what_could_not_be_counted_is_tried_again_after_a_while(world: FakeWorld) -> None:
    state = await completed(world)
    world.warehouses[CLUSTER].away = Unavailable("ClickHouse", "connection refused")
    await count(world, state, MINUTE)
    await count(world, state, MINUTE)
    world.warehouses[CLUSTER].away = None
    await count(world, state, MINUTE)
    too_early = len(world.warehouses[CLUSTER].counted)
    await count(world, state, AGAIN_AFTER)

    assert (too_early, len(world.warehouses[CLUSTER].counted)) == (0, 1)


async def test_a_count_that_can_prove_nothing_is_not_made_again_and_again(world: FakeWorld) -> None:
    """Duplicates in the table cannot be told, so that no count can prove its days."""
    world.warehouses[CLUSTER].stored["scores", "hilton"] = dict.fromkeys(
        CAMPAIGN.each_day(), DayCount(100, 100, duplicates_known=False)
    )
    state = await completed(world)
    for _ in range(3):
        await count(world, state, AGAIN_AFTER)

    assert len(world.warehouses[CLUSTER].counted) == 1


async def test_a_difference_is_told_although_duplicates_are_not_known(world: FakeWorld) -> None:
    stored = dict.fromkeys(CAMPAIGN.each_day(), DayCount(100, 100, duplicates_known=False))
    world.warehouses[CLUSTER].stored["scores", "hilton"] = stored | {date(2026, 1, 7): DayCount(90, 90)}
    state = await completed(world)
    await count(world, state, MINUTE)
    await count(world, state, SETTLE)

    (alert,) = await alerts(world)
    assert alert.alert_reason is AlertReason.MISMATCH


async def test_a_count_that_could_not_be_recorded_is_made_again(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unavailable(*_: object) -> None:
        raise Unavailable("store", "connection refused")

    state = await completed(world)
    world.warehouses[CLUSTER].fill("scores", "hilton", CAMPAIGN, 100)
    world.now += MINUTE
    with monkeypatch.context() as patched:
        patched.setattr(world.ledger, "keep", unavailable)
        await count_completed(state, world.services)
    for _ in range(3):
        await count(world, state, AGAIN_AFTER)

    assert len(world.warehouses[CLUSTER].counted) == 2


async def test_a_run_that_was_never_counted_comes_before_those_that_failed_to_be(
    world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.usecases.watch.completed_counts.MOST", 1)
    state = await completed(world)
    later = start(world, "vivint")
    await watch_again(world, state)
    end(world, later, S.COMPLETED, CloseEvent())
    await watch_again(world, state)
    world.warehouses[CLUSTER].refusals["scores"] = Unavailable("ClickHouse", "connection refused")
    await count(world, state, MINUTE)
    world.warehouses[CLUSTER].refusals.clear()
    await count(world, state, AGAIN_AFTER)

    assert [customer for _, customer, _ in world.warehouses[CLUSTER].counted] == ["vivint"]


@pytest.mark.parametrize("change", ["off", "no source"])
async def test_nothing_is_counted_where_that_is_switched_off_or_has_nothing_to_compare_with(change: str) -> None:
    off = {"mismatch": {"on": False}} if change == "off" else {}
    expected = None if change == "no source" else "SELECT day, rows"
    world = FakeWorld(config=config({CLUSTER: ("hilton",)}, verify=tables("scores", expected=expected), alerts=off))
    state = await completed(world)
    await count(world, state, MINUTE)

    assert world.warehouses[CLUSTER].counted == []


async def test_a_restart_counts_nothing_again(world: FakeWorld) -> None:
    state = await completed(world)
    await count(world, state, MINUTE)
    await count(world, replace(state, counted={}), MINUTE)

    assert len(world.warehouses[CLUSTER].counted) == 1


@pytest.mark.parametrize("campaigns", [[], [{"name": "march", "start": "2026-03-01", "end": "2026-04-01"}]])
async def test_runs_are_counted_in_the_tables_of_their_campaign(campaigns: list[dict[str, str]]) -> None:
    """January fills the scores alone; the source has rows for the orders as well, which nobody has filled."""
    january = {"start": "2026-01-01", "end": "2026-02-21", "tables": ["scores"]}
    verified = tables("scores", "orders", expected="SELECT day, rows")
    world = FakeWorld(config=config({CLUSTER: ("hilton",)}, campaign=january, campaigns=campaigns, verify=verified))
    world.warehouses[CLUSTER].fill("scores", "hilton", CAMPAIGN, 100)
    state = await completed(world)
    await count(world, state, MINUTE)
    await count(world, state, SETTLE)

    assert {table for table, *_ in world.warehouses[CLUSTER].counted} == {"scores"}
    assert await alerts(world) == ()
