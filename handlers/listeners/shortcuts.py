"""Message shortcuts: commands in the menu of each message. Each acts on the customer that the bot's message is about.

They act on the present state, because the message may be of any age
(https://docs.slack.dev/interactivity/implementing-shortcuts).
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import ValidationError
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.actions import TargetValue
from bot.blocks import shortcuts as shortcut_blocks
from bot.commands import Request, Retry, Split, Verify
from bot.errors import Unavailable
from bot.in_flight import InFlight
from bot.manifest import SHORTCUTS
from bot.message import Message
from bot.services import Services
from bot.usecases.subject import subject_at
from handlers.listeners.dialogs import Asker, answer_or_ask
from handlers.listeners.follow_ups import reply_with_follow_ups
from handlers.listeners.payloads import ShortcutPayload
from handlers.listeners.private_notice import notify_privately
from handlers.listeners.reply import Visibility

# A dialog can be opened within 3 s. Half of that is for the store, to find whom the message is about.
PATIENCE = timedelta(seconds=1.5)

_COMMANDS: Mapping[str, type[Retry | Split | Verify]] = dict(zip(SHORTCUTS, (Retry, Split, Verify), strict=True))


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Listen to all shortcuts of the app."""
    for callback_id in SHORTCUTS:
        app.message_shortcut(callback_id)(partial(on_shortcut, services, in_flight))


async def on_shortcut(
    services: Services, in_flight: InFlight, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond
) -> None:
    """Carry the command out for the message's customer, or say what the shortcut is for. Only the asker sees the
    answer."""
    with in_flight.track():
        await ack()
        payload = ShortcutPayload.read(body)
        fallback = partial(notify_privately, payload.actor.user_id, services)
        answer = partial(_answer, payload, services, in_flight)
        await reply_with_follow_ups(respond, Visibility.ASKER, answer, fallback, services)


async def _answer(payload: ShortcutPayload, services: Services, in_flight: InFlight) -> Message | None:
    command_type = _COMMANDS[payload.callback_id]
    subject = await _subject(payload, services)
    if subject is None:
        return shortcut_blocks.explain(command_type)
    target, campaign = subject
    command: Request = command_type(target=target, campaign=campaign)
    return await answer_or_ask(command, Asker(payload.actor, payload.trigger_id), services, in_flight)


async def _subject(payload: ShortcutPayload, services: Services) -> tuple[str, str] | None:
    """The one customer that the message is about, and the campaign, which is "" if the message names none.

    The store does not keep answers to commands. So if it does not name exactly one customer, the customer is taken
    from the buttons of the message. None if the buttons name no customer, several customers or several campaigns.
    Raises Unavailable if the store does not answer in time.
    """
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            subject = await subject_at(payload.address, services)
    except TimeoutError as exc:
        raise Unavailable("store", "it did not tell in time whom the message is about; try again") from exc
    if subject is not None:
        return str(subject.target), subject.campaign
    named = set(_targets(payload.own_blocks))
    return named.pop() if len(named) == 1 else None


def _targets(node: Any) -> Iterator[tuple[str, str]]:
    """The customers in the values of buttons, each with the campaign, at any depth."""
    if isinstance(node, Mapping):
        if node.get("type") == "button":
            yield from _target_of(node.get("value"))
        yield from _targets(tuple(node.values()))
    elif isinstance(node, list | tuple):
        for inner in node:
            yield from _targets(inner)


def _target_of(value: object) -> Iterator[tuple[str, str]]:
    try:
        about = TargetValue.model_validate_json(str(value))
        yield about.target, about.campaign
    except ValidationError:
        return
