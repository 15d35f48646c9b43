"""Compares what was typed with a name, whatever Slack, a keyboard or the parser has changed on the way.

On the way, typographic quotes, two hyphens, three dots and white space are replaced, and characters that nobody sees
are removed. An emoji arrives as its short code (slackapi/bolt-js#1469), of which the bot only knows that it stands
for some emoji.
"""

import re
import unicodedata

from bot.commands.words import simplified

# Any character that may be changed on the way.
_ODD = re.compile(r"[^\w./@+=:#-]", re.ASCII)
_SHORT_CODES = re.compile(r"(?::[a-z0-9_+'-]+:)+")
# Symbols and dingbats, and what changes the look of the emoji before it: variation selector, skin tones.
_SYMBOL = "So"
_LOOKS = frozenset("\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_EMOJI = "\0"
_ANY_EMOJI = re.compile(f"{_EMOJI}+")
_REPLACED = str.maketrans({"…": "...", "—": "--", '"': "'"})


def is_simple(name: str) -> bool:
    """Whether nothing changes the name on its way from the keyboard to the bot, so that ``spelling`` returns it as it
    is."""
    return _ODD.search(name) is None


def spelling(name: str) -> str:
    """The name without whatever is lost on the way. Names of the same spelling cannot be told apart when typed."""
    if is_simple(name):
        return name
    text = simplified(unicodedata.normalize("NFC", name)).translate(_REPLACED)
    return _ANY_EMOJI.sub(_EMOJI, " ".join(map(_without_emoji, text.split())).strip("'`"))


def spelling_of_typed(text: str) -> str:
    """As ``spelling``, of text that somebody has typed: short codes stand for emoji."""
    return spelling(_SHORT_CODES.sub("\N{BLACK STAR}", text))


def spells(text: str, name: str) -> bool:
    """Whether the typed text can mean this name, in upper or lower case."""
    return spelling(name).casefold() in {spelling(text).casefold(), spelling_of_typed(text).casefold()}


def spells_exactly(text: str, name: str) -> bool:
    """As ``spells``, but upper and lower case differ, and so do emoji that have not become short codes."""
    if _SHORT_CODES.search(text):
        return spelling(name) in {spelling(text), spelling_of_typed(text)}
    return spelling(name) == spelling(text) and _emoji(name) == _emoji(text)


def _emoji(text: str) -> list[str]:
    return [char for char in text if unicodedata.category(char) == _SYMBOL]


def _without_emoji(word: str) -> str:
    return "".join(_EMOJI if char in _LOOKS or unicodedata.category(char) == _SYMBOL else char for char in word)
