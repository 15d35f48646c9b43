"""What help has to say: pages about commands, made from the models that parse them."""

from dataclasses import dataclass

from bot.commands import COMMANDS, Purpose, Request
from bot.errors import UsageError


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One command: its help line, usage forms and examples; ``changes`` when only operators may."""

    word: str
    does: str
    forms: tuple[str, ...]
    examples: tuple[str, ...]
    changes: bool


@dataclass(frozen=True, slots=True)
class HelpPage:
    """All commands, or everything about the one that ``topic`` names."""

    topic: str
    lines: tuple[HelpLine, ...]


def page(topic: str = "") -> HelpPage:
    """The page for this subcommand; "" is the overview. Raises UsageError for a word that is no command."""
    lines = tuple(_line(command) for command in COMMANDS if topic in ("", command.word()))
    if not lines:
        raise UsageError("There is no help about that.")
    return HelpPage(topic, lines)


def _line(command: type[Request]) -> HelpLine:
    changes = command.purpose is Purpose.CHANGE
    return HelpLine(command.word(), command.does(), command.forms, command.examples, changes)
