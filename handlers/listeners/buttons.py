"""Buttons and menus in messages of any age. Who clicks now is who acts, and is asked for permission now."""

import re
from functools import partial
from typing import Any

from pydantic import ValidationError
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.actions import ActionId, command_of
from bot.in_flight import InFlight
from bot.message import Message
from bot.services import Services
from handlers.listeners.dialogs import Asker, answer_or_ask
from handlers.listeners.payloads import ClickPayload
from handlers.listeners.private_notice import notify_privately
from handlers.listeners.reply import Fallback, Visibility, reply

_ANY = re.compile("")


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Listen to every click: one that is not understood gets an answer as well."""
    app.action(ActionId.OPEN)(on_link)
    app.action(_ANY)(partial(on_click, services, in_flight))


async def on_link(ack: AsyncAck) -> None:
    """A button that opens a page reports its click, and only wants to hear that it arrived."""
    await ack()


async def on_click(
    services: Services, in_flight: InFlight, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond
) -> None:
    """Do what was clicked; the channel hears of it in the alert's thread, the person here."""
    # Whoever is acknowledged is answered, even when the bot is asked to stop right then.
    with in_flight.track():
        await ack()
        await reply(respond, Visibility.ASKER, partial(_answer, body, services, in_flight), _instead(body, services))


async def _answer(body: dict[str, Any], services: Services, in_flight: InFlight) -> Message | None:
    payload = ClickPayload.read(body)
    command = command_of(payload.action_id, payload.value)
    return await answer_or_ask(command, Asker(payload.actor, payload.trigger_id), services, in_flight)


def _instead(body: dict[str, Any], services: Services) -> Fallback | None:
    """To whoever clicked; a click that is no click of Slack's has nobody behind it."""
    try:
        return partial(notify_privately, ClickPayload.read(body).actor.user_id, services)
    except ValidationError:
        return None
