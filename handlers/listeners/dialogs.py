"""Dialogs: opened from a click or command before anything else is looked at, then shown what there is to confirm."""

from dataclasses import dataclass
from functools import partial

from bot.blocks import confirm
from bot.commands import ControlRequest, Request
from bot.errors import BackfillBotError, Conflict, DependencyError, NotFound, UsageError
from bot.in_flight import InFlight
from bot.message import Message, View
from bot.model import Actor
from bot.services import Services
from handlers.listeners.authorization import authorize
from handlers.listeners.deduplication import is_new_delivery
from handlers.listeners.private_notice import with_retries
from handlers.listeners.reply import guarded
from handlers.routes import answer, question_about


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something, and the trigger that lets the bot open a dialog, within 3 seconds and once."""

    actor: Actor
    trigger: str


async def answer_or_ask(command: Request, asker: Asker, services: Services, in_flight: InFlight) -> Message | None:
    """What to say to a command; None where a dialog says it, or the same delivery is answered already.
    Raises BackfillBotError."""
    if isinstance(command, ControlRequest):
        # A trigger opens one dialog: of two deliveries the second one finds it used, and nobody has to ask before.
        await ask(command, asker, services)
        return None
    if not await is_new_delivery(f"trigger {asker.trigger}", services, in_flight):
        return None
    return await answer(command, asker.actor, services)


async def ask(command: ControlRequest, asker: Asker, services: Services) -> None:
    """Show what the command would do, to be confirmed. Raises BackfillBotError when no dialog can tell."""
    view_id = await _opened(command, asker.trigger, services)
    if view_id:
        fill = partial(_fill, view_id, command, asker.actor, services)
        await guarded(fill, partial(_tell, view_id, services))


async def show(view_id: str, view: View, services: Services) -> None:
    """Show it in the dialog; a Slack that is busy is waited for, within bounds. Raises NotFound when it is closed."""
    await with_retries(lambda: services.modals.update(view_id, view))


async def _opened(command: ControlRequest, trigger: str, services: Services) -> str:
    """The id of the dialog; "" when another delivery of the same has opened it."""
    try:
        return await services.modals.open(trigger, confirm.looking(command.word()))
    except Conflict:
        return ""
    except DependencyError as exc:
        raise UsageError(
            f"The dialog did not open: {exc}.",
            "Press the button or type the command again; a dialog that only says that it is looking can be closed.",
        ) from exc


async def _fill(view_id: str, command: ControlRequest, actor: Actor, services: Services) -> None:
    await authorize(command, actor, services)
    proposal = await question_about(command).propose(command, services)
    await _show_if_open(view_id, confirm.ask(proposal), services)


async def _tell(view_id: str, services: Services, problem: BackfillBotError) -> None:
    await _show_if_open(view_id, confirm.problem(problem), services)


async def _show_if_open(view_id: str, view: View, services: Services) -> None:
    """Who closes the dialog before it asks has said no: there is nothing more to say."""
    try:
        await show(view_id, view, services)
    except NotFound:
        return
