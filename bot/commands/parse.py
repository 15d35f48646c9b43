"""Reads one command from typed text. What cannot be read is a UsageError with the nearest right form."""

from collections.abc import Collection, Mapping
from datetime import date
from difflib import get_close_matches

from bot.commands.queries import Help
from bot.commands.request import SLASH, Reader, Request
from bot.commands.words import shown, words_of
from bot.errors import UsageError


def parse(text: str, today: date, readers: Mapping[str, Reader]) -> Request:
    """The command in ``text``; ``readers`` are those of all commands, by the word that is typed for each.

    ``today`` is today's date in the campaign's time zone. Raises UsageError, which carries what was typed as plain
    text: whoever shows it escapes it.
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


def _unknown(word: str, known: Collection[str], before: str) -> UsageError:
    near = get_close_matches(word.lower(), known, n=1)
    meant = f"Did you mean {SLASH} {before}{near[0]}?" if near else ""
    return UsageError(
        f"There is no command {shown(word)}.", meant or f"There are {', '.join(known)}; {SLASH} help tells more."
    )
