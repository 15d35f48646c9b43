"""Joins each command to the use-case that answers it and the function that draws the answer: a row each."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.blocks import ack as ack_blocks
from bot.blocks import audit as audit_blocks
from bot.blocks import cancel as cancel_blocks
from bot.blocks import digest as digest_blocks
from bot.blocks import help as help_blocks
from bot.blocks import pause as pause_blocks
from bot.blocks import plan as plan_blocks
from bot.blocks import resume as resume_blocks
from bot.blocks import retry as retry_blocks
from bot.blocks import run as run_blocks
from bot.blocks import snooze as snooze_blocks
from bot.blocks import split as split_blocks
from bot.blocks import status as status_blocks
from bot.blocks import struggling as struggling_blocks
from bot.blocks import terminate as terminate_blocks
from bot.blocks import verify as verify_blocks
from bot.blocks.confirm import Earlier
from bot.commands import (
    Ack,
    Audit,
    Cancel,
    ControlRequest,
    Digest,
    Help,
    Pause,
    Plan,
    Request,
    Resume,
    Retry,
    Run,
    Snooze,
    Split,
    Status,
    Struggling,
    Terminate,
    Verify,
)
from bot.fleet.proposal import Proposal
from bot.message import Message, View
from bot.model import Actor
from bot.services import Services
from bot.usecases.ack import ack
from bot.usecases.audit import audit
from bot.usecases.cancel import cancel
from bot.usecases.digest import digest
from bot.usecases.help import explain
from bot.usecases.pause import pause
from bot.usecases.plan import plan
from bot.usecases.resume import resume
from bot.usecases.retry import retry
from bot.usecases.run import run
from bot.usecases.snooze import snooze
from bot.usecases.split import split
from bot.usecases.status import status
from bot.usecases.struggling import struggling
from bot.usecases.terminate import terminate
from bot.usecases.verify import verify
from handlers.admission import admit
from handlers.naming import named

_C = TypeVar("_C", bound=Request)
_A = TypeVar("_A", bound=ControlRequest)
_R = TypeVar("_R")

Answering = Callable[[Request, Actor, Services], Awaitable[Message]]
Proposing = Callable[[ControlRequest, Actor, Services], Awaitable[Proposal]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row: ``run`` accepts commands of ``command`` only."""

    command: type[Request]
    run: Answering


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


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a command that is confirmed in a dialog: ``propose`` accepts commands of ``command`` only."""

    command: type[ControlRequest]
    propose: Proposing
    ask: Callable[[Proposal, Earlier | None], View]


def asking(
    command_type: type[_A],
    usecase: Callable[[_A, Actor, Services], Awaitable[Proposal]],
    ask: Callable[[Proposal, Earlier | None], View],
) -> Question:
    """Such a row, checked as ``route`` is."""

    async def propose(command: ControlRequest, actor: Actor, services: Services) -> Proposal:
        if not isinstance(command, command_type):
            raise TypeError(f"{type(command).__name__} came to the row of {command_type.__name__}")
        return await usecase(command, actor, services)

    return Question(command_type, propose, ask)


ROUTES: tuple[Route | Question, ...] = (
    route(Help, explain, help_blocks.render),
    route(Status, status, status_blocks.render),
    route(Struggling, struggling, struggling_blocks.render),
    route(Verify, verify, verify_blocks.render),
    route(Plan, plan, plan_blocks.render),
    asking(Run, run, run_blocks.ask),
    asking(Split, split, split_blocks.ask),
    asking(Pause, pause, pause_blocks.ask),
    asking(Resume, resume, resume_blocks.ask),
    asking(Retry, retry, retry_blocks.ask),
    asking(Cancel, cancel, cancel_blocks.ask),
    asking(Terminate, terminate, terminate_blocks.ask),
    route(Ack, ack, ack_blocks.render),
    route(Snooze, snooze, snooze_blocks.render),
    route(Digest, digest, digest_blocks.render),
    route(Audit, audit, audit_blocks.render),
)
_ANSWERS = {row.command: row.run for row in ROUTES if isinstance(row, Route)}
_QUESTIONS = {row.command: row for row in ROUTES if isinstance(row, Question)}


async def answer(command: Request, actor: Actor, services: Services) -> Message:
    """Ask policy, once, then carry the command out and draw its result. Raises BackfillBotError."""
    await admit(command, actor, services)
    return await named(await _ANSWERS[type(command)](command, actor, services), services)


def question_about(command: ControlRequest) -> Question:
    """How this command is confirmed."""
    return _QUESTIONS[type(command)]
