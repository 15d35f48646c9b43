"""Compares a typed text with a name, and disregards what Slack, a keyboard or the parser changes on the way.

On the way, typographic quotes, two hyphens, three dots and white space are replaced, and characters that nobody sees
are removed. An emoji arrives as its short code (slackapi/bolt-js#1469). The bot knows that a short code stands for an
emoji, but not for which one.
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
    """Whether nothing changes the name on its way from the keyboard to the bot. If so, ``spelling`` returns the name
    unchanged."""
    return _ODD.search(name) is None


def spelling(name: str) -> str:
    """The name in a form that stays the same, whatever Slack, a keyboard or the parser changes. Two names with the
    same spelling cannot be told apart when typed."""
    if is_simple(name):
        return name
    text = simplified(unicodedata.normalize("NFC", name)).translate(_REPLACED)
    return _ANY_EMOJI.sub(_EMOJI, " ".join(map(_without_emoji, text.split())).strip("'`"))


def spelling_of_typed(text: str) -> str:
    """The ``spelling`` of a text that somebody has typed. Short codes in the text are read as emoji."""
    return spelling(_SHORT_CODES.sub("\N{BLACK STAR}", text))


def spells(text: str, name: str) -> bool:
    """Whether the typed text can mean this name, in upper or lower case."""
    return spelling(name).casefold() in {spelling(text).casefold(), spelling_of_typed(text).casefold()}


def spells_exactly(text: str, name: str) -> bool:
    """As ``spells``, but upper and lower case have to be the same. Emoji also have to be the same, apart from skin
    tone. If the text has short codes, any emoji at the same places will do."""
    if _SHORT_CODES.search(text):
        return spelling(name) in {spelling(text), spelling_of_typed(text)}
    return spelling(name) == spelling(text) and _emoji(name) == _emoji(text)


def _emoji(text: str) -> list[str]:
    return [char for char in text if unicodedata.category(char) == _SYMBOL]


def _without_emoji(word: str) -> str:
    return "".join(_EMOJI if char in _LOOKS or unicodedata.category(char) == _SYMBOL else char for char in word)
