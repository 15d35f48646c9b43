"""windows_at_once in the configuration counts in every time until the last of many customers is done."""

import pytest

from bot.commands import Report, Run
from bot.fleet.proposals.bulk import BulkProposal
from bot.usecases.board import board_of_fleet
from bot.usecases.control.context import sequence_settings
from bot.usecases.control.propose import run_or_queue
from bot.usecases.report import report
from tests.fakes.services import FakeWorld, config
from tests.usecases.steered import VOICE, fleet


@pytest.fixture
def world() -> FakeWorld:
    """Two windows at once on each cluster."""
    world = fleet()
    world.config = config(
        {name: each.customers for name, each in world.config.clusters.items()}, control={"windows_at_once": 2}
    )
    return world


async def test_every_answer_with_a_time_for_many_customers_has_the_slots_of_each_cluster(world: FakeWorld) -> None:
    slots = {VOICE: 2, "chat-prod": 2}
    bulk = await run_or_queue(Run(target=VOICE), world.services)

    assert isinstance(bulk, BulkProposal)
    assert bulk.slots == slots
    assert (await board_of_fleet(world.services)).slots == slots
    assert (await report(Report(), world.services)).slots == slots
    assert sequence_settings(world.services).slots == slots
