"""Acknowledging an open alert."""

from dataclasses import replace

import pytest

from bot.commands import Ack
from bot.errors import UsageError
from bot.model import Actor, Ending
from bot.usecases.ack import ack
from tests.fakes.episodes import episode
from tests.fakes.services import CHANNEL, GROUP_OPERATOR, NOW, OPERATOR, TEAM, FakeWorld

OLIVIA = Actor(OPERATOR, TEAM, CHANNEL)
OSCAR = Actor(GROUP_OPERATOR, TEAM, CHANNEL)


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    hilton = episode()
    world.journal.episodes[hilton.id] = hilton
    return world


@pytest.mark.parametrize("command", [Ack(target="Hilton"), Ack(episode="id-voice-prod-hilton")])
async def test_an_alert_is_acknowledged_by_name_or_by_button(world: FakeWorld, command: Ack) -> None:
    result = await ack(command, OLIVIA, world.services)

    assert result.already_by == ""
    assert world.journal.episodes[result.episode.id].acked_by == OPERATOR
    assert world.journal.episodes[result.episode.id].changed_at == NOW


async def test_the_message_and_the_thread_are_told(world: FakeWorld) -> None:
    result = await ack(Ack(target="hilton"), OLIVIA, world.services)

    assert list(world.outbox.speeches) == [result.episode.root_key, f"{result.episode.root_key}:ack"]


async def test_a_second_person_hears_whose_it_is_and_nothing_changes(world: FakeWorld) -> None:
    await ack(Ack(target="hilton"), OLIVIA, world.services)
    said = dict(world.outbox.speeches)

    result = await ack(Ack(target="hilton"), OSCAR, world.services)

    assert result.already_by == OPERATOR
    assert world.outbox.speeches == said


async def test_an_alert_that_is_over_cannot_be_acknowledged(world: FakeWorld) -> None:
    over = replace(episode(), ending=Ending.COMPLETED, ended_at=NOW)
    world.journal.episodes[over.id] = over

    with pytest.raises(UsageError, match="The alert about hilton is over: completed"):
        await ack(Ack(episode=over.id), OLIVIA, world.services)


async def test_a_button_of_an_unknown_alert_is_told(world: FakeWorld) -> None:
    with pytest.raises(UsageError, match="not known any more"):
        await ack(Ack(episode="gone"), OLIVIA, world.services)
