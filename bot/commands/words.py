"""Splits a command's text, as Slack delivers it, into plain words.

Links become their labels, entities their characters, and double quotes keep a name together.
"""

import re
import unicodedata

from bot.errors import UsageError
from bot.redaction import redact

MAX_TEXT = 1_000
MAX_ECHO = 60
QUOTES_HINT = "A name that reads like an option or a date goes in double quotes."
# Words that do not mean the name of a customer or cluster, in some commands or in all.
RESERVED_NAMES = ("all", "struggling", "in", "like")
# The words that options and ranges consist of, and the reserved ones. A person has to quote a name that equals one of
# these words.
OPTION_WORDS = frozenset(
    {"by", "windows", "whole", "missing", "failed", "smallest", "largest", "to", "off", "stop", *RESERVED_NAMES}
)

# Slack's control sequences: <https://x|label>, <#C1|name>, <@U1|name>, <!subteam^S1|@name>, and each without a label.
_CONTROL = re.compile(r"<([#@!]?)([^<>|]*)(?:\|([^<>]*))?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
# Editors replace typed quotes and hyphens by typographic ones; a date with those would not be read.
_TYPOGRAPHIC = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»＂", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("\u2010\u2011\u2212", "-"),
    }
)
# What ``bot.commands.ranges`` would read as a day, or as a range with a day in it.
_LIKE_DATE = re.compile(r"^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]|(?:\.\.|…|–|—|→|->)[0-9]|[0-9](?:\.\.|…|–|—|→|->)")
_WORD = re.compile(r'"([^"]*)"(?!\S)|(\S+)')


class Quoted(str):
    """A word that was typed in double quotes: always a name, never an option or a date."""

    __slots__ = ()


def words_of(text: str) -> list[str]:
    """The words of a command; a name in double quotes is one word. Raises UsageError over ``MAX_TEXT`` characters."""
    if len(text) > MAX_TEXT:
        raise UsageError(
            f"That is {len(text):,} characters; a command has at most {MAX_TEXT:,}.",
            f"It began with {shown(plain(text[:MAX_TEXT]))}.",
        )
    matches = _WORD.findall(plain(text))
    words = (Quoted(" ".join(quoted.split())) or bare.strip("\"'`") for quoted, bare in matches)
    return [word for word in words if word]


def plain(text: str) -> str:
    """The text with Slack's markup resolved, and ``simplified``."""
    text = _CONTROL.sub(_label, text)
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return simplified(text)


def simplified(text: str) -> str:
    """The text with plain quotes and hyphens in place of typographic ones, spaces in place of other white space, and
    without unprintable characters."""
    return "".join(_printable(char) for char in text.translate(_TYPOGRAPHIC))


def shown(text: str) -> str:
    """Text echoed to its author: in quotes, without secrets, and cut to ``MAX_ECHO`` characters."""
    redacted = redact(text)
    return f"“{redacted if len(redacted) <= MAX_ECHO else redacted[: MAX_ECHO - 1] + '…'}”"


def typed(name: str) -> str:
    """A name as it has to be typed: in double quotes where it has spaces, begins or ends with a quote, equals an
    option or a reserved word, or reads like a date. Double quotes inside it become single ones, which are
    understood as well."""
    one_line = " ".join(name.split()).replace('"', "'")
    has_blanks_or_quotes = " " in one_line or one_line.strip("'`") != one_line
    must_be_quoted = has_blanks_or_quotes or one_line.lower() in OPTION_WORDS or _LIKE_DATE.search(one_line)
    return f'"{one_line}"' if must_be_quoted else one_line


def _label(control: re.Match[str]) -> str:
    sigil, name, label = control.groups()
    return label or (f"!{name}" if sigil == "!" else name)


def _printable(char: str) -> str:
    if char.isspace():
        return " "
    # C: control and format characters, lone surrogates, unassigned ones
    return "" if unicodedata.category(char).startswith("C") else char
