"""The slash command. Parsing comes before the acknowledgement, so that a usage error can be the acknowledgement."""

from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.blocks import choose_name
from bot.commands import SLASH, Purpose, Request
from bot.errors import UsageError
from bot.in_flight import InFlight
from bot.message import Message
from bot.model import Actor
from bot.name_choice import NameChoice
from bot.services import Services
from handlers.listeners.dialogs import Asker, answer_or_ask
from handlers.listeners.follow_ups import reply_with_follow_ups, with_file_sent
from handlers.listeners.payloads import SlashPayload
from handlers.listeners.private_notice import notify_privately
from handlers.listeners.reply import Visibility
from handlers.routes import command_in


def register(app: AsyncApp, services: Services, in_flight: InFlight) -> None:
    """Listen to the slash command; the bot has one."""
    app.command(SLASH)(partial(on_slash, services, in_flight))


async def on_slash(
    services: Services, in_flight: InFlight, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond
) -> None:
    """Answer the command that was typed."""
    payload = SlashPayload.read(body)
    try:
        command = command_in(payload.text, services.today)
    except UsageError as exc:
        message = choose_name.refusal(exc, NameChoice(text=payload.text))
        await ack(text=message.text, blocks=[dict(block) for block in message.blocks])
        return
    visible_to = visibility(command, payload.actor, services)
    asker = Asker(payload.actor, payload.trigger_id)
    # The command counts as in flight before it is acknowledged. So a bot that is asked to stop in between still
    # answers.
    with in_flight.track():
        await ack()
        fallback = partial(notify_privately, payload.actor.user_id, services)

        async def answer() -> Message | None:
            message = await answer_or_ask(command, asker, services, in_flight)
            return await with_file_sent(message, visible_to, payload.actor, services)

        await reply_with_follow_ups(respond, visible_to, answer, fallback, services)


def visibility(command: Request, actor: Actor, services: Services) -> Visibility:
    """Who sees the answer: everybody, if the command only reads and was typed in the team channel; otherwise the
    asker alone."""
    in_team_channel = actor.channel_id == services.config.slack.channel
    return Visibility.CHANNEL if in_team_channel and command.purpose is Purpose.READ else Visibility.ASKER
