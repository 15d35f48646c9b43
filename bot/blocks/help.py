"""Draws help: the overview, or all about one command."""

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.commands import SLASH
from bot.fleet.help import HelpLine, HelpPage
from bot.message import Message

_NAMES = "A customer on several clusters is cluster/customer; a name with spaces goes in double quotes."
_RANGES = "A range is start..end, its end excluded: 2026-01-01..2026-01-03 is two days. A single date means that day."


def render(result: HelpPage) -> Message:
    """A line for each command, or a page about the one that was asked for."""
    return _about(result.lines[0]) if result.topic else _overview(result)


def _overview(result: HelpPage) -> Message:
    headline = "What you can type"
    told = [(f"{SLASH} {form}", _does(line)) for line in result.lines for form in line.forms]
    more = f"{SLASH} help <command> gives examples. {_RANGES} {_NAMES}"
    blocks: list[Block] = [
        kit.header(headline),
        *kit.sections([f"{kit.code(form)}\n{kit.escape(does)}" for form, does in told]),
        kit.context(kit.escape(more)),
    ]
    return kit.message("\n".join([f"{headline}:", *(f"{form}: {does}" for form, does in told), more]), blocks)


def _about(line: HelpLine) -> Message:
    forms = [f"{SLASH} {form}" for form in line.forms]
    examples = [f"{SLASH} {example}" for example in line.examples]
    notes = [note for note, mark in ((_RANGES, "start..end"), (_NAMES, "customer")) if mark in forms[0]]
    blocks: list[Block] = [
        kit.section("\n".join(kit.code(form) for form in forms) + f"\n{kit.escape(_does(line))}"),
        kit.section("For example\n" + "\n".join(kit.code(example) for example in examples)),
        *(kit.context(kit.escape(note)) for note in notes),
    ]
    return kit.message("\n".join([*forms, _does(line), "For example:", *examples, *notes]), blocks)


def _does(line: HelpLine) -> str:
    return f"{line.does} Only operators may." if line.changes else line.does
