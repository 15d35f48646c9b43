"""What `backfill-bot init` has found and what it leaves out, as values; ``bot.blocks.init_report`` words them."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Window


class Reason(StrEnum):
    """Why a workflow type is left out."""

    NO_DAYS = "no days"
    NOT_CONFIRMED = "not confirmed"
    NOT_CHOSEN = "not chosen"


@dataclass(frozen=True, slots=True)
class SystemAway:
    """A system did not answer; what depends on it is left out."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunsSeen:
    """How many of the last runs of a cluster were looked at, and of which types."""

    cluster: str
    number: int
    types: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TypeRead:
    """What the runs of a type are taken for; ``examples`` have workflow id, customer and days."""

    workflow_type: str
    recognised: int
    total: int
    sources: tuple[str, ...]
    examples: tuple[tuple[str, str, Window], ...]


@dataclass(frozen=True, slots=True)
class TypeLeftOut:
    """A workflow type that the file does not name."""

    workflow_type: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class InputOpen:
    """What a start of this type is given needs a look: ``is_known`` is False where the file has the usual input.
    ``differing`` are paths whose values differ between runs, ``hidden`` those that look like secrets. ``adds_days``:
    no run takes days, and starts would."""

    workflow_type: str
    is_known: bool = True
    differing: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    adds_days: bool = False


@dataclass(frozen=True, slots=True)
class TablesSeen:
    """How many tables there are, and which have one column of the customer and one of the time."""

    number: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VolumeUnknown:
    """No table of source rows was found, so the volume of customers is not known."""


@dataclass(frozen=True, slots=True)
class TokensMissing:
    """Variables that the .env file leaves empty."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MistakesLeft:
    """What the bot would refuse about the proposed definitions; they are left out."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionsMissing:
    """Sections that the file does not have yet, and that the bot needs."""

    names: tuple[str, ...]


InitFact = (
    SystemAway
    | RunsSeen
    | TypeRead
    | TypeLeftOut
    | InputOpen
    | TablesSeen
    | VolumeUnknown
    | TokensMissing
    | MistakesLeft
    | SectionsMissing
)
