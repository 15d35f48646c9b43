"""Dialogs: opened at once from a click or command, and then filled with the proposal to confirm.

A trigger is valid for 3 s, which is too short to look at clusters first.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from bot.blocks import bulk, bulk_plan, confirm, documents
from bot.commands import ControlRequest, Request
from bot.errors import BackfillBotError, Conflict, DependencyError, NotFound, UsageError
from bot.fleet.proposals.bulk import BulkProposal, dump
from bot.in_flight import InFlight
from bot.message import Message, View
from bot.model import Actor
from bot.services import Services
from handlers.listeners.authorization import authorize
from handlers.listeners.deduplication import is_new_delivery
from handlers.listeners.private_notice import notify_privately, with_retries
from handlers.listeners.reply import report_errors
from handlers.routes import answer, question_about

# Shows something in the dialog with this id.
Fill = Callable[[str], Awaitable[None]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asker:
    """The person who asks, and the trigger with which the bot may open one dialog within 3 seconds."""

    actor: Actor
    trigger: str


async def answer_or_ask(command: Request, asker: Asker, services: Services, in_flight: InFlight) -> Message | None:
    """The answer to a command; None if a dialog shows it, or if the same delivery was answered already. Raises
    BackfillBotError."""
    if isinstance(command, ControlRequest):
        # No deduplication in the store: a trigger opens only one dialog, so a repeated delivery finds it used.
        await ask(command, asker, services)
        return None
    if not await is_new_delivery(f"trigger {asker.trigger}", services, in_flight):
        return None
    return await answer(command, asker.actor, services)


async def ask(command: ControlRequest, asker: Asker, services: Services) -> None:
    """Open a dialog that shows what the command would do, or why it cannot. Raises BackfillBotError if the dialog
    does not open."""

    async def show_proposal(view_id: str) -> None:
        await propose_in(view_id, command, asker.actor, services)

    await open_dialog(command.word(), asker.trigger, show_proposal, services)


async def open_dialog(word: str, trigger: str, fill: Fill, services: Services) -> None:
    """Open a dialog about the command ``word``, and fill it. Raises BackfillBotError if it does not open."""
    view_id = await _open(word, trigger, services)
    if view_id:
        await fill_dialog(view_id, fill, services)


async def fill_dialog(view_id: str, fill: Fill, services: Services) -> None:
    """Fill an open dialog. Whatever goes wrong is shown in it, and nothing is raised."""
    await report_errors(partial(fill, view_id), partial(_show_problem, view_id, services))


async def show(view_id: str, view: View, services: Services) -> None:
    """Update the dialog, with retries while Slack is busy. Raises NotFound if it was closed."""
    await with_retries(lambda: services.modals.update(view_id, view))


async def _open(word: str, trigger: str, services: Services) -> str:
    """The id of the new dialog; "" if another delivery of the same trigger has opened it. Raises UsageError if it did
    not open."""
    try:
        return await services.modals.open(trigger, confirm.loading(word))
    except Conflict:
        return ""
    except DependencyError as exc:
        raise UsageError(
            f"The dialog did not open: {exc}.",
            "Press the button or type the command again; a dialog that only says that it is looking can be closed.",
        ) from exc


async def propose_in(view_id: str, command: ControlRequest, actor: Actor, services: Services) -> None:
    """Show in an open dialog what the command would do. Raises BackfillBotError if it cannot."""
    await authorize(command, actor, services)
    proposal = await question_about(command).propose(command, services)
    await authorize(command, actor, services, proposal.clusters)
    if isinstance(proposal, BulkProposal):
        await keep(view_id, proposal, services)
        await show_if_open(view_id, bulk.ask(proposal), services)
        if not proposal.has_rows:
            await _send_plan(proposal, actor, services)
    else:
        await show_if_open(view_id, confirm.ask(proposal), services)


async def _send_plan(proposal: BulkProposal, actor: Actor, services: Services) -> None:
    """Send the plan of all customers to the person as a file, or say why it did not arrive."""
    try:
        await services.files.send(actor.user_id, bulk_plan.whole_plan(proposal))
    except DependencyError as exc:
        _log.warning("plan not sent", user=actor.user_id, reason=str(exc))
        await notify_privately(actor.user_id, services, documents.without_plan(exc))


async def keep(view_id: str, proposal: BulkProposal, services: Services) -> None:
    """Store what the dialog is about to show, so that its submission finds it. Raises DependencyError."""
    await services.dialogs.keep(view_id, dump(proposal.kept), services.now())


async def _show_problem(view_id: str, services: Services, problem: BackfillBotError) -> None:
    await show_if_open(view_id, confirm.problem(problem), services)


async def show_if_open(view_id: str, view: View, services: Services) -> None:
    """Update the dialog. Does nothing if the person has closed it: whoever closes a dialog cancels."""
    try:
        await show(view_id, view, services)
    except NotFound:
        return
