"""Reads the names that remain in a command after its options are taken out, and reports surplus words."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from bot.commands.options import days_of
from bot.commands.request import SLASH, ControlRequest, Request
from bot.commands.words import OPTION_WORDS, QUOTES_HINT, RESERVED_NAMES, Quoted, shown, typed
from bot.errors import NameMissing, UsageError

_LONGEST_OPTION = 10
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def usage_hint(command: type[Request]) -> str:
    """How to type a command: the first of its ``forms``, and its last example unless that is the same text."""
    form, example = command.forms[0], command.examples[-1]
    return f"Type {SLASH} {form}." if form == example else f"Type {SLASH} {form}, for example {SLASH} {example}."


def optional_name(command: type[Request], words: Sequence[str]) -> str:
    """The name, or "". Raises UsageError for more than one word."""
    reject_extra_words(command, words[1:])
    return words[0] if words else ""


def required_name(command: type[Request], words: Sequence[str], expected: str, all_words: Sequence[str]) -> str:
    """The name among ``words``. Raises NameMissing if there is none, and UsageError for more than one word. Also
    raises UsageError for an unquoted reserved word, unless it has a meaning in this command, as in ``verify all``.

    ``expected`` says whose name it has to be, such as ``a customer``. ``all_words`` also has the options. If
    ``words`` is empty and ``all_words`` is not, the name may have been read as an option, so the error explains
    double quotes.
    """
    if not words:
        hint = usage_hint(command)
        raise NameMissing(f"{command.word()} needs {expected}.", f"{hint} {QUOTES_HINT}" if all_words else hint)
    _reject_reserved(command, words[0])
    return optional_name(command, words)


def required_names(
    command: type[Request], words: Sequence[str], expected: str, all_words: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """The target as typed, and a tuple of the names in it, each once. The tuple is empty if the target is a single
    name. Raises UsageError as ``required_name`` does. Also raises UsageError if several words were typed, and one of
    them looks more like an option or a date than a name."""
    if len(words) < 2:
        return required_name(command, words, expected, all_words), ()
    reject_options(command, words)
    first_spelling: dict[str, str] = {}
    for word in words:
        first_spelling.setdefault(word.casefold(), word)
    names = tuple(first_spelling.values())
    return (" ".join(map(typed, names)), names) if len(names) > 1 else (names[0], ())


def reject_options(command: type[Request], names: Sequence[str]) -> None:
    """Raises UsageError if some of these names look more like options or dates than like names."""
    reject_extra_words(command, [word for word in names if _reads_like_option(command, word)], QUOTES_HINT)


def _reads_like_option(command: type[Request], word: str) -> bool:
    """Whether an unquoted word is a date, is an option of any command, or resembles an option of this command."""
    if isinstance(word, Quoted):
        return False
    is_meant = word.lower() in OPTION_WORDS or _DAY.match(word) is not None
    return is_meant or bool(_suggestion(command, [word]))


def _reject_reserved(command: type[Request], word: str) -> None:
    """Raises UsageError for an unquoted reserved word that has no meaning in this command."""
    own_words = re.findall(r"[a-z]+", " ".join(command.forms))
    if not isinstance(word, Quoted) and word.lower() in RESERVED_NAMES and word.lower() not in own_words:
        raise UsageError(
            f"{shown(word)} is a reserved word, and {command.word()} has no use for it.",
            f"{usage_hint(command)} A name that equals a reserved word goes in double quotes.",
        )


def reject_extra_words(command: type[Request], words: Sequence[str], how: str = "") -> None:
    """Raises UsageError if there are surplus ``words``. The hint of the error names the option that was probably
    meant. It also contains ``how``, a text that says how to type the words if they are names."""
    if not words:
        return
    problem = f"{command.word()} does not know what to do with {shown(' '.join(words))}."
    raise UsageError(
        problem, " ".join(filter(None, (_suggestion(command, words), how, usage_hint(command), _reminder(command))))
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
