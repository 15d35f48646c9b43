"""Message: what can be said in a channel; View: what can be asked in a modal.

Blocks draw them, the Slack adapter sends them, nothing else looks inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Undrawable(Exception):
    """What was to be said does not become a message: a mistake of ours, which no second try and no person mends."""


@dataclass(frozen=True, slots=True)
class Message:
    """``text`` carries the whole meaning (notifications, screen readers); ``blocks`` are its drawing."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A modal. ``submit`` "" means that it only tells. ``purpose`` names what a submission means, and ``memory`` is
    handed back with it unchanged (at most 3,000 characters, slack-contract.md §5)."""

    title: str
    blocks: tuple[Mapping[str, Any], ...]
    submit: str = ""
    close: str = "Close"
    purpose: str = ""
    memory: str = ""
