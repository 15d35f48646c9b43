"""Checks a drawn message or modal with the local Slack's validation, which refuses what Slack refuses."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.adapters.slack.modals import view_json
from bot.message import HomeTab, Message, View
from local_slack.validation import (
    MessageArguments,
    Surface,
    check_message,
    check_view,
)


def taken_by_slack(message: Message) -> Message:
    """The same message, checked also against the limits of an ephemeral answer."""
    check_message(MessageArguments(text=message.text, blocks=list(message.blocks), text_limit=4_000))
    check_times(message)
    return message


def shown_by_slack(view: View) -> View:
    """The same modal, checked."""
    check_view(view_json(view), Surface.MODAL)
    check_times(view)
    return view


def check_times(drawn: Message | View | HomeTab) -> None:
    """Whoever reads the blocks sees each time in their own time zone."""
    shown = " ".join(re.sub(r"<!date\^[^>]*>|`[^`]*`", "", text) for text in texts(drawn))
    assert not re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", shown), shown


def texts(drawn: Message | View | HomeTab) -> list[str]:
    """Everything that a person reads in the blocks: paragraphs, small print, labels."""
    return [text for block in drawn.blocks for text in texts_of(block)]


def action_ids(message: Message) -> list[str]:
    """The action ids of the buttons and menus, in order."""
    return [element["action_id"] for element in elements_of(message.blocks)]


def elements_of(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The buttons and menus, in order. None stands beside a text, which would have a third of a phone's width."""
    assert not [block for block in blocks if "accessory" in block]
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def table_of(drawn: Message | View | HomeTab) -> list[str]:
    """The text of each block of fixed-width lines."""
    return ["\n".join(texts_of(block)) for block in drawn.blocks if block["type"] == "rich_text"]


def texts_of(node: object) -> list[str]:
    """Everything that a person reads in a part of a message."""
    if isinstance(node, dict):
        own = [node["text"]] if isinstance(node.get("text"), str) else []
        return own + [text for value in node.values() for text in texts_of(value)]
    return [text for value in node for text in texts_of(value)] if isinstance(node, list | tuple) else []


def view_inputs(view: View) -> list[Mapping[str, Any]]:
    """The fields of a modal, from top to bottom."""
    return [block for block in view.blocks if block["type"] == "input"]
