"""Draws the answer to ``help``: an overview of all commands, or everything about one of them."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.commands import SLASH, Purpose, Request
from bot.message import Message

_NAMES = "A customer on several clusters is cluster/customer; a name with spaces goes in double quotes."
_RANGES = "In start..end, the end is not included: 2026-01-01..2026-01-03 is Jan 1–2. A single date is that day."


def render(commands: Sequence[type[Request]]) -> Message:
    """A page if there is a single command; a line for each if there are several."""
    return _page(commands[0]) if len(commands) == 1 else _overview(commands)


def _overview(commands: Sequence[type[Request]]) -> Message:
    headline = "What you can type"
    footer = f"{SLASH} help <command> gives examples. {_RANGES} {_NAMES}"
    plain = [f"{SLASH} {' or '.join(command.forms)}: {_description(command)}" for command in commands]
    blocks: list[Block] = [
        kit.header(headline),
        *kit.sections([f"{_codes(command)}\n{kit.escape(_description(command))}" for command in commands]),
        kit.context(kit.escape(footer)),
    ]
    return kit.message("\n".join([f"{headline}:", *plain, footer]), blocks)


def _codes(command: type[Request]) -> str:
    return "\n".join(kit.code(f"{SLASH} {form}") for form in command.forms)


def _page(command: type[Request]) -> Message:
    forms = [f"{SLASH} {form}" for form in command.forms]
    examples = [f"{SLASH} {example}" for example in command.examples]
    notes = [note for note, mark in ((_RANGES, "start..end"), (_NAMES, "customer")) if mark in forms[0]]
    blocks: list[Block] = [
        kit.section("\n".join(kit.code(form) for form in forms) + f"\n{kit.escape(_description(command))}"),
        kit.section("For example\n" + "\n".join(kit.code(example) for example in examples)),
        *(kit.context(kit.escape(note)) for note in notes),
    ]
    return kit.message("\n".join([*forms, _description(command), "For example:", *examples, *notes]), blocks)


def _description(command: type[Request]) -> str:
    return f"{command.does()} Only operators may." if command.purpose is Purpose.CHANGE else command.does()
