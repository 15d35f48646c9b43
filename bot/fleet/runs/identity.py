"""The identity of a run: its customer and its days. Also the source from which it is read."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Window


class Source(StrEnum):
    """The place where a run's customer and days are read. ``OWN`` is the memo of the runs that the bot itself has
    started."""

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
    """The identity of a run, and the sources from which its customer and its days were read: the same source unless
    the mapping joins two. A run without days, which fills the whole campaign, has only the source of its customer."""

    identity: Identity
    customer_source: Source
    days_source: Source

    @property
    def sources(self) -> tuple[Source, ...]:
        """The source of the customer and the source of the days; only one source if both are the same."""
        return tuple(dict.fromkeys((self.customer_source, self.days_source)))
