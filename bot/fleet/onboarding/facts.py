"""What `backfill-bot init` finds and leaves out, as values. ``bot.blocks.init_report`` puts them into words."""

from dataclasses import dataclass
from enum import StrEnum

from bot.fleet.diagnostics.same_days import SameDays
from bot.model import Window


class Reason(StrEnum):
    """Why a workflow type is left out."""

    NO_DAYS = "no days"
    NOT_CONFIRMED = "not confirmed"
    NOT_CHOSEN = "not chosen"


@dataclass(frozen=True, slots=True)
class SystemAway:
    """A system did not answer. Whatever depends on it is left out."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunsSeen:
    """How many of the last runs of a cluster were examined, and how many of each type."""

    cluster: str
    number: int
    types: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TypeRead:
    """How the runs of a type are recognised. ``examples`` have workflow id, customer and days."""

    workflow_type: str
    recognised: int
    total: int
    sources: tuple[str, ...]
    examples: tuple[tuple[str, str, Window], ...]


@dataclass(frozen=True, slots=True)
class TypeLeftOut:
    """A workflow type that the proposed backfill.toml does not name."""

    workflow_type: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class InputOpen:
    """A person should check the arguments of a start. ``is_known`` is False if backfill.toml has only the usual
    arguments. ``differing``, ``rewritten`` and ``hidden`` are as in ``InputProposal``. ``adds_days``: backfill.toml
    adds the days, which no run has in its arguments."""

    workflow_type: str
    is_known: bool = True
    differing: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    adds_days: bool = False


@dataclass(frozen=True, slots=True)
class TablesSeen:
    """How many tables there are, and which of them have one column for the customer and one for the time."""

    number: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VolumeUnknown:
    """No table of source rows was found, so the volume of customers is not known."""


@dataclass(frozen=True, slots=True)
class TokensMissing:
    """Variables that are still empty in the .env file."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MistakesLeft:
    """The mistakes for which the bot would refuse the proposed definitions. These definitions are left out."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionsMissing:
    """Sections that the bot needs and the proposed backfill.toml does not have yet."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswersUnused:
    """Flags of the command line that were not used, because runs and tables left no question for them."""

    flags: tuple[str, ...]


InitFact = (
    SystemAway
    | RunsSeen
    | TypeRead
    | SameDays
    | TypeLeftOut
    | InputOpen
    | TablesSeen
    | VolumeUnknown
    | TokensMissing
    | MistakesLeft
    | SectionsMissing
    | AnswersUnused
)
