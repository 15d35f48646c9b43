"""verify: names, ranges, and partial answers of all kinds."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.commands import Breakdown, Verify
from bot.errors import Refused, Unavailable
from bot.fleet.name_lookup import Target
from bot.fleet.verification.verdict import CustomerVerdict, Group, Outcome, TableVerdict
from bot.model import DayCount, Execution, ExecutionStatus, ExpectedDay, Ref, TableSpec, Window
from bot.usecases.count_together import MOST_TOGETHER
from bot.usecases.verify import CUSTOMERS_AT_ONCE, LIMITS_FOR_ALL, verify
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import NOW, FakeWorld, config
from tests.fakes.warehouse import FakeWarehouse
from tests.fleet.sequences import spec
from tests.wording import declines

CAMPAIGN = Window(date(2026, 1, 1), date(2026, 2, 21))
JAN_7, JAN_8, JAN_9 = date(2026, 1, 7), date(2026, 1, 8), date(2026, 1, 9)
AWAY = Unavailable("ClickHouse of voice-prod", "no answer from host:8123")


def tables(*names: str, expected: str | None = "SELECT day, rows", **more: str) -> dict[str, object]:
    return {
        "tables": [
            {
                "name": name,
                "table": f"analytics.{name}",
                "customer_column": "customer",
                "time_column": "scored_at",
                **({"expected": expected} if expected else {}),
                **more,
            }
            for name in names
        ]
    }


def fleet(expected: str = "SELECT day, rows", **customers: tuple[str, ...]) -> FakeWorld:
    """Clusters by name with ``_`` for ``-``; the tables of every customer match, with 100 rows a day."""
    named = {name.replace("_", "-"): known for name, known in customers.items()}
    world = FakeWorld(config=config(named, verify=tables("scores", "scorecards", expected=expected)))
    for cluster, known in named.items():
        for customer in known:
            for table in ("scores", "scorecards"):
                world.warehouses[cluster].fill(table, customer, CAMPAIGN, 100)
    return world


def by_name(verdicts: tuple[CustomerVerdict, ...]) -> Mapping[str, Outcome]:
    return {each.customer: each.outcome for each in verdicts}


async def test_a_customer_that_is_as_expected_matches_over_the_campaign() -> None:
    world = fleet(voice_prod=("hilton", "vivint"))

    result = await verify(Verify(target="Hilton"), world.services)
    (first,) = result.clusters[0].customers

    assert result.target == Target("voice-prod", "hilton")
    assert result.window == CAMPAIGN
    assert first.outcome is Outcome.MATCHES
    assert [(table.table, table.actual) for table in first.counted] == [("scores", 5100), ("scorecards", 5100)]
    assert {customer for _, customer, _ in world.warehouses["voice-prod"].counted} == {"hilton"}


async def test_only_the_days_asked_for_are_counted() -> None:
    world = fleet(voice_prod=("hilton",))
    week = Window.of_days(CAMPAIGN.start, 7)

    result = await verify(Verify(target="hilton", range=week), world.services)

    assert result.window == week
    assert result.clusters[0].customers[0].counted[0].actual == 700
    assert {window for _, _, window in world.warehouses["voice-prod"].counted} == {week}


async def test_a_cluster_is_all_its_customers_and_only_what_differs_differs() -> None:
    world = fleet(voice_prod=("hilton", "vivint", "cox"))
    stored = world.warehouses["voice-prod"].stored
    del stored["scores", "hilton"][JAN_7]
    stored["scores", "vivint"][JAN_9] = DayCount(190, 100)

    result = await verify(Verify(target="voice-prod"), world.services)
    hilton, vivint, _ = result.clusters[0].customers

    assert by_name(result.clusters[0].customers) == {
        "hilton": Outcome.DIFFERS,
        "vivint": Outcome.MATCHES,
        "cox": Outcome.MATCHES,
    }
    assert [day.day for day in hilton.counted[0].short] == [JAN_7]
    assert vivint.duplicates == 90


async def test_all_is_every_cluster_those_without_customers_included() -> None:
    world = fleet(voice_prod=("hilton",), chat_prod=("hilton",), eu_west_2_prod=())

    result = await verify(Verify(target="all"), world.services)

    assert result.target is None
    assert [(each.cluster, len(each.customers)) for each in result.clusters] == [
        ("voice-prod", 1),
        ("chat-prod", 1),
        ("eu-west-2-prod", 0),
    ]


async def test_names_that_mean_nothing_or_two_things_are_usage_errors() -> None:
    world = fleet(voice_prod=("hilton",), chat_prod=("hilton",))

    with declines("voice-prod/hilton or chat-prod/hilton"):
        await verify(Verify(target="hilton"), world.services)
    with declines("Did you mean hilton"):
        await verify(Verify(target="hliton"), world.services)


async def test_nothing_is_compared_where_nothing_is_configured() -> None:
    world = FakeWorld(config=config({"voice-prod": ("hilton",)}, verify=tables("scores", expected=None)))
    world.warehouses["voice-prod"].stored["scores", "hilton"] = {JAN_7: DayCount(5, 5)}

    result = await verify(Verify(target="hilton"), world.services)
    (first,) = result.clusters[0].customers

    assert first.outcome is Outcome.NOT_COMPARED
    assert len(first.counted[0].empty) == 50


async def test_a_table_that_does_not_answer_hides_no_other() -> None:
    world = fleet(voice_prod=("hilton",))
    world.warehouses["voice-prod"].refusals["scores"] = Refused("ClickHouse of voice-prod", "Code 60: no such table")

    result = await verify(Verify(target="hilton"), world.services)
    (first,) = result.clusters[0].customers

    assert first.outcome is Outcome.NOT_ANSWERED
    assert [(table.table, table.why) for table in first.unanswered] == [("scores", "Code 60: no such table")]
    assert [table.table for table in first.counted] == ["scorecards"]


@dataclass
class SourcelessWarehouse(FakeWarehouse):
    """Counts the tables, but does not reach the source."""

    async def expected(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, ExpectedDay]:
        raise Unavailable("ClickHouse", f"no answer from the source of {table.name} for {customer} in {window}")


async def test_a_source_that_does_not_answer_leaves_the_counts() -> None:
    world = fleet(voice_prod=("hilton",))
    world.warehouses["voice-prod"] = SourcelessWarehouse(stored=world.warehouses["voice-prod"].stored)

    result = await verify(Verify(target="hilton"), world.services)
    (first,) = result.clusters[0].customers

    assert first.outcome is Outcome.NOT_ANSWERED
    assert first.counted[0].actual == 5100
    assert first.counted[0].source_silent.startswith("no answer from the source of scores")


async def test_a_cluster_that_has_stopped_answering_is_not_asked_on_and_on_and_hides_no_other() -> None:
    names = tuple(f"customer-{n}" for n in range(20))
    world = fleet(voice_prod=names, chat_prod=("verizon",))
    world.warehouses["voice-prod"].away = AWAY

    result = await verify(Verify(target="all"), world.services)
    voice, chat = result.clusters

    assert voice.silent == "no answer from host:8123"
    assert [each.customer for each in voice.customers] == list(names[:CUSTOMERS_AT_ONCE])
    assert voice.unasked == names[CUSTOMERS_AT_ONCE:]
    assert by_name(chat.customers) == {"verizon": Outcome.MATCHES}


@dataclass
class ApartWarehouse(FakeWarehouse):
    """Counts no customers together."""

    async def counts_by_customer(
        self, table: TableSpec, customers: Sequence[str], window: Window
    ) -> Mapping[str, Mapping[date, DayCount]]:
        raise Unavailable("ClickHouse of voice-prod", f"{table.name} of {len(customers)} takes too long in {window}")


OF_MANY = "SELECT customer, day, rows FROM source WHERE customer IN { customers :Array(String)}"


async def test_customers_of_a_cluster_are_counted_together_with_one_question_about_each_table() -> None:
    names = tuple(f"customer-{n}" for n in range(20))
    world = fleet(voice_prod=names)
    del world.warehouses["voice-prod"].stored["scores", "customer-3"][JAN_7]

    result = await verify(Verify(target="voice-prod"), world.services)

    assert world.warehouses["voice-prod"].counted_together == [("scores", names), ("scorecards", names)]
    assert world.warehouses["voice-prod"].counted == []
    assert len(world.warehouses["voice-prod"].expected_of) == 2 * len(names)
    assert by_name(result.clusters[0].customers) == {
        name: Outcome.DIFFERS if name == "customer-3" else Outcome.MATCHES for name in names
    }


async def test_where_the_expected_statement_takes_many_nothing_is_asked_about_one_customer() -> None:
    world = fleet(OF_MANY, voice_prod=("hilton", "vivint"), chat_prod=("cox", "verizon"))
    del world.warehouses["chat-prod"].stored["scores", "cox"][JAN_7]

    result = await verify(Verify(target="all"), world.services)

    assert [by_name(cluster.customers) for cluster in result.clusters] == [
        {"hilton": Outcome.MATCHES, "vivint": Outcome.MATCHES},
        {"cox": Outcome.DIFFERS, "verizon": Outcome.MATCHES},
    ]
    for warehouse in world.warehouses.values():
        assert (warehouse.counted, warehouse.expected_of) == ([], [])


async def test_what_cannot_be_counted_together_is_counted_one_by_one_with_the_same_verdicts() -> None:
    world = fleet(voice_prod=("hilton", "vivint"))
    del world.warehouses["voice-prod"].stored["scores", "hilton"][JAN_7]
    together = await verify(Verify(target="voice-prod"), world.services)
    world.warehouses["voice-prod"] = ApartWarehouse(**vars(world.warehouses["voice-prod"]))

    apart = await verify(Verify(target="voice-prod"), world.services)

    assert apart == together
    assert len(world.warehouses["voice-prod"].counted) == 4


async def test_very_many_customers_take_several_questions() -> None:
    names = tuple(f"customer-{n}" for n in range(MOST_TOGETHER + 1))
    world = FakeWorld(config=config({"voice-prod": names}, verify=tables("scores")))

    result = await verify(Verify(target="voice-prod"), world.services)

    together = [customers for _, customers in world.warehouses["voice-prod"].counted_together]
    assert together == [names[:MOST_TOGETHER], names[MOST_TOGETHER:]]
    assert len(result.clusters[0].customers) == len(names)


@dataclass
class CountingWarehouse(ApartWarehouse):
    """Records the largest number of customers that were counted at once."""

    at_once: int = 0
    most: int = 0

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        if table.name == "scores":
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            await asyncio.sleep(0)
            self.at_once -= 1
        return await super().counts(table, customer, window)


async def test_only_a_few_customers_of_a_cluster_are_counted_at_once() -> None:
    world = fleet(voice_prod=tuple(f"customer-{n}" for n in range(20)))
    counting = CountingWarehouse(**vars(world.warehouses["voice-prod"]))
    world.warehouses["voice-prod"] = counting

    result = await verify(Verify(target="voice-prod"), world.services)

    assert len(result.clusters[0].customers) == 20
    assert 1 < counting.most <= CUSTOMERS_AT_ONCE


@dataclass
class SlowWarehouse(ApartWarehouse):
    """Takes nearly the whole time limit for each answer."""

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        await asyncio.sleep(8)
        return await super().counts(table, customer, window)


@on_idle_clock
async def test_a_slow_cluster_is_counted_as_far_as_there_is_patience_and_the_rest_is_named() -> None:
    names = tuple(f"customer-{number:02}" for number in range(60))
    named = {"voice-prod": names, "chat-prod": ("hilton",)}
    world = FakeWorld(config=config(named, verify=tables("scores") | {"time_limit": "10s"}))
    world.warehouses["voice-prod"] = SlowWarehouse()
    began = asyncio.get_running_loop().time()

    result = await verify(Verify(target="all"), world.services)
    took = asyncio.get_running_loop().time() - began
    slow, quick = result.clusters
    counted = tuple(each.customer for each in slow.customers)

    assert took <= 10 * (LIMITS_FOR_ALL + 1)
    assert CUSTOMERS_AT_ONCE <= len(counted) < 60
    assert (*counted, *slow.unasked) == names
    assert (slow.silent, len(quick.customers), quick.unasked) == ("", 1, ())


@dataclass
class BrokenWarehouse(FakeWarehouse):
    """Has a bug."""

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        raise AttributeError(f"no {table.name} of {customer} in {window}")


async def test_a_mistake_of_ours_is_not_told_as_a_silent_cluster() -> None:
    world = fleet(voice_prod=("hilton",))
    world.warehouses["voice-prod"] = BrokenWarehouse()

    with pytest.raises(AttributeError):
        await verify(Verify(target="hilton"), world.services)


def run(customer: str, window: Window) -> Execution:
    ref = Ref("voice-prod", f"backfill-{customer}-{window.start}-{window.end}", f"run-{window.start}")
    began = NOW - timedelta(hours=2)
    return Execution(ref, "CustomerBackfill", "backfill", ExecutionStatus.COMPLETED, began, NOW)


async def test_by_window_the_days_are_grouped_by_what_ran() -> None:
    world = fleet(voice_prod=("hilton", "vivint"))
    first, second = Window.of_days(CAMPAIGN.start, 5), Window(date(2026, 1, 6), date(2026, 1, 11))
    for window in (CAMPAIGN, first, second):
        world.engines["voice-prod"].add(run("hilton", window))

    result = await verify(Verify(target="voice-prod", by=Breakdown.WINDOW), world.services)
    hilton, vivint = result.clusters[0].customers

    assert hilton.groups == (Group(first, True), Group(second, True), Group(Window(second.end, CAMPAIGN.end), True))
    assert vivint.groups == (Group(CAMPAIGN, False),)


async def test_without_an_answer_of_temporal_the_counts_are_told_all_the_same() -> None:
    world = fleet(voice_prod=("hilton",))
    world.engines["voice-prod"].away = Unavailable("Temporal of voice-prod", "connection refused")

    result = await verify(Verify(target="hilton", by=Breakdown.WINDOW), world.services)

    assert result.clusters[0].runs_silent == "connection refused"
    assert result.clusters[0].customers[0].outcome is Outcome.MATCHES


async def test_a_customer_that_runs_without_being_expected_can_be_verified() -> None:
    world = fleet(voice_prod=("hilton",))
    world.engines["voice-prod"].add(run("newcomer", CAMPAIGN))

    result = await verify(Verify(target="newcomer"), world.services)
    (first,) = result.clusters[0].customers

    assert first.customer == "newcomer"
    assert first.is_without_rows
    assert all(isinstance(table, TableVerdict) for table in first.tables)
    assert replace(first, groups=()) == first


async def test_what_differs_while_it_runs_says_which_windows_run() -> None:
    world = fleet(voice_prod=("hilton", "vivint"))
    world.warehouses["voice-prod"].stored["scores", "hilton"].pop(JAN_7)
    for name in ("hilton", "vivint"):
        ref = Ref("voice-prod", f"backfill-{name}-2026-01-06-2026-01-11", "run-1")
        world.engines["voice-prod"].add(Execution(ref, "CustomerBackfill", "backfill", ExecutionStatus.RUNNING, NOW))

    result = await verify(Verify(target="voice-prod"), world.services)
    running = {each.customer: each.running for each in result.clusters[0].customers}

    assert running == {"hilton": (Window(date(2026, 1, 6), date(2026, 1, 11)),), "vivint": ()}


async def test_what_differs_is_told_although_the_engine_does_not_say_what_runs() -> None:
    world = fleet(voice_prod=("hilton",))
    world.warehouses["voice-prod"].stored["scores", "hilton"].pop(JAN_7)
    world.engines["voice-prod"].away = Unavailable("voice-prod", "connection refused")

    result = await verify(Verify(target="hilton"), world.services)

    assert by_name(result.clusters[0].customers) == {"hilton": Outcome.DIFFERS}


async def test_days_that_no_open_run_fills_are_wrong_although_another_run_is_open() -> None:
    world = fleet(voice_prod=("hilton",))
    for number in (1, 2, 11):
        world.warehouses["voice-prod"].stored["scores", "hilton"].pop(date(2026, 2, number))
    world.engines["voice-prod"].add(open_run("hilton", Window(date(2026, 2, 11), date(2026, 2, 19))))

    result = await verify(Verify(target="hilton"), world.services)
    (first,) = result.clusters[0].customers
    scores = first.counted[0]

    assert first.outcome is Outcome.DIFFERS
    assert [day.day.day for day in scores.short] == [1, 2]
    assert [day.day.day for day in scores.unfinished] == [11]


async def test_days_of_a_run_that_is_being_cancelled_are_filled_by_nobody() -> None:
    world = fleet(voice_prod=("hilton",))
    stored, engine = world.warehouses["voice-prod"].stored["scores", "hilton"], world.engines["voice-prod"]
    cancelled, running = open_run("hilton", Window.of_days(JAN_7, 1)), open_run("hilton", Window.of_days(JAN_8, 1))
    engine.put(replace(engine.add(cancelled), cancel_requested=True))
    engine.add(running)
    stored.pop(JAN_7)
    stored.pop(JAN_8)

    result = await verify(Verify(target="hilton"), world.services)
    (first,) = result.clusters[0].customers

    assert first.outcome is Outcome.DIFFERS
    assert [day.day for day in first.counted[0].short] == [JAN_7]
    assert (first.running, first.ending) == ((Window.of_days(JAN_8, 1),), (Window.of_days(JAN_7, 1),))


async def test_days_that_were_asked_for_again_after_a_cancel_are_being_filled() -> None:
    world = fleet(voice_prod=("hilton",))
    engine, again = world.engines["voice-prod"], open_run("hilton", Window.of_days(JAN_7, 1))
    other = replace(again, ref=replace(again.ref, workflow_id="by-hand", run_id="other"), hints=HINTS)
    engine.put(replace(engine.add(other), cancel_requested=True))
    engine.add(again)
    world.warehouses["voice-prod"].stored["scores", "hilton"].pop(JAN_7)

    result = await verify(Verify(target="hilton"), world.services)

    assert by_name(result.clusters[0].customers) == {"hilton": Outcome.NOT_FINISHED}
    assert result.clusters[0].customers[0].ending == (Window.of_days(JAN_7, 1),)


async def test_a_customer_in_mid_run_is_not_finished_and_not_wrong() -> None:
    world = fleet(voice_prod=("hilton", "vivint", "cox"))
    for name in ("hilton", "vivint"):
        world.warehouses["voice-prod"].stored["scores", name].pop(JAN_7)
    world.engines["voice-prod"].add(open_run("hilton", Window.of_days(JAN_7, 1)))

    result = await verify(Verify(target="all"), world.services)

    assert by_name(result.clusters[0].customers) == {
        "hilton": Outcome.NOT_FINISHED,
        "vivint": Outcome.DIFFERS,
        "cox": Outcome.MATCHES,
    }


async def test_rows_too_many_are_wrong_while_it_runs_too() -> None:
    world = fleet(voice_prod=("hilton",))
    world.warehouses["voice-prod"].stored["scores", "hilton"][JAN_7] = DayCount(101, 101)
    world.engines["voice-prod"].add(open_run("hilton", CAMPAIGN))

    result = await verify(Verify(target="hilton"), world.services)

    assert by_name(result.clusters[0].customers) == {"hilton": Outcome.DIFFERS}


async def test_days_that_an_open_sequence_has_still_to_run_are_not_finished() -> None:
    world = fleet(voice_prod=("hilton",))
    stored = world.warehouses["voice-prod"].stored["scores", "hilton"]
    sequence = replace(spec("hilton"), days=(Window(date(2026, 2, 11), date(2026, 2, 21)),))
    await world.controls["voice-prod"].begin(sequence)
    stored.pop(date(2026, 2, 15))

    to_come = await verify(Verify(target="hilton"), world.services)
    stored.pop(JAN_7)
    before = await verify(Verify(target="hilton"), world.services)

    assert by_name(to_come.clusters[0].customers) == {"hilton": Outcome.NOT_FINISHED}
    assert by_name(before.clusters[0].customers) == {"hilton": Outcome.DIFFERS}
    assert [day.day for day in before.clusters[0].customers[0].counted[0].short] == [JAN_7]


HINTS = {"BackfillCustomer": "hilton", "BackfillStart": "2026-01-07", "BackfillEnd": "2026-01-08"}
# Of the event loop: whatever is asked when counting begins is answered by then.
TURNS = 20


@dataclass
class ClosingWarehouse(FakeWarehouse):
    """A run ends while it counts."""

    on_count: Callable[[], object] = object

    async def counts(self, table: TableSpec, customer: str, window: Window) -> Mapping[date, DayCount]:
        counted = await super().counts(table, customer, window)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        self.on_count()
        return counted


async def test_a_run_that_ends_while_rows_are_counted_makes_nothing_wrong() -> None:
    world = fleet(voice_prod=("hilton",))
    engine = world.engines["voice-prod"]
    running = open_run("hilton", Window.of_days(JAN_7, 1))
    engine.add(running)
    closing = ClosingWarehouse(**vars(world.warehouses["voice-prod"]))
    closing.on_count = lambda: engine.add(replace(running, status=ExecutionStatus.COMPLETED, closed_at=NOW))
    closing.stored["scores", "hilton"].pop(JAN_7)
    world.warehouses["voice-prod"] = closing

    result = await verify(Verify(target="hilton"), world.services)

    assert by_name(result.clusters[0].customers) == {"hilton": Outcome.NOT_FINISHED}


async def test_a_window_that_begins_and_ends_while_rows_are_counted_makes_nothing_wrong() -> None:
    world = fleet(voice_prod=("hilton",))
    control = world.controls["voice-prod"]
    await control.begin(replace(spec("hilton"), days=(Window.of_days(JAN_7, 1),)))
    closing = ClosingWarehouse(**vars(world.warehouses["voice-prod"]))
    closing.on_count = control.states.clear
    closing.stored["scores", "hilton"].pop(JAN_7)
    world.warehouses["voice-prod"] = closing

    result = await verify(Verify(target="hilton"), world.services)

    assert by_name(result.clusters[0].customers) == {"hilton": Outcome.NOT_FINISHED}


async def test_days_that_a_sequence_takes_up_while_rows_are_counted_are_told_once() -> None:
    world = fleet(voice_prod=("hilton",))
    control = world.controls["voice-prod"]
    await control.begin(replace(spec("hilton"), days=(Window(JAN_7, date(2026, 1, 20)),)))
    (state,) = control.states.values()
    closing = ClosingWarehouse(**vars(world.warehouses["voice-prod"]))
    closing.on_count = lambda: control.states.update(hilton=replace(state, days=(Window(JAN_9, date(2026, 1, 20)),)))
    closing.stored["scores", "hilton"].pop(JAN_7)
    world.warehouses["voice-prod"] = closing

    result = await verify(Verify(target="hilton"), world.services)

    assert by_name(result.clusters[0].customers) == {"hilton": Outcome.NOT_FINISHED}
    assert result.clusters[0].customers[0].to_come == (Window(JAN_7, date(2026, 1, 20)),)


def open_run(customer: str, window: Window) -> Execution:
    ref = Ref("voice-prod", f"backfill-{customer}-{window.start}-{window.end}", f"run-{window.start}")
    return Execution(ref, "CustomerBackfill", "backfill", ExecutionStatus.RUNNING, NOW)


async def test_as_many_rows_as_expected_prove_nothing_where_duplicates_cannot_be_told() -> None:
    world = fleet(voice_prod=("hilton", "vivint"))
    stored = world.warehouses["voice-prod"].stored
    days = stored["scores", "hilton"]
    stored["scores", "hilton"] = {day: replace(count, duplicates_known=False) for day, count in days.items()}

    result = await verify(Verify(target="voice-prod"), world.services)

    assert by_name(result.clusters[0].customers) == {"hilton": Outcome.UNPROVEN, "vivint": Outcome.MATCHES}
