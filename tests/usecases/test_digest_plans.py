"""The digest's estimates count everybody: by the plan where no pace is measured."""

from datetime import timedelta

from bot.commands import Digest as DigestCommand
from bot.errors import Unavailable
from bot.model import ExecutionStatus, JournalEntry
from bot.usecases.board import board_of_fleet
from bot.usecases.control.plan_inputs import MEASURED_CUSTOMERS
from bot.usecases.digest import announce, digest
from bot.usecases.planned import PLANNED
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, closed, description, execution
from tests.fleet.sizes import evenly

VOICE = "voice-prod"
ROWS = 82_353


def fleet(*customers: str) -> FakeWorld:
    """sunbit has completed in 51 h, so that a day of such a volume takes an hour; the others have as many rows."""
    names = ("sunbit", *customers)
    world = FakeWorld(config=config({VOICE: names}), now=NOW)
    world.warehouses[VOICE].volume = {name: evenly(ROWS) for name in names}
    done = closed(ExecutionStatus.COMPLETED, "sunbit", CAMPAIGN, took=51 * HOUR)
    world.engines[VOICE].put(description(of=done))
    return world


def runs(world: FakeWorld, customer: str, **changes: object) -> None:
    """An open run over the whole campaign, for an hour, whose heartbeats tell nothing."""
    at_work = activity(details="", **changes)
    world.engines[VOICE].put(description(at_work, of=execution(customer, CAMPAIGN)))


async def test_a_customer_that_never_ran_has_the_estimate_of_its_plan() -> None:
    eta = (await digest(DigestCommand(), fleet("vivint").services)).eta

    assert (eta.running, eta.stopped, eta.idle, eta.unknown) == (None, (), ("voice-prod/vivint",), ())
    assert eta.everything is not None
    assert eta.everything_latest is not None
    assert (eta.everything - NOW, eta.everything_latest - NOW) == (51 * HOUR, 68 * HOUR)


async def test_a_run_that_tells_no_progress_has_the_estimate_of_its_plan() -> None:
    world = fleet("hilton")
    runs(world, "hilton")
    found = await digest(DigestCommand(), world.services)

    assert (found.eta.going_on, found.eta.unknown) == (("voice-prod/hilton",), ())
    assert found.eta.running == NOW + 50 * HOUR
    assert found.progress is not None
    assert found.progress.earliest == found.eta.running


async def test_a_run_that_starts_over_at_each_attempt_has_no_estimate_in_its_plan_either() -> None:
    world = fleet("hilton")
    runs(world, "hilton", attempt=3, last_failure=TIMED_OUT)
    eta = (await digest(DigestCommand(), world.services)).eta

    assert (eta.running, eta.everything, eta.unknown) == (None, None, ("voice-prod/hilton",))


async def test_while_the_source_is_away_the_digest_comes_without_these_estimates() -> None:
    world = fleet("hilton", "vivint")
    runs(world, "hilton")
    world.warehouses[VOICE].away = Unavailable("ClickHouse", "connection refused")
    eta = (await digest(DigestCommand(), world.services)).eta

    assert (eta.running, eta.everything) == (None, None)
    assert sorted(eta.unknown) == ["voice-prod/hilton", "voice-prod/vivint"]


async def test_a_customer_whose_sequence_may_be_open_is_not_planned() -> None:
    world = fleet("vivint")
    world.controls[VOICE].away = Unavailable("Temporal", "no answer")
    eta = (await digest(DigestCommand(), world.services)).eta

    assert (eta.everything, eta.unknown) == (None, ("voice-prod/vivint",))


async def test_plans_cost_one_statement_and_no_call_to_temporal_and_status_makes_none() -> None:
    shown, planned = fleet("hilton"), fleet("hilton")
    for world in (shown, planned):
        runs(world, "hilton")
    await board_of_fleet(shown.services)
    await digest(DigestCommand(), planned.services)

    assert shown.warehouses[VOICE].asked_volumes == []
    assert planned.warehouses[VOICE].asked_volumes == [("hilton", "sunbit")]
    for calls in ("described", "listed", "listed_below"):
        assert getattr(planned.engines[VOICE], calls) == getattr(shown.engines[VOICE], calls)


async def test_at_most_so_many_customers_of_a_cluster_are_planned_and_the_others_have_no_estimate_yet() -> None:
    world = fleet(*(f"customer-{number}" for number in range(PLANNED + 5)))
    for number in range(PLANNED + 5):
        runs(world, f"customer-{number}")
    eta = (await digest(DigestCommand(), world.services)).eta

    assert (len(eta.going_on), len(eta.unknown)) == (PLANNED, 5)
    assert max(map(len, world.warehouses[VOICE].asked_volumes)) <= PLANNED + MEASURED_CUSTOMERS


async def test_the_digest_of_a_channel_asks_the_source_no_second_time() -> None:
    world = fleet("hilton")
    runs(world, "hilton")
    world.config = config({VOICE: ("sunbit", "hilton")}, routes=[{"clusters": [VOICE], "channel": "C0VOICE"}])
    await world.journal.record(JournalEntry(seen={VOICE: NOW - timedelta(minutes=1)}), NOW)
    await announce(NOW, world.services)

    assert len(world.outbox.messages) == 2
    assert world.warehouses[VOICE].asked_volumes == [("hilton", "sunbit")]
