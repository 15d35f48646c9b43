"""A store that does not answer: what it alone knows is unknown in every answer, and never counts as not complete.

Of five customers the run history has two complete ones that Temporal has removed. Temporal still lists a complete one
and one whose window runs. The source has no rows of the fifth.
"""

import asyncio
from dataclasses import dataclass
from datetime import date

import pytest

from bot.blocks.digest import render as draw_digest
from bot.blocks.status import render as draw_status
from bot.commands import Digest, Status
from bot.errors import Unavailable
from bot.fleet.notifications.notification import DigestCard, parse
from bot.fleet.status.answer import CustomerStatus, FleetStatus
from bot.fleet.status.backfill import Backfill, Stop
from bot.fleet.status.board import Board
from bot.fleet.status.fleet_eta import FleetEta
from bot.model import ExecutionStatus, JournalEntry, RecordedRuns, State
from bot.usecases.digest import announce, digest
from bot.usecases.status import status
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.ledger import FakeLedger
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, description, execution, window

CUSTOMERS = ("hilton", "vivint", "spirit", "marriott", "idle")


@dataclass
class LockedLedger(FakeLedger):
    """Never answers, as if its database were locked."""

    async def recall(self, cluster: str) -> RecordedRuns:
        await asyncio.Event().wait()
        return await super().recall(cluster)


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld(config({"voice-prod": CUSTOMERS}, watch={"time_limit": "10s"}), now=NOW)
    for customer in ("hilton", "vivint"):
        done = closed(ExecutionStatus.COMPLETED, customer, CAMPAIGN)
        world.ledger.executions[done.ref] = done
    engine = world.engines["voice-prod"]
    engine.put(description(of=closed(ExecutionStatus.COMPLETED, "spirit", CAMPAIGN)))
    engine.put(description(of=closed(ExecutionStatus.COMPLETED, "marriott", window(1, 6))))
    engine.put(description(activity(), of=execution("marriott", window(6, 11))))
    days = {date(2026, 1, 1): 1_000}
    world.warehouses["voice-prod"].volume = dict.fromkeys(("hilton", "vivint", "spirit", "marriott"), days)
    return world


def silence(world: FakeWorld) -> None:
    world.ledger.away = Unavailable("store", "the database is locked")


async def board_of(world: FakeWorld) -> Board:
    answer = await status(Status(), world.services)
    assert isinstance(answer, FleetStatus)
    return answer.board


def states(board: Board) -> dict[str, State]:
    return {backfill.customer: backfill.state for row in board.answered for backfill in row.customers}


async def test_with_the_store_all_is_known(world: FakeWorld) -> None:
    board = await board_of(world)

    assert (board.complete, len(board.open), board.unknown, board.total) == (3, 1, 0, 4)


async def test_without_it_only_what_temporal_shows_is_known(world: FakeWorld) -> None:
    silence(world)
    board = await board_of(world)

    assert (board.complete, len(board.open), board.unknown, board.total) == (1, 1, 2, 4)
    assert states(board) == {
        "hilton": State.UNKNOWN,
        "vivint": State.UNKNOWN,
        "spirit": State.COMPLETE,
        "marriott": State.RUNNING,
        "idle": State.NOT_APPLICABLE,
    }


@on_idle_clock
async def test_a_store_that_is_too_slow_is_as_one_that_is_away(world: FakeWorld) -> None:
    world.ledger = LockedLedger()
    board = await board_of(world)

    assert (board.complete, len(board.open), board.unknown, board.total) == (1, 1, 2, 4)


async def test_nothing_is_derived_from_days_that_only_seem_to_be_missing(world: FakeWorld) -> None:
    silence(world)
    (marriott,) = (await board_of(world)).open

    assert (marriott.windows, marriott.left) == (None, None)


async def test_a_failed_window_may_have_been_completed_since(world: FakeWorld) -> None:
    failed = closed(ExecutionStatus.FAILED, "hilton", CAMPAIGN, ago=3 * HOUR)
    world.engines["voice-prod"].put(description(of=failed))
    silence(world)

    assert states(await board_of(world))["hilton"] is State.UNKNOWN


async def test_a_cluster_that_has_answered_is_told_although_nobody_knows_who_stopped_the_work(
    world: FakeWorld,
) -> None:
    failed = closed(ExecutionStatus.FAILED, "idle", CAMPAIGN, ago=3 * HOUR)
    world.engines["voice-prod"].put(description(of=failed))
    world.journal.away = Unavailable("store", "the database is locked")
    board = await board_of(world)
    (idle,) = (each for each in board.open if each.customer == "idle")

    assert len(board.answered) == 1
    assert idle.stop == Stop(NOW - 3 * HOUR)


async def test_a_customer_asked_for_is_unknown_too(world: FakeWorld) -> None:
    silence(world)
    answer = await status(Status(target="hilton"), world.services)
    assert isinstance(answer, CustomerStatus)
    assert isinstance(answer.standing, Backfill)

    assert answer.standing.state is State.UNKNOWN


async def test_the_headlines_count_what_is_unknown(world: FakeWorld) -> None:
    silence(world)
    shown = draw_status(await status(Status(), world.services), Status()).text.splitlines()
    digested = draw_digest(await digest(Digest(), world.services)).text.splitlines()

    assert shown[0].startswith("At least 1 of 4 customers complete")
    assert digested[0].startswith("Digest: At least 1 of 4 customers complete · 2 unknown.")


async def test_a_scheduled_digest_counts_it_as_well_and_gives_no_end_of_what_is_not_known(world: FakeWorld) -> None:
    await world.journal.record(JournalEntry(seen={"voice-prod": NOW - HOUR}), NOW)
    silence(world)
    await announce(NOW, world.services)
    (row,) = world.outbox.messages.values()
    card = parse(row.message.body)
    assert isinstance(card, DigestCard)
    names = ("voice-prod/marriott", "voice-prod/hilton", "voice-prod/vivint")

    assert (card.digest.complete, card.digest.total, card.digest.unknown) == (1, 4, 2)
    assert card.digest.eta == FleetEta(unknown=names)
    assert [(line.stands, line.open) for line in card.digest.clusters] == [("≥1/4", "1 open, 2 unknown")]
