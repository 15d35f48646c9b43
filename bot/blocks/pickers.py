"""Draws menus of customers that people search by typing: the menu asks the bot for its options."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ExternalDataMultiSelectElement, Option, PlainTextObject

from bot.blocks import kit, words
from bot.fleet.name_lookup import Target
from bot.fleet.name_search import option_value

# The limit of an option's text (docs/slack-facts.md#limits).
OPTION_TEXT = 75


def several(action_id: str) -> ExternalDataMultiSelectElement:
    """A menu in which several customers can be chosen. It shows the first ones as soon as it opens."""
    return ExternalDataMultiSelectElement(
        action_id=action_id, placeholder=PlainTextObject(text="Type a part of a name"), min_query_length=0
    )


def options(targets: Sequence[Target]) -> list[dict[str, Any]]:
    """The options for these customers, as Slack takes them."""
    return [_option(target).to_dict(option_type="select") for target in targets]


def _option(target: Target) -> Option:
    text = f"{words.name(target.customer)} on {target.cluster}"
    return Option(value=option_value(target), text=PlainTextObject(text=kit.clip(text, OPTION_TEXT)))
