"""What a run is for: its customer and its days. Also the source from which they are read."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Window


class Source(StrEnum):
    """Where a run's customer and days can be read. ``OWN`` is the memo that the bot gives to the runs that it
    starts."""

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
    """The identity of a run, and the source from which it was read."""

    identity: Identity
    source: Source
