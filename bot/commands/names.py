"""Reads the name that remains in a command after its options are taken out, and reports surplus words."""

from collections.abc import Sequence
from difflib import get_close_matches

from bot.commands.options import days_of
from bot.commands.request import SLASH, ControlRequest, Request
from bot.commands.words import QUOTES_HINT, shown
from bot.errors import UsageError

_LONGEST_OPTION = 10


def usage_hint(command: type[Request]) -> str:
    """How to type a command, with an example where that says more than the form."""
    form, example = command.forms[0], command.examples[-1]
    return f"Type {SLASH} {form}." if form == example else f"Type {SLASH} {form}, for example {SLASH} {example}."


def optional_name(command: type[Request], words: Sequence[str]) -> str:
    """The name, or "". Raises UsageError for more than one word."""
    reject_extra_words(command, words[1:])
    return words[0] if words else ""


def required_name(command: type[Request], words: Sequence[str], expected: str, all_words: Sequence[str]) -> str:
    """The name among ``words``. Raises UsageError when it is missing or followed by more words.

    ``expected`` says what the name is of. ``all_words`` are the words with the options. If ``words`` has fewer, the
    name may have been read as an option, so the error explains double quotes.
    """
    if not words:
        hint = usage_hint(command)
        raise UsageError(f"{command.word()} needs {expected}.", f"{hint} {QUOTES_HINT}" if all_words else hint)
    return optional_name(command, words)


def reject_extra_words(command: type[Request], words: Sequence[str]) -> None:
    """Raises UsageError when words are left, with the option that was probably meant."""
    if not words:
        return
    problem = f"{command.word()} does not know what to do with {shown(' '.join(words))}."
    raise UsageError(
        problem, " ".join(filter(None, (_suggestion(command, words), usage_hint(command), _reminder(command))))
    )


def _suggestion(command: type[Request], words: Sequence[str]) -> str:
    """A question about the option that the first word resembles, or ""."""
    form, word = command.forms[0], words[0].lower()
    if "windows" in form and days_of(word):
        return f"Did you mean windows {days_of(word)}d?"
    options = [option for option in ("windows", "whole", "missing", "failed", "all", "by") if option in form]
    matches = get_close_matches(word, options, n=1) if len(word) <= _LONGEST_OPTION else []
    return f"Did you mean {matches[0]}?" if matches else ""


def _reminder(command: type[Request]) -> str:
    if issubclass(command, ControlRequest):
        return "A name with spaces goes in double quotes; the reason is asked for when you confirm."
    return "A name with spaces goes in double quotes." if "customer" in command.forms[0] else ""
