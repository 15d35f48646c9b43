"""Hides what looks like a secret in text that is shown, logged or kept, wherever the text came from."""

import re

HIDDEN = "(hidden)"
# What Slack's tokens begin with, and the user and password of a URL: people paste things where they do not belong,
# and vendors repeat what they were given.
_SECRET = re.compile(r"xox[a-z](?:\.xox[a-z])?-[^\s'\"”]+|xapp-[^\s'\"”]+|(?<=://)[^/\s@”]+(?=@)", re.IGNORECASE)


def without_secrets(text: str) -> str:
    """The same text; lines stay lines."""
    return _SECRET.sub(HIDDEN, text)


def presentable(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters; secrets go first, so that no half of one is left by the cut."""
    line = without_secrets(" ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"
