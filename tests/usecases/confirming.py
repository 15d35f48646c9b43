"""Helpers that confirm the proposal just shown, on fakes, and read the result."""

from typing import Any

from bot.blocks import audit_wording
from bot.commands import ControlRequest
from bot.fleet.notifications.notification import parse
from bot.fleet.proposals.proposal import Changed, ExecutedProposal, Proposal
from bot.message import Message
from bot.model import (
    Actor,
    Address,
    JournalEntry,
    OutboxMessage,
    SequenceSpec,
)
from bot.usecases.control.confirm import Propose, confirm_proposal
from tests.fakes.control import FakeControl
from tests.fakes.services import FakeWorld
from tests.fleet.builders import NOW
from tests.usecases.steered import OLIVIA, VOICE

WHY = "it times out on heartbeat"


async def shown(world: FakeWorld, propose: Propose, command: ControlRequest) -> Proposal:
    return await propose(command, world.services)


async def confirmed(
    world: FakeWorld, propose: Propose, command: ControlRequest, actor: Actor = OLIVIA
) -> ExecutedProposal | Changed:
    """Confirms the proposal as soon as it is shown."""
    digest = (await shown(world, propose, command)).digest
    return await confirm_proposal(propose, command, digest, WHY, actor, world.services)


async def done(world: FakeWorld, propose: Propose, command: ControlRequest) -> ExecutedProposal:
    result = await confirmed(world, propose, command)
    assert isinstance(result, ExecutedProposal)
    return result


def open_spec(world: FakeWorld, customer: str = "hilton") -> SequenceSpec:
    return world.controls[VOICE].states[customer].spec


def problems(result: ExecutedProposal | Changed) -> list[str]:
    assert isinstance(result, ExecutedProposal)
    return [audit_wording.problem(act.problem) if act.problem else "" for act in result.done]


async def post_message(world: FakeWorld, key: str) -> Address:
    """Records and posts a message with this key."""
    await world.journal.record(JournalEntry(messages=(OutboxMessage(key, "{}"),)), NOW)
    address = await world.channel.post(Message("it struggles"), key)
    await world.outbox.done(key, 1, address)
    return address


def replace_control(world: FakeWorld, kind: type[FakeControl]) -> Any:
    """Replaces the control of the cluster."""
    world.controls[VOICE] = kind(VOICE, world.engines[VOICE], lambda: world.now)
    return world.controls[VOICE]


def notifications(world: FakeWorld) -> list[Any]:
    return [parse(row.message.body) for row in world.outbox.messages.values() if row.message.body != "{}"]
