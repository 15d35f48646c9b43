"""resume: paused sequences of a customer and of a cluster."""

import pytest

from bot.commands import Resume
from bot.model import Instruction, Order
from bot.usecases.control.propose import resume
from tests.fakes.services import FakeWorld
from tests.usecases.steered import OLIVIA, VOICE, acts_of, fleet, sequence
from tests.wording import declines


@pytest.fixture
async def world() -> FakeWorld:
    """sunbit's sequence is paused, that of brinks is running."""
    world = fleet()
    await sequence(world)
    await sequence(world, "brinks")
    await world.controls[VOICE].instruct("sunbit", Instruction(Order.PAUSE, OLIVIA.user_id, "deploy"))
    return world


@pytest.mark.parametrize("target", ["sunbit", VOICE])
async def test_what_is_paused_would_go_on(world: FakeWorld, target: str) -> None:
    assert acts_of(await resume(Resume(target=target), world.services)) == [("Instruct", "sunbit")]


async def test_what_runs_is_not_resumed(world: FakeWorld) -> None:
    with declines("is not paused"):
        await resume(Resume(target="brinks"), world.services)
