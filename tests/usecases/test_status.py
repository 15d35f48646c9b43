"""status: the evening of docs/operations-log.md, systems that do not answer, and names."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest

from bot.commands import Status
from bot.errors import Refused, Unavailable
from bot.fleet.runs.close_facts import close_event_hints
from bot.fleet.sequence.cancellation import cancel_reason
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, FleetStatus
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board, Silent
from bot.model import (
    AuditOutcome,
    AuditRecord,
    Cause,
    CloseEvent,
    Description,
    ExecutionStatus,
    Failure,
    FailureKind,
    Health,
    Instruction,
    JournalEntry,
    Order,
    Portion,
    State,
    Subject,
    Window,
)
from bot.usecases.status import status
from tests.fakes.engine import FakeEngine
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.services import OPERATOR, FakeWorld, config
from tests.fakes.warehouse import FakeWarehouse
from tests.fleet.builders import (
    BOOM,
    CAMPAIGN,
    HOUR,
    MINUTE,
    NOW,
    activity,
    closed,
    description,
    execution,
    seen,
    window,
)
from tests.fleet.evening import CUSTOMERS, descriptions
from tests.fleet.sequences import spec
from tests.wording import declines

SMALL = {"voice-prod": ("hilton", "vivint"), "chat-prod": ("verizon",)}
QUICK = {"watch": {"time_limit": "10s"}}
AWAY = Unavailable("Temporal of voice-prod", "connection refused")


@dataclass
class FrozenEngine(FakeEngine):
    """Never answers."""

    async def changed_executions(
        self, workflow_types: Collection[str], since: datetime | None, within: timedelta
    ) -> Portion:
        await asyncio.Event().wait()
        return await super().changed_executions(workflow_types, since, within)


@dataclass
class BrokenEngine(FakeEngine):
    """Has a bug."""

    async def changed_executions(
        self,
        workflow_types: Collection[str],
        since: datetime | None,  # noqa: ARG002
        within: timedelta,  # noqa: ARG002
    ) -> Portion:
        raise AttributeError(f"no such thing as {workflow_types}")


@dataclass
class FrozenWarehouse(FakeWarehouse):
    """Never answers."""

    async def volumes(self, customers: Sequence[str], window: Window) -> Mapping[str, Mapping[date, int]]:
        await asyncio.Event().wait()
        return await super().volumes(customers, window)


def small(**sections: object) -> FakeWorld:
    return FakeWorld(config=config(SMALL, **sections), now=NOW)


@pytest.fixture
def world() -> FakeWorld:
    world = small()
    put(world, description(activity(), of=execution("hilton")))
    put(world, description(of=closed(ExecutionStatus.COMPLETED, "vivint", CAMPAIGN)))
    put(world, description(of=closed(ExecutionStatus.COMPLETED, "verizon", CAMPAIGN, "chat-prod")))
    return world


def put(world: FakeWorld, run: Description) -> None:
    world.engines[run.execution.ref.cluster].put(run)


async def fleet(world: FakeWorld, days: Window | None = None) -> Board:
    answer = await status(Status(range=days), world.services)
    assert isinstance(answer, FleetStatus)
    return answer.board


async def one_customer(world: FakeWorld, target: str, days: Window | None = None) -> CustomerStatus:
    answer = await status(Status(target=target, range=days), world.services)
    assert isinstance(answer, CustomerStatus)
    return answer


async def standing(world: FakeWorld, target: str, days: Window | None = None) -> Backfill:
    answer = await one_customer(world, target, days)
    assert isinstance(answer.standing, Backfill)
    return answer.standing


async def test_the_evening_of_the_operations_log_is_told_as_it_was() -> None:
    world = FakeWorld(config=config(CUSTOMERS), now=NOW)
    for shown in descriptions():
        put(world, shown)
    board = await fleet(world)

    assert (board.complete, board.total) == (89, 95)
    assert [(row.cluster, row.complete, row.expected) for row in board.answered] == [
        ("us-west-2-prod", 30, 30),
        ("chat-prod", 3, 3),
        ("schwab-prod", 1, 1),
        ("eu-west-2-prod", 0, 0),
        ("ap-southeast-2-prod", 0, 0),
        ("ca-central-1-prod", 0, 0),
        ("voice-prod", 14, 17),
        ("us-east-1-prod", 41, 44),
    ]
    healths = {b.customer: b.health for b in board.open if b.open_runs}
    assert healths == dict.fromkeys(("hilton", "vivint", "holidayinn-transfers"), Health.HEALTHY)


async def test_a_cluster_that_refuses_to_answer_is_unknown_and_hides_no_other(world: FakeWorld) -> None:
    await fleet(world)
    world.now += HOUR
    world.engines["voice-prod"].away = AWAY
    board = await fleet(world)

    assert board.silent == (Silent("voice-prod", "connection refused", NOW, customers=2, system=AWAY.system),)
    assert [(row.cluster, row.complete) for row in board.answered] == [("chat-prod", 1)]
    assert (board.complete, board.total, board.unknown) == (1, 3, 2)


@on_idle_clock
async def test_a_cluster_that_never_answers_is_unknown_within_its_time_limit() -> None:
    world = small(**QUICK)
    world.engines["voice-prod"] = FrozenEngine()
    board = await fleet(world)

    assert [(row.cluster, row.why, row.last_seen) for row in board.silent] == [
        ("voice-prod", "no answer within 10 s", None)
    ]


async def test_a_cluster_that_refuses_is_unknown_too(world: FakeWorld) -> None:
    world.engines["voice-prod"].away = Refused("Temporal of voice-prod", "namespace voice-prod does not exist")

    assert [row.why for row in (await fleet(world)).silent] == ["namespace voice-prod does not exist"]


async def test_a_silent_cluster_is_told_even_when_nobody_remembers_it(world: FakeWorld) -> None:
    world.journal.away = Unavailable("store", "database is locked")
    world.engines["chat-prod"].away = AWAY

    assert [(row.cluster, row.last_seen) for row in (await fleet(world)).silent] == [("chat-prod", None)]


async def test_a_bug_is_raised_and_not_taken_for_silence(world: FakeWorld) -> None:
    world.engines["voice-prod"] = BrokenEngine()

    with pytest.raises(AttributeError):
        await fleet(world)


async def test_customers_without_rows_in_the_source_are_not_applicable_and_only_they_are_asked_about() -> None:
    world = small()
    put(world, description(activity(), of=execution("hilton")))
    world.warehouses["chat-prod"].volume["verizon"] = {date(2026, 1, 3): 7}
    board = await fleet(world)

    assert world.warehouses["voice-prod"].asked_volumes == [("vivint",)]
    assert {b.customer: b.state for row in board.answered for b in row.customers} == {
        "hilton": State.RUNNING,
        "vivint": State.NOT_APPLICABLE,
        "verizon": State.NOT_STARTED,
    }
    assert board.total == 2


@on_idle_clock
async def test_a_source_that_does_not_answer_leaves_customers_not_started_and_is_named() -> None:
    world = small(**QUICK)
    world.warehouses["voice-prod"] = FrozenWarehouse()
    world.warehouses["chat-prod"].away = Refused("ClickHouse of chat-prod", "Code 60: no such table")
    board = await fleet(world)

    assert {b.state for b in board.open} == {State.NOT_STARTED}
    assert [row.source_silent for row in board.answered] == ["no answer within 10 s", "Code 60: no such table"]


async def test_a_range_is_answered_for_that_range(world: FakeWorld) -> None:
    put(world, description(of=closed(ExecutionStatus.COMPLETED, "hilton", window(1, 6))))
    world.engines["voice-prod"].descriptions.pop(execution("hilton").ref)

    assert (await fleet(world)).complete == 2
    assert (await fleet(world, window(1, 4))).complete == 3
    assert (await standing(world, "hilton", window(4, 9))).missing == (window(6, 9),)


async def test_a_cluster_is_a_board_of_its_own_and_asks_no_other(world: FakeWorld) -> None:
    world.engines["chat-prod"] = BrokenEngine()
    answer = await status(Status(target="VOICE-prod"), world.services)

    assert isinstance(answer, ClusterStatus)
    assert (answer.cluster, answer.board.complete, answer.board.total) == ("voice-prod", 1, 2)


async def test_a_customer_is_told_with_the_failures_of_its_closed_runs(world: FakeWorld) -> None:
    over = closed(ExecutionStatus.CANCELLED, "hilton", window(1, 20), ago=3 * HOUR)
    put(world, description(of=over))
    await world.journal.record(JournalEntry(failures=(seen(1, ref=over.ref), seen(2, BOOM, ref=over.ref))), NOW)
    shown = await standing(world, "voice-prod/hilton")

    assert [(each.window, [s.attempt for s in each.failures]) for each in shown.runs] == [
        (window(1, 20), [1, 2]),
        (CAMPAIGN, []),
    ]
    assert shown.runs[0].link.endswith(f"{over.ref.workflow_id}/{over.ref.run_id}")


@pytest.mark.parametrize(("ago", "is_known"), [(190 * MINUTE, True), (2 * HOUR, False), (5 * HOUR, False)])
async def test_a_run_that_ended_soon_after_a_command_of_the_bot_was_ended_by_its_user(
    world: FakeWorld, ago: timedelta, is_known: bool
) -> None:
    """Five hours ago the command skipped days, for instance, or resized windows."""
    over = closed(ExecutionStatus.CANCELLED, "hilton", window(1, 20), ago=3 * HOUR, took=6 * HOUR)
    put(world, description(of=over))
    split = AuditRecord(NOW - ago, OPERATOR, "split", Subject("voice-prod", "hilton"), AuditOutcome.DONE)
    await world.journal.record(JournalEntry(audit=(split,)), NOW)
    shown = await status(Status(target="voice-prod/hilton"), world.services)

    assert isinstance(shown, CustomerStatus)
    assert shown.ended_by == ({over.ref: OPERATOR} if is_known else {})


@pytest.mark.parametrize(("why", "is_known"), [(cancel_reason("stuck", OPERATOR), True), ("by hand", False)])
async def test_a_run_that_was_terminated_in_temporal_was_not_ended_by_the_user_of_an_earlier_command(
    world: FakeWorld, why: str, is_known: bool
) -> None:
    over = closed(ExecutionStatus.TERMINATED, "hilton", window(1, 20), ago=3 * HOUR, took=HOUR)
    end = CloseEvent(causes=(Cause(Failure(FailureKind.OTHER, why)),))
    put(world, description(of=replace(over, hints=close_event_hints(end, over, ()))))
    skip = AuditRecord(NOW - 190 * MINUTE, OPERATOR, "cancel", Subject("voice-prod", "hilton"), AuditOutcome.DONE)
    await world.journal.record(JournalEntry(audit=(skip,)), NOW)
    shown = await status(Status(target="voice-prod/hilton"), world.services)

    assert isinstance(shown, CustomerStatus)
    assert shown.ended_by == ({over.ref: OPERATOR} if is_known else {})


async def test_the_fleet_tells_the_last_failure_seen_where_nothing_runs(world: FakeWorld) -> None:
    failed = closed(ExecutionStatus.FAILED, "vivint", CAMPAIGN, run="2")
    world.engines["voice-prod"].descriptions.clear()
    put(world, description(of=failed))
    await world.journal.record(JournalEntry(failures=(seen(4, BOOM, ref=failed.ref),)), NOW)

    (vivint,) = (b for b in (await fleet(world)).open if b.customer == "vivint")
    assert vivint.state is State.FAILED
    assert vivint.latest_missing is not None
    assert [each.attempt for each in vivint.latest_missing.failures] == [4]


async def test_a_customer_of_a_silent_cluster_is_unknown(world: FakeWorld) -> None:
    world.engines["voice-prod"].away = AWAY

    assert isinstance((await one_customer(world, "hilton")).standing, Silent)


async def test_a_customer_without_rows_is_not_applicable_and_nobody_else_is_asked_about() -> None:
    world = small()

    assert (await standing(world, "hilton")).state is State.NOT_APPLICABLE
    assert world.warehouses["voice-prod"].asked_volumes == [("hilton",)]


async def test_a_customer_that_nobody_expects_is_found_where_it_runs(world: FakeWorld) -> None:
    put(world, description(activity(), of=execution("ghost", cluster="chat-prod")))
    shown = await standing(world, "ghost")

    assert (shown.cluster, shown.state, shown.expected) == ("chat-prod", State.RUNNING, False)


async def test_an_unknown_name_is_answered_with_the_nearest_one(world: FakeWorld) -> None:
    with declines("Did you mean hilton"):
        await one_customer(world, "hiltn")


async def test_an_unknown_name_may_be_on_a_cluster_that_did_not_answer(world: FakeWorld) -> None:
    world.engines["chat-prod"].away = AWAY

    with declines("chat-prod did not answer"):
        await one_customer(world, "ghost")


async def test_a_customer_on_two_clusters_is_asked_back() -> None:
    world = FakeWorld(config=config({"a-prod": ("hilton",), "b-prod": ("hilton",)}), now=NOW)

    with declines("a-prod/hilton or b-prod/hilton"):
        await one_customer(world, "hilton")


async def test_a_sequence_is_told_with_its_customer_and_people_by_name(world: FakeWorld) -> None:
    control = world.controls["voice-prod"]
    await control.begin(spec("vivint", started_by=OPERATOR))
    await control.instruct("vivint", Instruction(Order.PAUSE, "U0STRANGER", "lunch"))
    board = await fleet(world)
    shown = await one_customer(world, "vivint")

    assert [standing.id for standing in board.sequences] == ["seq-vivint"]
    assert board.people == shown.people == {OPERATOR: "Olivia", "U0STRANGER": "U0STRANGER"}
    assert isinstance(shown.standing, Backfill)
    assert shown.standing.sequence == board.sequences[0]


async def test_a_customer_of_which_only_a_sequence_is_known_runs(world: FakeWorld) -> None:
    world.engines["voice-prod"].descriptions.clear()
    await world.controls["voice-prod"].begin(spec())

    assert (await standing(world, "hilton")).state is State.RUNNING
    assert world.warehouses["voice-prod"].asked_volumes == []


async def test_sequences_that_cannot_be_asked_about_hide_no_run(world: FakeWorld) -> None:
    world.controls["voice-prod"].away = AWAY
    shown = await one_customer(world, "hilton")

    assert isinstance(shown.standing, Backfill)
    assert (shown.standing.state, shown.sequences_silent) == (State.RUNNING, "connection refused")
    assert [row.sequences_silent for row in (await fleet(world)).answered] == ["connection refused", ""]
