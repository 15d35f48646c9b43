"""Sends the messages that follow an answer: for all who see the answer, and for the asker alone."""

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.message import Message
from handlers.listeners.reply import Fallback, Visibility, deliver


async def follow_with_messages(
    message: Message, respond: AsyncRespond, visibility: Visibility, fallback: Fallback | None
) -> None:
    """Send them. What the response_url refuses goes to the asker, as with the answer itself."""
    if message.follow_up is not None:
        await deliver(respond, message.follow_up, visibility, fallback)
    if message.for_asker is not None:
        await deliver(respond, message.for_asker, Visibility.ASKER, fallback)
