"""What to read before confirming a proposal, as values. ``bot.blocks.proposal_warnings`` puts them into words.

A warning has only the values that its sentence shows. So equal warnings of several customers are shown once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Union

from bot.commands import ControlRequest
from bot.fleet.proposals.activity_warnings import ActivityWarning
from bot.fleet.refusals.declined import Refusal
from bot.fleet.refusals.runs import RunFacts
from bot.fleet.runs.open_work import OpenWorkNote
from bot.model import Window
from bot.model.queue import QueueOrder


@dataclass(frozen=True, slots=True)
class ProgressUnknown:
    """The sequence, which began at ``started_at``, does not answer now."""

    started_at: datetime


@dataclass(frozen=True, slots=True)
class SkipSparesRunning:
    """These windows are running, and go on although their days are to be skipped."""

    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class OthersGoOn:
    """``number`` open runs do not belong to the sequence, and are not cancelled with it."""

    number: int


@dataclass(frozen=True, slots=True)
class RunsAgain:
    """``days`` days that are complete would be run again."""

    days: int


@dataclass(frozen=True, slots=True)
class NeverSeen:
    """The cluster has never run the configured workflow type, so its name may be wrong."""

    workflow_type: str
    cluster: str


@dataclass(frozen=True, slots=True)
class WaitsForCancelled:
    """``number`` windows are being cancelled. The sequence waits for them, and then runs those of their days that the
    command asks for."""

    number: int


@dataclass(frozen=True, slots=True)
class NothingCancelled:
    """Split cancels nothing: either nothing is running, or what is running does not struggle."""

    something_runs: bool


@dataclass(frozen=True, slots=True)
class NothingStarted:
    """Split starts nothing after it has cancelled runs, because all days are complete or covered by runs that go
    on."""


@dataclass(frozen=True, slots=True)
class MayBeDoneAgain:
    """Split cancels a run that does not struggle, so the work that this run has done may be done again."""

    run: RunFacts


@dataclass(frozen=True, slots=True)
class StruggledBefore:
    """A window of ``days`` days struggled earlier, and the new windows are not smaller. ``smaller`` is half of
    ``days``, rounded up."""

    command: ControlRequest
    days: int
    smaller: int


@dataclass(frozen=True, slots=True)
class ResizesWhatIsToCome:
    """A sequence is open. Only windows that it has not begun get the new size."""

    customer: str


@dataclass(frozen=True, slots=True)
class UnwrittenIsLost:
    """If a run is terminated, the rows that it has not written yet are lost."""


@dataclass(frozen=True, slots=True)
class LeftBelow:
    """These workflows below the ended runs go on, because their parents abandon them. Each is a type and an id."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperationsGoOn:
    """These Nexus operations of the ended runs may go on, and Temporal does not tell when they end. Each is an
    endpoint, a service and an operation."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherTypeRuns:
    """The ended runs are of the workflow type ``ended``. Workflows of another type, ``started``, run the same days
    again."""

    ended: str
    started: str


@dataclass(frozen=True, slots=True)
class EndsByItself:
    """The sequence to terminate has no open run, and is about to end by itself."""


@dataclass(frozen=True, slots=True)
class VolumesUnknown:
    """The volumes of customers are unknown, because their source did not answer. ``why`` is the reason."""

    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Customers that are left out, because what the command would do for them cannot be done now."""

    customers: tuple[str, ...]
    reason: Refusal


@dataclass(frozen=True, slots=True)
class DoesNotApply:
    """Customers that have open runs, but to which the command does not apply."""

    customers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """How many open runs of the cluster have an unknown customer."""

    number: int


@dataclass(frozen=True, slots=True)
class OfOneCustomer:
    """A warning that concerns only one customer of the cluster."""

    customer: str
    warning: "ProposalWarning"


@dataclass(frozen=True, slots=True)
class QueuedInOrder:
    """The customers go into the queues of their clusters, in this order. ``at_once`` pairs each cluster with the most
    windows that run there at once."""

    order: QueueOrder
    at_once: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class InCampaigns:
    """Names the campaigns that the proposal acts on. Shown only if the bot knows several campaigns."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DaysOfNobody:
    """The campaign gets more days. Open runs and sequences go on unchanged, so none of them fills the new days."""

    campaign: str


CampaignWarning = DaysOfNobody | InCampaigns
ClusterWarning = LeftOut | DoesNotApply | Unrecognised | OfOneCustomer | QueuedInOrder
SequenceWarning = (
    ProgressUnknown | SkipSparesRunning | OthersGoOn | WaitsForCancelled | ResizesWhatIsToCome | EndsByItself
)
StartWarning = RunsAgain | NeverSeen | NothingStarted | StruggledBefore | VolumesUnknown
EndWarning = NothingCancelled | MayBeDoneAgain | UnwrittenIsLost | LeftBelow | OperationsGoOn | OtherTypeRuns
CustomerWarning = SequenceWarning | StartWarning | EndWarning | ActivityWarning
ProposalWarning = Union[CustomerWarning, ClusterWarning, CampaignWarning, OpenWorkNote]  # noqa: UP007  (two members contain it)
