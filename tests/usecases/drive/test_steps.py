"""Starting, cancelling and counting: the results, and that each is idempotent."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import Refused, Unavailable
from bot.model import Count, DayCount, Ref, TableCount, Window
from bot.usecases.drive.cancel_run import cancel_run
from bot.usecases.drive.count_window import count_window
from bot.usecases.drive.start_window import start_window
from tests.fakes.services import FakeWorld, config
from tests.usecases.drive.test_follow import FIVE_MINUTES, REF, described, run
from tests.usecases.test_verify import tables

CLUSTER, CUSTOMER = "voice-prod", "hilton"
WINDOW = Window(date(2026, 1, 1), date(2026, 1, 6))


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


async def test_a_window_is_started_once_however_often_it_is_asked(world: FakeWorld) -> None:
    first = await start_window(CLUSTER, CUSTOMER, WINDOW, "s1:1", world.services)
    again = await start_window(CLUSTER, CUSTOMER, WINDOW, "s1:1", world.services)

    assert first == again
    assert [order.workflow_id for order in world.controls[CLUSTER].started] == [
        "backfill-hilton-2026-01-01-2026-01-06"
    ]


async def test_a_refused_start_is_told_and_a_silent_one_is_raised(world: FakeWorld) -> None:
    control = world.controls[CLUSTER]
    control.away = Refused("Temporal of voice-prod", "not permitted")
    refused = await start_window(CLUSTER, CUSTOMER, WINDOW, "s1:1", world.services)
    control.away = Unavailable("Temporal of voice-prod", "no answer")

    assert (refused.ref, refused.refused) == (None, "Temporal of voice-prod: not permitted")
    with pytest.raises(Unavailable):
        await start_window(CLUSTER, CUSTOMER, WINDOW, "s1:1", world.services)


async def test_cancelling_tells_the_heartbeat_timeout_and_asks_once(world: FakeWorld) -> None:
    world.engines[CLUSTER].put(described(run()))

    first = await cancel_run(REF, "because", world.services)
    await cancel_run(REF, "because", world.services)

    assert first == FIVE_MINUTES
    assert world.controls[CLUSTER].cancelled == [(REF, "because")]


async def test_cancelling_what_temporal_has_forgotten_does_nothing(world: FakeWorld) -> None:
    assert await cancel_run(Ref(CLUSTER, "gone", "r0"), "because", world.services) == timedelta(0)


async def test_a_cancel_that_is_not_heard_is_raised(world: FakeWorld) -> None:
    world.controls[CLUSTER].away = Unavailable("Temporal of voice-prod", "no answer")

    with pytest.raises(Unavailable):
        await cancel_run(REF, "because", world.services)


async def test_a_window_is_counted_as_verify_counts(world: FakeWorld) -> None:
    world.warehouses[CLUSTER].fill("scores", CUSTOMER, WINDOW, rows=7)

    count = await count_window(CLUSTER, CUSTOMER, WINDOW, world.services)

    assert count.tables == (TableCount("scores", None, 35, 0),)
    assert (count.problem, count.differs, count.is_empty) == ("", False, False)


async def test_a_window_with_other_contents_differs_and_names_their_days() -> None:
    compared = tables("scores", expected="SELECT day, rows, checksum", checksum="cityHash64(id)")
    world = FakeWorld(config=config({CLUSTER: (CUSTOMER,)}, verify=compared))
    rows = world.warehouses[CLUSTER]
    rows.stored["scores", CUSTOMER] = dict.fromkeys(WINDOW.each_day(), DayCount(7, 7, checksum=1))
    rows.source["scores", CUSTOMER] = dict.fromkeys(WINDOW.each_day(), 7)
    rows.checksums["scores", CUSTOMER] = dict.fromkeys(WINDOW.each_day(), 1) | {WINDOW.start: 2}

    [table] = (await count_window(CLUSTER, CUSTOMER, WINDOW, world.services)).tables

    assert table.other_contents == (Window.of_days(WINDOW.start, 1),)
    assert (table.days_of_other_contents, table.days_off, table.differs) == (1, 0, True)


async def test_what_cannot_be_counted_is_a_problem_and_no_failure(world: FakeWorld) -> None:
    world.warehouses[CLUSTER].away = Unavailable("ClickHouse of voice-prod", "no answer")

    count = await count_window(CLUSTER, CUSTOMER, WINDOW, world.services)

    assert (count.tables, count.problem) == ((), "scores not counted: no answer")


async def test_a_window_without_tables_is_not_taken_for_counted(world: FakeWorld) -> None:
    settings = world.config.verify.model_copy(update={"tables": ()})
    services = replace(world.services, config=world.config.model_copy(update={"verify": settings}))

    count = await count_window(CLUSTER, CUSTOMER, WINDOW, services)

    assert count == Count(problem="backfill.toml has no table of the campaign default any more")


def test_days_that_cancel_each_other_out_differ_all_the_same() -> None:
    assert TableCount("scores", expected=10, actual=10, duplicates=0, days_off=2).differs
    assert not TableCount("scores", expected=10, actual=10, duplicates=0).differs
