"""From what Slack hands over to plain words: links become their labels, entities characters; quotes go."""

import re
import unicodedata

from bot.errors import UsageError
from bot.redaction import redact

MAX_TEXT = 1_000
MAX_ECHO = 60
QUOTES = "A name that reads like an option or a date goes in double quotes."
# What options and ranges are made of: as a name it has to be quoted.
_OPTIONS = frozenset({"by", "windows", "whole", "missing", "failed", "all", "to"})

# Slack's control sequences: <https://x|label>, <#C1|name>, <@U1|name>, <!subteam^S1|@name>, and each without a label.
_CONTROL = re.compile(r"<([#@!]?)([^<>|]*)(?:\|([^<>]*))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
# Hyphens that editors put in for the typed one would make a date or a name unreadable.
_TYPED = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»＂", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("\u2010\u2011\u2212", "-"),
    }
)
_WORD = re.compile(r'"([^"]*)"(?!\S)|(\S+)')


class Quoted(str):
    """A word that was typed in double quotes: a name, whatever it reads like."""

    __slots__ = ()


def words_of(text: str) -> list[str]:
    """The words of a command; double quotes keep a name with spaces together. Raises UsageError over MAX_TEXT."""
    if len(text) > MAX_TEXT:
        raise UsageError(
            f"That is {len(text):,} characters; a command has at most {MAX_TEXT:,}.",
            f"It began with {shown(plain(text[:MAX_TEXT]))}.",
        )
    found = _WORD.findall(plain(text))
    words = (Quoted(" ".join(quoted.split())) or bare.strip("\"'`") for quoted, bare in found)
    return [word for word in words if word]


def plain(text: str) -> str:
    """The text as the person meant it, without anything that does not print."""
    text = _CONTROL.sub(_label, text)
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return "".join(_printing(char) for char in text.translate(_TYPED))


def shown(text: str) -> str:
    """Text echoed to its author: quoted, and never more than MAX_ECHO characters of it."""
    bare = redact(text)
    return f"“{bare if len(bare) <= MAX_ECHO else bare[: MAX_ECHO - 1] + '…'}”"


def typed(name: str) -> str:
    """A name as it has to be typed: in double quotes where it has spaces, or reads like an option."""
    return f'"{name}"' if " " in name or name.lower() in _OPTIONS else name


def _label(control: re.Match[str]) -> str:
    sigil, name, label = control.groups()
    return label or (f"!{name}" if sigil == "!" else name)


def _printing(char: str) -> str:
    if char.isspace():
        return " "
    # C: control and format characters, lone surrogates, unassigned ones
    return "" if unicodedata.category(char).startswith("C") else char
