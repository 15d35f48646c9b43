"""Explains a message shortcut to a person who chose it on a message that is not about one customer."""

from bot.blocks import choose_name, kit
from bot.commands import SLASH, Request
from bot.message import Message
from bot.name_choice import NameChoice


def explain(command: type[Request]) -> Message:
    """What the shortcut does, where it works, and what to press or type instead."""
    word = command.word()
    name = word.capitalize()
    text = (
        f"{name} works on the bot's own messages about one customer: an alert, a running backfill, or a line in the "
        f"thread of one. {command.does()} Anywhere else choose a name, or type {SLASH} {word} with it."
    )
    return kit.message(text, [kit.section(kit.escape(text)), *choose_name.button(NameChoice(text=word))])
