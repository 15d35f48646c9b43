"""The local Slack's strict gate, for whatever is drawn: it refuses what Slack refuses."""

from bot.message import Message
from sandbox.slack.gate import MessageArguments, check_message


def taken_by_slack(message: Message) -> Message:
    """The same message, once the gate has taken it, also as an answer that only the asker sees."""
    check_message(MessageArguments(text=message.text, blocks=list(message.blocks), text_limit=4_000))
    return message
