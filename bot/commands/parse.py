"""Reads one command from typed text. Text that is no command raises a UsageError with the nearest right form."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from difflib import get_close_matches

from bot.commands.options import take_campaign
from bot.commands.queries import Audit, Help, Status
from bot.commands.request import SLASH, Reach, Reader, Request
from bot.commands.words import QUOTES_HINT, Quoted, shown, words_of
from bot.errors import NameMissing, UsageError


def parse(text: str, today: date, readers: Mapping[str, Reader], subject: str = "") -> Request:
    """The command in ``text``; ``readers`` are those of all commands, by subcommand.

    ``today`` is the date in the campaign's time zone. If nobody has typed a name, ``subject`` takes its place, unless
    it is "": in commands that need a name, and in status and audit, where a name is optional. Raises UsageError,
    whose text quotes what the person typed, unescaped: the caller escapes it for Slack.
    """
    words = words_of(text)
    if words and words[0].lower() == SLASH:
        # The bot's hints show whole commands, and people copy them.
        words = words[1:]
    if not words:
        return Help()
    read = readers.get(words[0].lower())
    if read is None:
        raise _unknown(words[0], readers, "")
    rest, campaign = take_campaign(words[1:])
    command = _read(read, rest, today, subject)
    if campaign:
        command = _in_campaign(command, campaign)
    if isinstance(command, Help) and command.topic and command.topic not in readers:
        raise _unknown(command.topic, readers, "help ")
    return command


def _in_campaign(command: Request, campaign: str) -> Request:
    """The command, limited to this campaign. Raises UsageError for a command that takes no campaign after ``in``
    (``Reach.NONE``)."""
    if command.reach is Reach.NONE:
        problem = f"{command.word()} is about no single campaign."
        raise UsageError(problem, f"Leave out {shown(f'in {campaign}')}. {QUOTES_HINT}")
    return command.model_copy(update={"campaign": campaign})


def _read(read: Reader, words: Sequence[str], today: date, subject: str) -> Request:
    """The command that ``read`` reads. A ``subject`` other than "" takes the place of a missing name in a command
    that needs a name, and in status and audit."""
    try:
        command = read(words, today)
    except NameMissing:
        if not subject:
            raise
        return read([Quoted(subject), *words], today)
    if subject and isinstance(command, Status | Audit) and not command.target:
        return command.model_copy(update={"target": subject})
    return command


def _unknown(word: str, commands: Collection[str], prefix: str) -> UsageError:
    matches = get_close_matches(word.lower(), commands, n=1)
    suggestion = f"Did you mean {SLASH} {prefix}{matches[0]}?" if matches else ""
    return UsageError(
        f"There is no command {shown(word)}.",
        suggestion or f"There are {', '.join(commands)}; {SLASH} help tells more.",
    )
