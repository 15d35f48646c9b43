"""What to read before confirming a proposal, as values; ``bot.blocks.proposal_warnings`` words them.

A warning holds what its sentence shows and nothing else: one that several customers of a cluster have is shown once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Union

from bot.commands import ControlRequest
from bot.fleet.refusals.declined import Refusal
from bot.fleet.refusals.runs import RunFacts
from bot.fleet.runs.open_work import OpenWorkNote
from bot.model import Window


@dataclass(frozen=True, slots=True)
class ProgressUnknown:
    """The sequence does not answer now; it was begun at ``started_at``."""

    started_at: datetime


@dataclass(frozen=True, slots=True)
class SkipSparesRunning:
    """These windows run, and go on although their days are left out."""

    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class OthersGoOn:
    """So many open runs do not belong to the sequence, and are not cancelled with it."""

    number: int


@dataclass(frozen=True, slots=True)
class RunsAgain:
    """So many days that are complete would be run again."""

    days: int


@dataclass(frozen=True, slots=True)
class NeverSeen:
    """The cluster has never run the configured workflow type, so its name may be wrong."""

    workflow_type: str
    cluster: str


@dataclass(frozen=True, slots=True)
class WaitsForCancelled:
    """So many windows are being cancelled: the sequence waits for them, then runs them again."""

    number: int


@dataclass(frozen=True, slots=True)
class NothingCancelled:
    """Split cancels nothing, either because nothing runs or because what runs does not struggle."""

    something_runs: bool


@dataclass(frozen=True, slots=True)
class NothingStarted:
    """Split cancels, and starts nothing afterwards: every other day is complete or runs."""


@dataclass(frozen=True, slots=True)
class MayBeDoneAgain:
    """Split cancels a run that does not struggle."""

    run: RunFacts


@dataclass(frozen=True, slots=True)
class StruggledBefore:
    """A window of so many ``days`` struggled, and the new ones are not smaller; those of ``smaller`` days are."""

    command: ControlRequest
    days: int
    smaller: int


@dataclass(frozen=True, slots=True)
class ResizesWhatIsToCome:
    """A sequence is open: only its windows still to come get the new size."""

    customer: str


@dataclass(frozen=True, slots=True)
class UnwrittenIsLost:
    """What a terminated run has not written by then stays unwritten."""


@dataclass(frozen=True, slots=True)
class LeftBelow:
    """These workflows below what is ended are left to run: their parents abandon them. Each is a type and an id."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndsByItself:
    """Nothing runs any more, and the sequence that is being terminated is about to end."""


@dataclass(frozen=True, slots=True)
class VolumesUnknown:
    """The source did not answer."""

    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Customers that are left out although there is something to do."""

    customers: tuple[str, ...]
    reason: Refusal


@dataclass(frozen=True, slots=True)
class DoesNotApply:
    """Customers with open runs, to which the command does not apply."""

    customers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """So many open runs of the cluster have an unknown customer."""

    number: int


@dataclass(frozen=True, slots=True)
class OfOneCustomer:
    """A warning that concerns only one customer of the cluster."""

    customer: str
    warning: "ProposalWarning"


ClusterWarning = LeftOut | DoesNotApply | Unrecognised | OfOneCustomer
CustomerWarning = (
    ProgressUnknown
    | SkipSparesRunning
    | OthersGoOn
    | RunsAgain
    | NeverSeen
    | WaitsForCancelled
    | NothingCancelled
    | NothingStarted
    | MayBeDoneAgain
    | StruggledBefore
    | ResizesWhatIsToCome
    | UnwrittenIsLost
    | LeftBelow
    | EndsByItself
    | VolumesUnknown
)
ProposalWarning = Union[CustomerWarning, ClusterWarning, OpenWorkNote]  # noqa: UP007  (two members contain it)
