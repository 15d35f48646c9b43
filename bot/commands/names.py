"""Reads what is left of a command when its options are taken: a name, or nothing; says what is wrong with more."""

from collections.abc import Sequence
from difflib import get_close_matches

from bot.commands.options import days_of
from bot.commands.request import SLASH, ControlRequest, Request
from bot.commands.words import QUOTES, shown
from bot.errors import UsageError

_LONGEST_OPTION = 10


def usage_hint(command: type[Request]) -> str:
    """The right form of a command, with an example where that says more."""
    form, example = command.forms[0], command.examples[-1]
    return f"Type {SLASH} {form}." if form == example else f"Type {SLASH} {form}, for example {SLASH} {example}."


def at_most_one(command: type[Request], words: Sequence[str]) -> str:
    """The name, or "". Raises UsageError for more than one word."""
    nothing_more(command, words[1:])
    return words[0] if words else ""


def one(command: type[Request], words: Sequence[str], what: str, typed: Sequence[str]) -> str:
    """The name; ``what`` tells what it names, ``typed`` is all that was typed. Raises UsageError."""
    if not words:
        hint = usage_hint(command)
        raise UsageError(f"{command.word()} needs {what}.", f"{hint} {QUOTES}" if typed else hint)
    return at_most_one(command, words)


def nothing_more(command: type[Request], words: Sequence[str]) -> None:
    """Raises UsageError when words are left, with what was probably meant."""
    if not words:
        return
    problem = f"{command.word()} does not know what to do with {shown(' '.join(words))}."
    raise UsageError(problem, " ".join(filter(None, (_meant(command, words), usage_hint(command), _also(command)))))


def _meant(command: type[Request], words: Sequence[str]) -> str:
    """The option that the first of these words comes near."""
    form, word = command.forms[0], words[0].lower()
    if "windows" in form and days_of(word):
        return f"Did you mean windows {days_of(word)}d?"
    options = [option for option in ("windows", "whole", "missing", "failed", "all", "by") if option in form]
    near = get_close_matches(word, options, n=1) if len(word) <= _LONGEST_OPTION else []
    return f"Did you mean {near[0]}?" if near else ""


def _also(command: type[Request]) -> str:
    if issubclass(command, ControlRequest):
        return "A name with spaces goes in double quotes; the reason is asked for when you confirm."
    return "A name with spaces goes in double quotes." if "customer" in command.forms[0] else ""
