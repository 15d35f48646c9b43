"""Draws help: the overview, or all about one command."""

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.commands import SLASH
from bot.fleet.help import HelpLine, HelpPage
from bot.message import Message

_RANGES = (
    "A range is start..end, its end excluded: 2026-01-01..2026-01-03 is two days. A single date means that day. "
    "A customer on several clusters is cluster/customer; a name with spaces goes in double quotes."
)
_OPERATORS = "Only operators may."


def render(result: HelpPage) -> Message:
    """A line for each command, or a page about the one that was asked for."""
    return _about(result.lines[0]) if result.topic else _overview(result)


def _overview(result: HelpPage) -> Message:
    headline = "What you can type"
    plain = [f"{SLASH} {form}: {line.does}" for line in result.lines for form in line.forms]
    shown = [
        f"{kit.code(f'{SLASH} {form}')}\n{kit.escape(line.does)}" for line in result.lines for form in line.forms
    ]
    more = f"{SLASH} help <command> gives examples. {_RANGES}"
    blocks: list[Block] = [kit.header(headline), *kit.sections(shown), kit.context(kit.escape(more))]
    return kit.message("\n".join([f"{headline}:", *plain, more]), blocks)


def _about(line: HelpLine) -> Message:
    who = f" {_OPERATORS}" if line.changes else ""
    forms = [f"{SLASH} {form}" for form in line.forms]
    examples = [f"{SLASH} {example}" for example in line.examples]
    blocks: list[Block] = [
        kit.section("\n".join(kit.code(form) for form in forms) + f"\n{kit.escape(line.does + who)}"),
        kit.section("For example\n" + "\n".join(kit.code(example) for example in examples)),
        kit.context(kit.escape(_RANGES)),
    ]
    plain = [*forms, line.does + who, "For example:", *examples, _RANGES]
    return kit.message("\n".join(plain), blocks)
