"""Why a customer's runs do not allow what was asked, or why there is nothing to run."""

from dataclasses import dataclass
from datetime import timedelta

from bot.commands import ControlRequest
from bot.model import Child, Health, Window


@dataclass(frozen=True, slots=True)
class RunFacts:
    """An open run: its days and its state. ``attempt`` and ``health`` are None if they are unknown.

    ``is_whole``: the run covers the whole campaign. ``starter`` is the name of the person who started it through the
    bot; "" if it was started in another way, and None if that is unknown. If ``child`` is set, ``attempt`` and
    ``health`` are those of this workflow below the run.
    """

    workflow_id: str
    window: Window | None
    is_whole: bool
    attempt: int | None
    health: Health | None
    cancel_requested: bool
    age: timedelta
    starter: str | None
    child: Child | None = None


@dataclass(frozen=True, slots=True)
class NothingOpen:
    """The customer has no open sequence and no open run."""

    command: ControlRequest
    customer: str


@dataclass(frozen=True, slots=True)
class CancelledAlready:
    """All of the customer's ``number`` open runs are being cancelled."""

    command: ControlRequest
    customer: str
    number: int


@dataclass(frozen=True, slots=True)
class WholeRangeRuns:
    """A run over the whole campaign is open."""

    command: ControlRequest
    run: RunFacts


@dataclass(frozen=True, slots=True)
class DaysRun:
    """The request is for one window, and an open run already covers some of its days."""

    command: ControlRequest
    run: RunFacts


@dataclass(frozen=True, slots=True)
class NoData:
    """The source has no rows for the customer in the range."""

    customer: str
    whole: Window


@dataclass(frozen=True, slots=True)
class CompleteAlready:
    """Every day of the range is complete."""

    command: ControlRequest
    customer: str
    whole: Window


@dataclass(frozen=True, slots=True)
class NoneFailed:
    """Only failed windows were asked for, and there are none."""

    command: ControlRequest
    customer: str
    whole: Window


@dataclass(frozen=True, slots=True)
class WaitsAlready:
    """Everything that the command would queue for the customer waits in the queue already. ``by`` is the name of the
    person who queued the customer."""

    by: str


@dataclass(frozen=True, slots=True)
class RunsAlready:
    """Everything that would be run is already running."""

    command: ControlRequest
    customer: str


@dataclass(frozen=True, slots=True)
class ChildGoesOn:
    """An open workflow below the customer's runs would go on, and fills days that are to be run."""

    customer: str
    workflow_type: str
    workflow_id: str
    window: Window


@dataclass(frozen=True, slots=True)
class NoWorkers:
    """No worker polls the task queue of the workflows that would be started."""

    task_queue: str
    workflow_type: str
    cluster: str


@dataclass(frozen=True, slots=True)
class NoHeartbeats:
    """No pending activity of the customer has a heartbeat timeout."""

    customer: str


@dataclass(frozen=True, slots=True)
class TimeoutLongEnough:
    """No heartbeat timeout of the customer's pending activities can become longer. Each is already at least as long
    as requested, or has the longest value that the bot offers. ``longest`` is the longest present timeout."""

    customer: str
    longest: timedelta


@dataclass(frozen=True, slots=True)
class TimeoutsFixed:
    """The cluster's Temporal does not offer to change the heartbeat timeout of a pending activity."""

    command: ControlRequest
    cluster: str


@dataclass(frozen=True, slots=True)
class NothingWaits:
    """No activity of the customer waits for its next attempt."""

    command: ControlRequest
    customer: str


@dataclass(frozen=True, slots=True)
class ResetsNotOffered:
    """The cluster's Temporal does not offer to reset an activity."""

    command: ControlRequest
    cluster: str


@dataclass(frozen=True, slots=True)
class NothingToPause:
    """No pending activity of the customer's runs can be paused. ``is_paused``: some are paused already."""

    command: ControlRequest
    customer: str
    is_paused: bool


@dataclass(frozen=True, slots=True)
class PausesNotOffered:
    """The cluster's Temporal does not offer to pause an activity, or to let a paused one go on."""

    command: ControlRequest
    cluster: str


RunRefusal = (
    NothingOpen
    | CancelledAlready
    | WholeRangeRuns
    | DaysRun
    | NoData
    | CompleteAlready
    | NoneFailed
    | RunsAlready
    | WaitsAlready
    | ChildGoesOn
    | NoWorkers
    | NoHeartbeats
    | TimeoutLongEnough
    | TimeoutsFixed
    | NothingWaits
    | ResetsNotOffered
    | NothingToPause
    | PausesNotOffered
)
