"""Draws menus of customers, clusters and campaigns that people search by typing: the menu asks the bot for its
options."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    Option,
    PlainTextObject,
)

from bot.blocks import kit, words
from bot.fleet.name_lookup import Target
from bot.fleet.name_search import option_value, value_of

# The limit of an option's text (docs/slack-facts.md#limits).
OPTION_TEXT = 75
_PLACEHOLDER = PlainTextObject(text="Type a part of a name")


def several(action_id: str) -> ExternalDataMultiSelectElement:
    """A menu in which several customers can be chosen. It shows the first options as soon as it opens."""
    return ExternalDataMultiSelectElement(action_id=action_id, placeholder=_PLACEHOLDER, min_query_length=0)


def single(action_id: str) -> ExternalDataSelectElement:
    """A menu in which one customer, cluster or campaign is chosen. It shows the first options as soon as it opens."""
    return ExternalDataSelectElement(action_id=action_id, placeholder=_PLACEHOLDER, min_query_length=0)


def options(targets: Sequence[Target]) -> list[dict[str, Any]]:
    """The options for these customers and clusters, as Slack takes them."""
    return [_option(target).to_dict(option_type="select") for target in targets]


def options_named(names: Sequence[str]) -> list[dict[str, Any]]:
    """The options for campaigns of these names, as Slack takes them."""
    return [option_named(name).to_dict(option_type="select") for name in names]


def option_named(name: str) -> Option:
    """The option for the campaign of this name."""
    return Option(value=value_of(name), text=_plain(words.name(name)))


def _option(target: Target) -> Option:
    who = words.name(target.customer) if target.customer else "everybody"
    return Option(value=option_value(target), text=_plain(f"{who} on {target.cluster}"))


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=kit.clip(text, OPTION_TEXT))
