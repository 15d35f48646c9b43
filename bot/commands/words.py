"""From what Slack hands over to plain words: links become their labels, entities characters; quotes go."""

import re
import unicodedata

from bot.errors import UsageError

MAX_TEXT = 1_000
MAX_ECHO = 60

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


def words_of(text: str) -> list[str]:
    """The words of a command; double quotes keep a name with spaces together. Raises UsageError over MAX_TEXT."""
    if len(text) > MAX_TEXT:
        raise UsageError(
            f"That is {len(text):,} characters; a command has at most {MAX_TEXT:,}.",
            f"It began with {shown(plain(text[:MAX_TEXT]))}.",
        )
    found = _WORD.findall(plain(text))
    words = (" ".join(quoted.split()) or bare.strip("\"'`") for quoted, bare in found)
    return [word for word in words if word]


def plain(text: str) -> str:
    """The text as the person meant it, without anything that does not print."""
    text = _CONTROL.sub(_label, text)
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return "".join(_printing(char) for char in text.translate(_TYPED))


def shown(text: str) -> str:
    """Text echoed to its author: quoted, and never more than MAX_ECHO characters of it."""
    return f"“{text if len(text) <= MAX_ECHO else text[: MAX_ECHO - 1] + '…'}”"


def typed(name: str) -> str:
    """A name as it has to be typed: in double quotes where it has spaces."""
    return f'"{name}"' if " " in name else name


def _label(control: re.Match[str]) -> str:
    sigil, name, label = control.groups()
    return label or (f"!{name}" if sigil == "!" else name)


def _printing(char: str) -> str:
    if char.isspace():
        return " "
    # C: control and format characters, lone surrogates, unassigned ones
    return "" if unicodedata.category(char).startswith("C") else char
