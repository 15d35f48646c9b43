"""Episode: one alert from opening to resolving, and what the bot remembers of an activity between looks."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.execution import Failure, Ref
from bot.model.state import Ending, Health
from bot.model.window import Window


@dataclass(frozen=True, slots=True)
class Quiet:
    """A snooze: who asked for it, and until when; ``until`` None means until the episode changes."""

    by: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Episode:
    """One struggling execution, as it stood when last looked at.

    ``root_key`` is the outbox key of the message whose thread tells its story: its own, or a storm's.
    ``customer`` is "" and ``window`` None for an execution that was not recognised.
    ``attempt`` is the latest attempt seen; ``progress`` the last heartbeat's details as text.
    """

    id: str
    root_key: str
    ref: Ref
    customer: str
    window: Window | None
    link: str
    started_at: datetime
    opened_at: datetime
    changed_at: datetime
    attempt: int
    health: Health
    cancel_requested: bool
    progress: str
    last_heartbeat_at: datetime | None
    last_failure: Failure | None
    acked_by: str = ""
    quiet: Quiet | None = None
    reminders: int = 0
    last_told_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None

    @property
    def is_open(self) -> bool:
        """Whether the story goes on."""
        return self.ending is None

    @property
    def name(self) -> str:
        """What people call it: the customer, or the workflow id where none was recognised."""
        return self.customer or self.ref.workflow_id


@dataclass(frozen=True, slots=True)
class Observation:
    """When an activity's heartbeat details were last seen to change; survives restarts of the bot."""

    ref: Ref
    activity_id: str
    details: str
    changed_at: datetime
