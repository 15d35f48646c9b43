"""A customer that waits in a queue can be stopped by its name, wherever the configuration expects it meanwhile."""

import pytest

from bot.commands import Cancel, ControlRequest, Pause, Terminate
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.proposal import ChangeQueue, Proposal
from bot.fleet.refusals.declined import Declined
from bot.fleet.runs.open_work import ExpectedElsewhere, OpenWork, RunsOnSeveral
from bot.model.queue import QueueChange
from bot.usecases.resolve_several import resolve_several
from handlers.routes import question_about
from tests.fakes.queue import FakeQueue
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import NOW, activity, window
from tests.fleet.queue.builders import queue
from tests.usecases.steered import VOICE, runs

CHAT = "chat-prod"


@pytest.fixture
def world() -> FakeWorld:
    """hilton waits on voice-prod, and is now expected on chat-prod."""
    world = FakeWorld(config({VOICE: ("vivint",), CHAT: ("hilton",)}), now=NOW)
    world.queues[VOICE] = FakeQueue(queue(("hilton", 1), ("vivint", 2)))
    return world


async def proposed(world: FakeWorld, command: ControlRequest) -> Proposal:
    proposal = await question_about(command).propose(command, world.services)
    assert isinstance(proposal, Proposal)
    return proposal


@pytest.mark.parametrize(
    ("kind", "change"),
    [(Cancel, QueueChange.REMOVE), (Terminate, QueueChange.REMOVE), (Pause, QueueChange.HOLD)],
)
@pytest.mark.parametrize("typed", ["hilton", "voice-prod/hilton"])
async def test_its_place_is_found_on_the_cluster_where_it_waits(
    world: FakeWorld, kind: type[ControlRequest], change: QueueChange, typed: str
) -> None:
    proposal = await proposed(world, kind.model_validate({"target": typed}))

    assert proposal.target == Target(VOICE, "hilton")
    assert [(act.change, act.customer) for act in proposal.acts if isinstance(act, ChangeQueue)] == [
        (change, "hilton")
    ]
    assert ExpectedElsewhere(Target(VOICE, "hilton"), (CHAT,)) in proposal.warnings


async def test_one_that_also_runs_elsewhere_is_stopped_nowhere_before_a_cluster_is_named(world: FakeWorld) -> None:
    runs(world, "hilton", window(1, 6), activity(), cluster=CHAT)
    with pytest.raises(Declined) as refused:
        await proposed(world, Cancel(target="hilton"))

    assert isinstance(refused.value.reason, RunsOnSeveral)
    assert OpenWork(Target(VOICE, "hilton"), is_queued=True) in refused.value.reason.work


async def test_one_among_several_names_is_found_too(world: FakeWorld) -> None:
    command = Cancel(target="hilton vivint", names=("hilton", "vivint"))
    resolved = await resolve_several(command, world.services)

    assert resolved.targets == (Target(VOICE, "hilton"), Target(VOICE, "vivint"))
