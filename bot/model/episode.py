"""Episode: one alert from opening to resolving, and what the bot remembers of an activity between looks."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from bot.model.execution import Failure, Ref
from bot.model.sequence import Overtaken, SequenceProgress
from bot.model.state import AlertReason, Ending, Health
from bot.model.window import Window


@dataclass(frozen=True, slots=True)
class Quiet:
    """A snooze: who asked for it, and until when; ``until`` None means until the episode changes."""

    by: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one execution stood at a look.

    ``customer`` is "" and ``window`` None for an execution that was not recognised.
    ``attempt`` is the latest attempt seen; ``progress`` the last heartbeat's details as text.
    """

    ref: Ref
    customer: str
    window: Window | None
    link: str
    started_at: datetime
    health: Health
    attempt: int
    cancel_requested: bool
    progress: str
    last_heartbeat_at: datetime | None
    last_failure: Failure | None

    @property
    def name(self) -> str:
        """What people call it: the customer, or the workflow id where none was recognised."""
        return self.customer or self.ref.workflow_id

    def standing(self) -> dict[str, Any]:
        """These fields by name, to be taken over by another look at the same execution."""
        return {field.name: getattr(self, field.name) for field in fields(Standing)}


@dataclass(frozen=True, slots=True)
class Episode(Standing):
    """One execution that needs a person, as it stood when last looked at, and what people have made of it.

    ``alert_reason`` is why; alerts of versions that stored none are about heartbeat timeouts.
    ``root_key`` is the outbox key of the message whose thread tells its story: its own, or a storm's.
    ``group`` is the id of the alert whose message became that of several customers, "" for one by itself.
    ``activity_id`` is the activity that attempt, progress and failure are about; ``reached`` is how far the attempt
    before this one had come when last seen.
    ``sequence`` is how the sequence stood when it last told something that has taken the episode over: the story then
    goes on when the run has ended, and ends with the sequence.
    ``ahead`` is by how much the bot's clock, by which an episode's own times are, was ahead of its cluster's when it
    opened.
    ``overtaken`` is by what its days were completed, since it ended otherwise.
    ``revision`` is as read from the journal, which counts how often it was recorded; 0: not recorded yet.
    """

    id: str
    root_key: str
    opened_at: datetime
    changed_at: datetime
    activity_id: str = ""
    reached: str = ""
    acked_by: str = ""
    quiet: Quiet | None = None
    reminders: int = 0
    last_told_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    sequence: SequenceProgress | None = None
    group: str = ""
    overtaken: Overtaken | None = None
    alert_reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
    revision: int = 0
    ahead: timedelta = timedelta(0)

    @property
    def opened_there(self) -> datetime:
        """When it opened, by the clock of its cluster."""
        return self.opened_at - self.ahead

    @property
    def is_open(self) -> bool:
        """Whether the story goes on."""
        return self.ending is None


@dataclass(frozen=True, slots=True)
class Observation:
    """When an activity's heartbeat details were last seen to change; survives restarts of the bot."""

    ref: Ref
    activity_id: str
    details: str
    changed_at: datetime
