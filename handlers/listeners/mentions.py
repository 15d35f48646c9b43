"""Mentions in channels, and direct messages: they take the same commands as the slash command.

A message gives the bot no trigger to open a dialog with. So a command that a dialog confirms is answered with a
button that opens the dialog, and that only the asker may press.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.blocks import errors, question
from bot.commands import ControlRequest, Reach, Request
from bot.errors import NameMissing
from bot.in_flight import InFlight
from bot.manifest import MENTION
from bot.message import Message
from bot.services import Services
from bot.usecases.subject import subjects_at
from handlers.listeners.authorization import authorize
from handlers.listeners.conversation import Conversation, question_in
from handlers.listeners.deduplication import is_new_delivery
from handlers.listeners.written import WrittenMessage, written_message
from handlers.routes import answer, command_in


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Listen to mentions and messages. The app subscribes only to mentions and direct messages. Any other message
    that arrives is ignored."""
    for event in (MENTION, "message"):
        app.event(event)(partial(on_message, services, in_flight))


async def on_message(services: Services, in_flight: InFlight, body: dict[str, Any]) -> None:
    """Answer a command that a person has written to the bot, and ignore everything else."""
    message = written_message(body)
    if message is None:
        return
    with in_flight.track():
        if await is_new_delivery(f"event {message.event_id}", services, in_flight):
            await _answer(message, services)


async def _answer(message: WrittenMessage, services: Services) -> None:
    async def work() -> Message:
        return await _carried_out(await _command(message, services), message, services)

    await Conversation(question_in(message, services), services).answer(work)


async def _command(message: WrittenMessage, services: Services) -> Request:
    """The command, completed from its thread. A thread is about one customer if its first message names exactly one,
    or reports a group of alerts in which exactly one customer still needs a person. In such a thread, a command that
    lacks its required name is about that customer, and so are status and audit without a name.

    A command about that customer may name no campaign. If the command would then be about the default campaign, it
    gets the campaign of the thread's first message instead. Raises UsageError.
    """
    subjects = await subjects_at(message.thread, services) if message.thread else ()
    if len(subjects) != 1:
        return _command_that_names(message, [str(subject.target) for subject in subjects], services)
    (subject,) = subjects
    name = str(subject.target)
    command = command_in(message.command_text, services.today, name)
    is_about_it = command.reach is Reach.ONE and not command.campaign and getattr(command, "target", "") == name
    return command.model_copy(update={"campaign": subject.campaign}) if is_about_it else command


def _command_that_names(message: WrittenMessage, choices: Sequence[str], services: Services) -> Request:
    """The command. Raises UsageError if the text is no valid command. If only the name is missing, the hint of the
    error lists the ``choices``, if there are any."""
    try:
        return command_in(message.command_text, services.today)
    except NameMissing as exc:
        raise errors.with_choices(exc, choices) from exc


async def _carried_out(command: Request, message: WrittenMessage, services: Services) -> Message:
    if isinstance(command, ControlRequest):
        await authorize(command, message.actor, services)
        return question.render(command, message.actor.user_id)
    return await answer(command, message.actor, services)
