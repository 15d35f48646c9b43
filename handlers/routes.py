"""Joins each command to the use-case that answers it and the function that draws the answer: a row each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.blocks import ack as ack_blocks
from bot.blocks import audit as audit_blocks
from bot.blocks import digest as digest_blocks
from bot.blocks import help as help_blocks
from bot.blocks import plan as plan_blocks
from bot.blocks import snooze as snooze_blocks
from bot.blocks import status as status_blocks
from bot.blocks import struggling as struggling_blocks
from bot.blocks import verify as verify_blocks
from bot.commands import Ack, Audit, Digest, Help, Plan, Request, Snooze, Status, Struggling, Verify
from bot.message import Message
from bot.model import Actor
from bot.services import Services
from bot.usecases.ack import ack
from bot.usecases.audit import audit
from bot.usecases.digest import digest
from bot.usecases.help import explain
from bot.usecases.plan import plan
from bot.usecases.snooze import snooze
from bot.usecases.status import status
from bot.usecases.struggling import struggling
from bot.usecases.verify import verify
from handlers.admission import admit

_C = TypeVar("_C", bound=Request)
_R = TypeVar("_R")

Run = Callable[[Request, Actor, Services], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row: ``run`` accepts commands of ``command`` only."""

    command: type[Request]
    run: Run


def route(
    command_type: type[_C],
    usecase: Callable[[_C, Actor, Services], Awaitable[_R]],
    render: Callable[[_R], Message],
) -> Route:
    """A row whose three parts fit each other: mypy checks every call."""

    async def run(command: Request, actor: Actor, services: Services) -> Message:
        if not isinstance(command, command_type):
            raise TypeError(f"{type(command).__name__} came to the row of {command_type.__name__}")
        return render(await usecase(command, actor, services))

    return Route(command_type, run)


ROUTES = (
    route(Help, explain, help_blocks.render),
    route(Status, status, status_blocks.render),
    route(Struggling, struggling, struggling_blocks.render),
    route(Verify, verify, verify_blocks.render),
    route(Plan, plan, plan_blocks.render),
    route(Ack, ack, ack_blocks.render),
    route(Snooze, snooze, snooze_blocks.render),
    route(Digest, digest, digest_blocks.render),
    route(Audit, audit, audit_blocks.render),
)
_BY_COMMAND = {row.command: row.run for row in ROUTES}


async def answer(command: Request, actor: Actor, services: Services) -> Message:
    """Ask policy, once, then carry the command out and draw its result. Raises BackfillBotError."""
    await admit(command, actor, services)
    return await _BY_COMMAND[type(command)](command, actor, services)
