"""The registry: one row for each command, read by parsing, suggestions, help, answers and dialogs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from bot.blocks import ack as ack_blocks
from bot.blocks import audit as audit_blocks
from bot.blocks import campaigns as campaigns_blocks
from bot.blocks import digest as digest_blocks
from bot.blocks import help as help_blocks
from bot.blocks import notify as notify_blocks
from bot.blocks import plan as plan_blocks
from bot.blocks import report as report_blocks
from bot.blocks import snooze as snooze_blocks
from bot.blocks import status as status_blocks
from bot.blocks import struggling as struggling_blocks
from bot.blocks import verify as verify_blocks
from bot.blocks.campaigns import with_campaign
from bot.commands import (
    AlertRequest,
    ControlRequest,
    PagedRequest,
    Reach,
    Reader,
    Request,
    activities,
    alerts,
    control,
    parse,
    queries,
)
from bot.commands import campaign as campaigning
from bot.commands import notify as notifying
from bot.fleet.proposals.bulk import BulkProposal
from bot.fleet.proposals.campaigns import within
from bot.fleet.proposals.context import ProposalContext, StartContext
from bot.fleet.proposals.pause_resume import propose_pause, propose_resume
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.terminate import propose_terminate
from bot.message import Message
from bot.model import Actor
from bot.outgoing.display_names import with_display_names
from bot.services import Services
from bot.usecases.ack import ack
from bot.usecases.audit import audit
from bot.usecases.campaigns.campaigns import campaigns
from bot.usecases.campaigns.change import campaign
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.campaigns.every import over_campaigns, propose_in_all
from bot.usecases.control import propose
from bot.usecases.control.candidates import to_start, to_stop
from bot.usecases.control.confirm_bulk import BulkAction, start_each
from bot.usecases.control.enqueue import start_or_enqueue
from bot.usecases.control.propose_bulk import propose_bulk
from bot.usecases.control.reset import reset
from bot.usecases.control.retry import judge_retry, retry
from bot.usecases.control.timeout import timeout
from bot.usecases.digest import digest
from bot.usecases.notify import notify
from bot.usecases.open_alert import located
from bot.usecases.plan import plan
from bot.usecases.report import report
from bot.usecases.snooze import snooze
from bot.usecases.status import status
from bot.usecases.struggling import struggling
from bot.usecases.verify import verify
from handlers.listeners.authorization import authorize

_Q = TypeVar("_Q", bound=Request)
_P = TypeVar("_P", bound=PagedRequest)
_C = TypeVar("_C", bound=ControlRequest)
_R = TypeVar("_R")
# Reads a command from the words after the subcommand, and from today's date.
_Read = Callable[[Sequence[str], date], _Q]


@dataclass(frozen=True, slots=True)
class Answer:
    """The row of a command that is answered at once. ``run`` accepts only commands of the type ``command``."""

    command: type[Request]
    read: Reader
    run: Callable[[Request, Actor, Services], Awaitable[Message]]


@dataclass(frozen=True, slots=True)
class Question:
    """The registry's row for a command that takes effect only after a person has confirmed it in a dialog.
    ``propose`` accepts only commands of the type ``command``.

    ``bulk`` is set for a command that takes several customers at once.
    """

    command: type[ControlRequest]
    read: Reader
    propose: Callable[[ControlRequest, Services], Awaitable[Proposal | BulkProposal]]
    bulk: BulkAction | None = None


def reads(
    command_type: type[_Q],
    read: _Read[_Q],
    usecase: Callable[[_Q, Services], Awaitable[_R]],
    render: Callable[[_R], Message],
) -> Answer:
    """The entry in ``ROUTES`` for a command that only reads. Its use-case does not learn who asks."""

    async def run(command: Request, _actor: Actor, services: Services) -> Message:
        own, limited = await in_its_campaign(_narrowed(command, command_type), services)
        return with_campaign(render(await usecase(own, limited)), limited.view)

    return Answer(command_type, read, run)


def lists(
    command_type: type[_P],
    read: _Read[_P],
    usecase: Callable[[_P, Services], Awaitable[_R]],
    render: Callable[[_R, _P], Message],
) -> Answer:
    """As ``reads``, for a command whose answer may have further pages. The buttons of these pages carry the
    command."""

    async def run(command: Request, _actor: Actor, services: Services) -> Message:
        own, limited = await in_its_campaign(_narrowed(command, command_type), services)
        return with_campaign(render(await usecase(own, limited), own), limited.view)

    return Answer(command_type, read, run)


def records(
    command_type: type[_Q],
    read: _Read[_Q],
    usecase: Callable[[_Q, Actor, Services], Awaitable[_R]],
    render: Callable[[_R], Message],
) -> Answer:
    """The row of a command that changes only the bot's own records. Its use-case learns who asks."""

    async def run(command: Request, actor: Actor, services: Services) -> Message:
        own, limited = await in_its_campaign(_narrowed(command, command_type), services)
        if isinstance(own, AlertRequest):
            episode, cluster = await located(own, actor, limited)
            await authorize(own, actor, services, {cluster})
            own = own.model_copy(update={"episode": episode})
        return with_campaign(render(await usecase(own, actor, limited)), limited.view)

    return Answer(command_type, read, run)


def asks(
    command_type: type[_C],
    read: _Read[_C],
    usecase: Callable[[_C, Services], Awaitable[Proposal | BulkProposal]],
    bulk: BulkAction | None = None,
) -> Question:
    """The row of a command that takes effect only once it is confirmed: a dialog shows its proposal first
    (``bot.blocks.confirm``).

    With ``bulk``, a command about several customers, named or as a group, has one dialog about all of them
    (``bot.blocks.bulk``).
    """

    async def propose_one(command: ControlRequest, services: Services) -> Proposal | BulkProposal:
        return await usecase(_narrowed(command, command_type), services)

    async def propose(command: ControlRequest, services: Services) -> Proposal | BulkProposal:
        own, limited = await in_its_campaign(command, services)
        if bulk and own.is_bulk:
            return within(await propose_bulk(own, bulk.gather, limited), limited.view)
        if own.reach is Reach.ALL and not own.campaign:
            return await propose_in_all(own, propose_one, services)
        return within(await propose_one(own, limited), limited.view)

    return Question(command_type, read, propose, bulk)


def each_starts(command_type: type[_C], judge: Callable[[_C, StartContext], Proposal]) -> BulkAction:
    """The bulk form of a command that starts windows. Each customer's proposal is carried out as if it had been
    confirmed alone."""
    return BulkAction(over_campaigns(to_start(command_type, judge)), start_each)


def each_stops(command_type: type[_C], judge: Callable[[_C, ProposalContext], Proposal]) -> BulkAction:
    """The bulk form of a command that stops or steers customers. Each customer's proposal is carried out as if it had
    been confirmed alone."""
    return BulkAction(over_campaigns(to_stop(command_type, judge)), start_each)


def _narrowed(command: Request, command_type: type[_Q]) -> _Q:
    if not isinstance(command, command_type):
        raise TypeError(f"{type(command).__name__} came to the row of {command_type.__name__}")
    return command


async def explain(command: queries.Help, _services: Services) -> Sequence[type[Request]]:
    """The commands that help lists: all, or only the one that was asked about."""
    return [listed for listed in COMMANDS if command.topic in ("", listed.word())]


_TERMINATE = each_stops(control.Terminate, propose_terminate)
_RUN = BulkAction(over_campaigns(propose.gather_run), start_or_enqueue)

# Help and docs/commands.md have this order.
ROUTES: tuple[Answer | Question, ...] = (
    reads(queries.Help, queries.read_help, explain, help_blocks.render),
    lists(queries.Status, queries.read_status, status, status_blocks.render),
    lists(queries.Struggling, queries.read_struggling, struggling, struggling_blocks.render),
    lists(queries.Verify, queries.read_verify, verify, verify_blocks.render),
    lists(queries.Plan, queries.read_plan, plan, plan_blocks.render),
    asks(control.Run, control.read_run, propose.run_or_queue, _RUN),
    asks(control.Split, control.read_split, propose.split, each_starts(control.Split, propose.judge_split)),
    asks(control.Pause, control.read_pause, propose.pause, each_stops(control.Pause, propose_pause)),
    asks(control.Resume, control.read_resume, propose.resume, each_stops(control.Resume, propose_resume)),
    asks(control.Retry, control.read_retry, retry, each_starts(control.Retry, judge_retry)),
    asks(control.Cancel, control.read_cancel, propose.cancel, each_stops(control.Cancel, propose.judge_cancel)),
    asks(control.Terminate, control.read_terminate, propose.terminate, _TERMINATE),
    asks(activities.Timeout, activities.read_timeout, timeout),
    asks(activities.Reset, activities.read_reset, reset),
    records(alerts.Ack, alerts.read_ack, ack, ack_blocks.render),
    records(alerts.Snooze, alerts.read_snooze, snooze, snooze_blocks.render),
    records(notifying.Notify, notifying.read_notify, notify, notify_blocks.render),
    asks(campaigning.Campaign, campaigning.read_campaign, campaign),
    reads(queries.Campaigns, queries.read_campaigns, campaigns, campaigns_blocks.render),
    reads(queries.Digest, queries.read_digest, digest, digest_blocks.render),
    reads(queries.Report, queries.read_report, report, report_blocks.render),
    reads(queries.Audit, queries.read_audit, audit, audit_blocks.render),
)
COMMANDS = tuple(row.command for row in ROUTES)
_READERS = {row.command.word(): row.read for row in ROUTES}
_ANSWERS = {row.command: row.run for row in ROUTES if isinstance(row, Answer)}
_QUESTIONS = {row.command: row for row in ROUTES if isinstance(row, Question)}


def command_in(text: str, today: date, subject: str = "") -> Request:
    """The command that was typed. Unless ``subject`` is "", it takes the place of a missing name: in a command that
    needs a name, and in status and audit. Raises UsageError."""
    return parse(text, today, _READERS, subject)


async def answer(command: Request, actor: Actor, services: Services) -> Message:
    """Authorize the command, carry it out, and render its result. Raises BackfillBotError."""
    await authorize(command, actor, services)
    return await with_display_names(await _ANSWERS[type(command)](command, actor, services), services)


def question_about(command: ControlRequest) -> Question:
    """The registry's row for ``command``. A person has to confirm such a command in a dialog."""
    return _QUESTIONS[type(command)]
