"""plan: both scenarios of docs/operations-log.md, systems that do not answer, and unusable arguments."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from bot.commands import Plan as PlanCommand
from bot.config import Config
from bot.errors import Unavailable
from bot.fleet.name_lookup import UnknownName
from bot.fleet.planning.plan import Fate, Plan, PlanResult, SequenceUnknown, Unplanned
from bot.fleet.planning.sizing import Basis
from bot.fleet.planning.throughput import Source
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.requests import ClusterGiven, OutsideCampaign, WindowsTooLong
from bot.fleet.refusals.sequences import OpenSequence
from bot.model import ExecutionStatus, Window
from bot.usecases.plan import plan
from sandbox.bot_files import ClusterAddresses, Team, backfill_toml
from sandbox.clickhouse.schema import Table
from sandbox.scenario.load import load_scenario
from sandbox.scenario.model import Scenario, State
from sandbox.scenario.row_counts import rows_of, volume_of
from sandbox.scenario.runs import Run, runs
from tests.fakes.services import OPERATOR, FakeWorld, config
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, description, execution, window
from tests.fleet.sequences import spec
from tests.fleet.sizes import evenly

ADDRESSES = ClusterAddresses("127.0.0.1:7233", "http://127.0.0.1:8233", "http://127.0.0.1:8123")
STATUSES = {State.COMPLETE: ExecutionStatus.COMPLETED, State.CANCELLED: ExecutionStatus.CANCELLED}
SPEED = 120


def scene(name: str) -> FakeWorld:
    """The fleet of a scenario, with its history played back in an instant and the bot's own configuration."""
    scenario = load_scenario(name).scenario
    team = Team(channel="C1", operators=["U1"], operator_groups=[])
    text = backfill_toml(scenario, dict.fromkeys(scenario.clusters, ADDRESSES), team, SPEED)
    world = FakeWorld(config=Config.model_validate(tomllib.loads(text)), now=NOW)
    for first in runs(scenario):
        _put(world, first)
    for cluster, days in _volumes(scenario).items():
        world.warehouses[cluster].volume.update(days)
    return world


def _put(world: FakeWorld, run: Run) -> None:
    days = Window(run.range.start, run.range.end)
    if run.state is State.RUNNING:
        shown = description(activity(details=""), of=execution(run.customer, days, run.cluster))
    else:
        took = timedelta(seconds=2)
        shown = description(of=closed(STATUSES[run.state], run.customer, days, run.cluster, took=took))
    world.engines[run.cluster].put(shown)


def _volumes(scenario: Scenario) -> Mapping[str, Mapping[str, dict[date, int]]]:
    """As spread over the days by the statement that makes the source rows."""
    start, days = scenario.campaign.start, scenario.campaign.days

    def spread(rows: int) -> dict[date, int]:
        ends = [-(-rows * day // days) for day in range(days + 1)]
        return {start + timedelta(days=day): ends[day + 1] - ends[day] for day in range(days)}

    return {
        name: {
            customer: spread(rows_of(volume_of(shown, Table.SCORECARDS), scenario.rows, days))
            for customer, shown in cluster.customers.items()
        }
        for name, cluster in scenario.clusters.items()
    }


async def planned(world: FakeWorld, target: str, typed: Window | None = None, days: int | None = None) -> PlanResult:
    return await plan(PlanCommand(target=target, range=typed, days=days), world.services)


async def drawn_up(world: FakeWorld, target: str, typed: Window | None = None, days: int | None = None) -> Plan:
    answer = await planned(world, target, typed, days)
    assert isinstance(answer, Plan)
    return answer


@pytest.fixture(scope="module")
def morning() -> FakeWorld:
    return scene("morning")


@pytest.fixture(scope="module")
def evening() -> FakeWorld:
    return scene("evening")


@pytest.fixture
def world() -> FakeWorld:
    """hilton with the volume of docs/operations-log.md, and no run yet."""
    world = FakeWorld(config=config({"voice-prod": ("hilton", "vivint"), "chat-prod": ("verizon",)}), now=NOW)
    world.warehouses["voice-prod"].volume = {"hilton": evenly(82_353), "vivint": evenly(100_000)}
    return world


@pytest.mark.parametrize(
    ("customer", "days"),
    [
        ("hilton", [5] * 10 + [1]),
        ("united-east", [5] * 10 + [1]),
        ("marriott", [10] * 5 + [1]),
        ("spirit", [10] * 5 + [1]),
    ],
)
async def test_in_the_morning_the_heavy_ones_get_the_windows_of_the_log(
    morning: FakeWorld, customer: str, days: list[int]
) -> None:
    shown = await drawn_up(morning, customer)

    assert [planned.window.days for planned in shown.to_run] == days
    assert (shown.size.basis, shown.size.days, shown.skipped) == (Basis.TIER, days[0], ())
    assert shown.full_range is not None
    assert customer in [baseline.name for baseline in shown.size.like]


@pytest.mark.parametrize(("customer", "basis"), [("oportun", Basis.TIER), ("cvs", Basis.OVERRIDE)])
async def test_the_two_that_needed_windows_of_one_day_get_them_and_are_complete(
    morning: FakeWorld, customer: str, basis: Basis
) -> None:
    shown = await drawn_up(morning, customer)

    assert (shown.size.days, shown.size.basis, shown.to_run) == (1, basis, ())
    assert [(planned.window.days, planned.fate) for planned in shown.skipped] == [(1, Fate.COMPLETE)] * 51


async def test_in_the_evening_what_is_complete_or_runs_is_skipped(evening: FakeWorld) -> None:
    hilton = await drawn_up(evening, "hilton")
    spirit = await drawn_up(evening, "spirit")

    assert [(p.window, p.fate) for p in hilton.skipped] == [
        (window(1, 6), Fate.COMPLETE),
        (window(6, 11), Fate.RUNNING),
    ]
    assert [planned.window.days for planned in hilton.to_run] == [5] * 8 + [1]
    assert [(p.window, p.fate) for p in spirit.skipped] == [(window(1, 11), Fate.COMPLETE)]
    assert [planned.window.days for planned in spirit.to_run] == [10] * 4 + [1]


async def test_durations_in_the_sandbox_are_shortened_like_its_time(morning: FakeWorld) -> None:
    shown = await drawn_up(morning, "hilton")

    assert shown.eta is not None
    assert round(shown.eta.low * SPEED / HOUR) == 23


async def test_windows_of_the_customer_that_have_been_measured_decide_and_only_it_is_asked_about(
    world: FakeWorld,
) -> None:
    done = closed(ExecutionStatus.COMPLETED, "hilton", window(1, 6), took=5 * HOUR)
    for of in (done, closed(ExecutionStatus.COMPLETED, "vivint", CAMPAIGN, took=9 * HOUR)):
        world.engines["voice-prod"].put(description(of=of))
    shown = await drawn_up(world, "hilton")

    assert (shown.size.basis, shown.size.days) == (Basis.CUSTOMER, 3)
    assert world.warehouses["voice-prod"].asked_volumes == [("hilton",)]


async def test_an_open_sequence_is_mentioned_with_how_far_it_is_and_who_began_it(world: FakeWorld) -> None:
    await world.controls["voice-prod"].begin(spec("hilton", started_by=OPERATOR))
    shown = await drawn_up(world, "hilton")

    (note,) = shown.notes
    assert isinstance(note, OpenSequence)
    assert (note.standing.customer, note.begun_by) == ("hilton", "Olivia")
    assert (await drawn_up(world, "vivint")).notes == ()


async def test_a_cluster_that_does_not_tell_its_sequences_is_said_not_to(world: FakeWorld) -> None:
    world.controls["voice-prod"].away = Unavailable("Temporal", "connection refused")
    shown = await drawn_up(world, "hilton")

    assert shown.notes == (SequenceUnknown("connection refused"),)


async def test_where_the_customer_has_not_been_measured_others_of_its_cluster_are(world: FakeWorld) -> None:
    done = closed(ExecutionStatus.COMPLETED, "vivint", CAMPAIGN, took=51 * HOUR)
    world.engines["voice-prod"].put(description(of=done))
    shown = await drawn_up(world, "hilton")

    assert shown.pace is not None
    assert (shown.size.basis, shown.size.days, shown.pace.source) == (Basis.CLUSTER, 3, Source.CLUSTER)
    assert world.warehouses["voice-prod"].asked_volumes == [("hilton", "vivint")]


async def test_a_typed_size_and_range_are_taken(world: FakeWorld) -> None:
    shown = await drawn_up(world, "voice-prod/hilton", window(1, 9), days=3)

    assert (shown.size.basis, shown.whole) == (Basis.ASKED, window(1, 9))
    assert [planned.window for planned in shown.to_run] == [window(1, 4), window(4, 7), window(7, 9)]


async def test_a_customer_without_data_in_range_has_nothing_to_run(world: FakeWorld) -> None:
    world.warehouses["voice-prod"].volume["hilton"] = evenly(5, window(1, 6))
    shown = await drawn_up(world, "hilton", window(11, 21))

    assert (shown.rows, shown.to_run) == (0, ())


async def test_a_silent_source_is_told_and_the_plan_stands(world: FakeWorld) -> None:
    world.warehouses["voice-prod"].away = Unavailable("ClickHouse of voice-prod", "connection refused")
    shown = await drawn_up(world, "hilton")

    assert (shown.source_silent, shown.rows) == ("connection refused", None)
    assert (shown.size.basis, len(shown.to_run)) == (Basis.CAUTION, 51)


async def test_a_silent_cluster_has_no_plan(world: FakeWorld) -> None:
    world.engines["voice-prod"].away = Unavailable("Temporal of voice-prod", "connection refused")
    shown = await planned(world, "hilton")

    assert isinstance(shown, Unplanned)
    assert (shown.silent.why, shown.whole) == ("connection refused", CAMPAIGN)


async def test_a_customer_that_nobody_expects_is_planned_where_it_runs(world: FakeWorld) -> None:
    done = closed(ExecutionStatus.COMPLETED, "ghost", window(1, 6), "chat-prod")
    world.engines["chat-prod"].put(description(of=done))
    world.warehouses["chat-prod"].volume["ghost"] = evenly(10)
    shown = await drawn_up(world, "ghost")

    assert (shown.target.cluster, shown.expected) == ("chat-prod", False)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (PlanCommand(target="hiltn"), UnknownName("hiltn", "", ("hilton",))),
        (PlanCommand(target="voice-prod"), ClusterGiven(PlanCommand(target="voice-prod"), "voice-prod")),
        (PlanCommand(target="hilton", range=window(60, 70)), OutsideCampaign(window(60, 70), CAMPAIGN)),
        (PlanCommand(target="hilton", range=window(-5, 6)), OutsideCampaign(window(-5, 6), CAMPAIGN)),
        (PlanCommand(target="hilton", days=400), WindowsTooLong(400, CAMPAIGN)),
    ],
)
async def test_what_cannot_be_meant_is_refused(world: FakeWorld, command: PlanCommand, reason: Refusal) -> None:
    with pytest.raises(Declined) as refused:
        await plan(command, world.services)

    assert refused.value.reason == reason
