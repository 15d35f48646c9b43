"""Reads one command from typed text. Text that is no command raises a UsageError with the nearest right form."""

from collections.abc import Collection, Mapping
from datetime import date
from difflib import get_close_matches

from bot.commands.options import take_campaign
from bot.commands.queries import Help
from bot.commands.request import SLASH, Reach, Reader, Request
from bot.commands.words import QUOTES_HINT, shown, words_of
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
    rest, campaign = take_campaign(words[1:])
    command = read(rest, today)
    if campaign:
        command = _in_campaign(command, campaign)
    if isinstance(command, Help) and command.topic and command.topic not in readers:
        raise _unknown(command.topic, readers, "help ")
    return command


def _in_campaign(command: Request, campaign: str) -> Request:
    """The command about this campaign. Raises UsageError for one that is about none."""
    if command.reach is Reach.NONE:
        problem = f"{command.word()} is about no single campaign."
        raise UsageError(problem, f"Leave out {shown(f'in {campaign}')}. {QUOTES_HINT}")
    return command.model_copy(update={"campaign": campaign})


def _unknown(word: str, commands: Collection[str], prefix: str) -> UsageError:
    matches = get_close_matches(word.lower(), commands, n=1)
    suggestion = f"Did you mean {SLASH} {prefix}{matches[0]}?" if matches else ""
    return UsageError(
        f"There is no command {shown(word)}.",
        suggestion or f"There are {', '.join(commands)}; {SLASH} help tells more.",
    )
