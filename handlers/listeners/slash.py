"""The slash command. It is parsed before it is acknowledged, so that a usage error can be the acknowledgement."""

from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.blocks import errors
from bot.commands import SLASH, Purpose, Request
from bot.errors import UsageError
from bot.in_flight import InFlight
from bot.model import Actor
from bot.services import Services
from handlers.listeners.dialogs import Asker, answer_or_ask
from handlers.listeners.payloads import SlashPayload
from handlers.listeners.private_notice import notify_privately
from handlers.listeners.reply import Visibility, reply
from handlers.routes import command_in


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Listen to the one slash command."""
    app.command(SLASH)(partial(on_slash, services, in_flight))


async def on_slash(
    services: Services, in_flight: InFlight, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond
) -> None:
    """Answer what was typed."""
    payload = SlashPayload.read(body)
    try:
        command = command_in(payload.text, _today(services))
    except UsageError as exc:
        told = errors.render(exc)
        await ack(text=told.text, blocks=[dict(block) for block in told.blocks])
        return
    seen_by = visibility(command, payload.actor, services)
    asker = Asker(payload.actor, payload.trigger_id)
    # Whoever is acknowledged is answered, even when the bot is asked to stop right then.
    with in_flight.track():
        await ack()
        instead = partial(notify_privately, payload.actor.user_id, services)
        await reply(respond, seen_by, partial(answer_or_ask, command, asker, services, in_flight), instead)


def visibility(command: Request, actor: Actor, services: Services) -> Visibility:
    """Answers to looking are for all in the team channel; everything else is for who asked (design.md §3)."""
    in_team_channel = actor.channel_id == services.config.slack.channel
    return Visibility.CHANNEL if in_team_channel and command.purpose is Purpose.LOOK else Visibility.ASKER


def _today(services: Services) -> date:
    return services.now().astimezone(ZoneInfo(services.config.campaign.timezone)).date()
