"""What a survey finds out for the queue of a cluster."""

from dataclasses import replace

import pytest

from bot.fleet.queue import state as queue_state
from bot.model import StartOrder
from bot.model.queue import QueueChange, QueueInstruction, Survey
from bot.usecases.queue.survey import survey
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, window
from tests.fleet.queue.builders import BATCH, queue
from tests.usecases.steered import VOICE, completed, fleet


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def surveyed(world: FakeWorld) -> Survey:
    """While the place of sunbit is held."""
    waits = queue(("sunbit", 1), ("cvs", 2))
    held = queue_state.change(waits, QueueInstruction(QueueChange.HOLD, "U0OLIVIA", ("sunbit",)))
    return await survey(VOICE, queue_state.survey_request(held), world.services)


async def test_a_held_place_is_finished_once_a_command_has_run_all_of_its_days(world: FakeWorld) -> None:
    completed(world, "sunbit", window(1, 6))
    before = await surveyed(world)
    completed(world, "sunbit", CAMPAIGN)

    assert before.finished == ()
    assert (await surveyed(world)).finished == (("sunbit", BATCH.id),)


async def test_a_held_place_of_a_campaign_that_is_not_known_is_kept(world: FakeWorld) -> None:
    completed(world, "sunbit", CAMPAIGN)
    gone = replace(BATCH, campaign="march")
    request = replace(queue_state.survey_request(queue()), held=(("sunbit", gone.id),), batches=(gone,))

    assert (await survey(VOICE, request, world.services)).finished == ()


async def test_a_window_that_a_sequence_has_left_behind_is_told_apart_from_the_runs_of_the_team(
    world: FakeWorld,
) -> None:
    await world.controls[VOICE].start(
        StartOrder("backfill-cvs-1", "CustomerBackfill", "backfill", (), {}, token="gone:3")
    )
    found = await surveyed(world)

    assert (found.other_runs, found.left_windows) == (3, 1)
