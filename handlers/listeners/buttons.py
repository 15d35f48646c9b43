"""Buttons and menus in messages of any age. Whoever clicks is the actor, and is authorized at the click."""

import re
from functools import partial
from typing import Any

from pydantic import ValidationError
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.actions import ActionId, command_of
from bot.bulk_fields import FIELD
from bot.dialog_button import DialogButtonValue
from bot.errors import NotAllowed
from bot.in_flight import InFlight
from bot.message import Message
from bot.services import Services
from handlers.listeners.dialogs import Asker, answer_or_ask
from handlers.listeners.follow_ups import reply_with_follow_ups
from handlers.listeners.payloads import ClickPayload
from handlers.listeners.private_notice import notify_privately
from handlers.listeners.reply import Fallback, Visibility

OF_ANOTHER = "This button is for the person who asked. Type the command yourself to get a dialog of your own."

_ANY_ACTION = re.compile("")
_ANY_BULK_FIELD = re.compile(f"^{re.escape(FIELD)}")


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Listen to every click; an unknown one gets an answer too."""
    app.action(ActionId.OPEN)(on_ignored)
    app.action(_ANY_BULK_FIELD)(on_ignored)
    app.action(_ANY_ACTION)(partial(on_click, services, in_flight))


async def on_ignored(ack: AsyncAck) -> None:
    """Acknowledge a button that opens a page, or a field of a dialog. Slack reports these, but they need no
    answer."""
    await ack()


async def on_click(
    services: Services, in_flight: InFlight, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond
) -> None:
    """Carry the click out. The person gets the answer; the channel sees the effect in the alert's thread."""
    # The click counts as in flight before it is acknowledged. So a bot that is asked to stop in between still
    # answers.
    with in_flight.track():
        await ack()
        answer = partial(_answer, body, services, in_flight)
        await reply_with_follow_ups(respond, Visibility.ASKER, answer, _fallback(body, services), services)


async def _answer(body: dict[str, Any], services: Services, in_flight: InFlight) -> Message | None:
    payload = ClickPayload.read(body)
    command = command_of(payload.action_id, payload.value)
    if payload.action_id == ActionId.DIALOG:
        _check_asker(DialogButtonValue.model_validate_json(payload.value), payload)
    return await answer_or_ask(command, Asker(payload.actor, payload.trigger_id), services, in_flight)


def _check_asker(button: DialogButtonValue, payload: ClickPayload) -> None:
    if button.by != payload.actor.user_id:
        raise NotAllowed(OF_ANOTHER)


def _fallback(body: dict[str, Any], services: Services) -> Fallback | None:
    """A private message to whoever clicked; None for a payload that names nobody."""
    try:
        return partial(notify_privately, ClickPayload.read(body).actor.user_id, services)
    except ValidationError:
        return None
