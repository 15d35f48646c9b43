"""What a run is for: its customer and its days, and where it tells them."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Window


class Source(StrEnum):
    """Where a run tells its customer and days. ``OWN`` is the memo that the bot gives to what it starts."""

    OWN = "the bot's own memo"
    ATTRIBUTES = "attributes"
    MEMO = "memo"
    INPUT = "input"
    ID = "id"
    PARENT = "parent"


@dataclass(frozen=True, slots=True)
class Identity:
    """The customer and the days that a run is for."""

    customer: str
    window: Window


@dataclass(frozen=True, slots=True)
class Recognised:
    """The identity of a run, and the source that tells it."""

    identity: Identity
    source: Source
