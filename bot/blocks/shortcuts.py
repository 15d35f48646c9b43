"""Explains a message shortcut to a person who chose it on a message that is not about one customer."""

from bot.blocks import kit
from bot.commands import SLASH, Request
from bot.message import Message


def explain(command: type[Request]) -> Message:
    """What the shortcut does, where it works, and what to type instead."""
    word = command.word()
    name = word.capitalize()
    text = (
        f"{name} works on the bot's own messages about one customer: an alert, a running backfill, or a line in the "
        f"thread of one. {command.does()} Anywhere else type {SLASH} {word} with a name."
    )
    return kit.message(text, [kit.section(kit.escape(text))])
