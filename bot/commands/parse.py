"""Reads one command from typed text. Text that is no command raises a UsageError with the nearest right form."""

from collections.abc import Collection, Mapping
from datetime import date
from difflib import get_close_matches

from bot.commands.queries import Help
from bot.commands.request import SLASH, Reader, Request
from bot.commands.words import shown, words_of
from bot.errors import UsageError


def parse(text: str, today: date, readers: Mapping[str, Reader]) -> Request:
    """The command in ``text``; ``readers`` are those of all commands, by subcommand.

    ``today`` is the date in the campaign's time zone. Raises UsageError, whose text quotes what the person typed,
    unescaped: the caller escapes it for Slack.
    """
    words = words_of(text)
    if not words:
        return Help()
    read = readers.get(words[0].lower())
    if read is None:
        raise _unknown(words[0], readers, "")
    command = read(words[1:], today)
    if isinstance(command, Help) and command.topic and command.topic not in readers:
        raise _unknown(command.topic, readers, "help ")
    return command


def _unknown(word: str, commands: Collection[str], prefix: str) -> UsageError:
    matches = get_close_matches(word.lower(), commands, n=1)
    suggestion = f"Did you mean {SLASH} {prefix}{matches[0]}?" if matches else ""
    return UsageError(
        f"There is no command {shown(word)}.",
        suggestion or f"There are {', '.join(commands)}; {SLASH} help tells more.",
    )
