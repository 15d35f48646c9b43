"""Message: what can be said in a channel. Blocks draw it, the Slack adapter sends it, nothing else looks inside."""

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
