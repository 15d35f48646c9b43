"""The local Slack's strict gate, for whatever is drawn: it refuses what Slack refuses."""

from bot.adapters.slack.modals import view_json
from bot.message import Message, View
from local_slack.validation import (
    MessageArguments,
    Surface,
    check_message,
    check_view,
)


def taken_by_slack(message: Message) -> Message:
    """The same message, once the gate has taken it, also as an answer that only the asker sees."""
    check_message(MessageArguments(text=message.text, blocks=list(message.blocks), text_limit=4_000))
    return message


def shown_by_slack(view: View) -> View:
    """The same modal, once the gate has taken it."""
    check_view(view_json(view), Surface.MODAL)
    return view


def texts(drawn: Message | View) -> list[str]:
    """Everything that a person reads in the blocks: paragraphs, small print, labels."""
    return [text for block in drawn.blocks for text in _texts(block)]


def action_ids(message: Message) -> list[str]:
    """What can be clicked, in order."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]


def _texts(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [text for value in node.values() for text in _texts(value)]
    return [text for value in node for text in _texts(value)] if isinstance(node, list | tuple) else []
