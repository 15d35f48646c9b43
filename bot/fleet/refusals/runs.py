"""Why a customer's runs, or the lack of something to run, stand against what was asked."""

from dataclasses import dataclass
from datetime import timedelta

from bot.commands import ControlRequest
from bot.model import Health, Window


@dataclass(frozen=True, slots=True)
class RunFacts:
    """An open run: its days and how it does. ``attempt`` and ``health`` are None while they are unknown.

    ``is_whole``: it is over the whole campaign. ``starter`` is the name of the person who had it started through the
    bot, "" for a run that was started outside the bot, and None when that is unknown.
    """

    workflow_id: str
    window: Window | None
    is_whole: bool
    attempt: int | None
    health: Health | None
    cancel_requested: bool
    age: timedelta
    starter: str | None


@dataclass(frozen=True, slots=True)
class NothingOpen:
    """The customer has neither a sequence nor a run open."""

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
    """An open run has some of the days that one window is to run."""

    command: ControlRequest
    run: RunFacts


@dataclass(frozen=True, slots=True)
class NoData:
    """The source has no rows of the customer in the range."""

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
class RunsAlready:
    """All that is to be run is running."""

    command: ControlRequest
    customer: str


@dataclass(frozen=True, slots=True)
class NoWorkers:
    """No worker polls the task queue of the workflows that would be started."""

    task_queue: str
    workflow_type: str
    cluster: str


@dataclass(frozen=True, slots=True)
class NoHeartbeats:
    """Nothing that runs of the customer has a heartbeat timeout."""

    customer: str


@dataclass(frozen=True, slots=True)
class TimeoutLongEnough:
    """What runs of the customer has at least the heartbeat timeout that was asked for; ``longest`` is the longest."""

    customer: str
    longest: timedelta


@dataclass(frozen=True, slots=True)
class TimeoutsFixed:
    """The cluster's Temporal does not offer to change the heartbeat timeout of what runs."""

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
    | NoWorkers
    | NoHeartbeats
    | TimeoutLongEnough
    | TimeoutsFixed
)
