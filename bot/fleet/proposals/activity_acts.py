"""The acts that change a single activity of a run. They are part of the union in ``bot.fleet.proposals.proposal``."""

from dataclasses import dataclass
from datetime import timedelta

from bot.model import Ref


@dataclass(frozen=True, slots=True)
class ActivityAct:
    """A change of one pending activity. ``attempt`` is the number of the attempt that runs, or that waits to begin.
    The plan digest does not depend on ``attempt``, because the number may rise while a person reads."""

    customer: str
    ref: Ref
    activity_id: str
    activity_type: str
    attempt: int

    def _identified_by(self, change: str, *values: str) -> list[str]:
        return [change, self.ref.workflow_id, self.ref.run_id, self.activity_id, *values]


@dataclass(frozen=True, slots=True)
class ExtendTimeout(ActivityAct):
    """Give a pending activity a longer heartbeat timeout."""

    before: timedelta
    after: timedelta

    @property
    def identity(self) -> list[str]:
        """The act's part of the plan digest. Acts that do the same have equal parts."""
        return self._identified_by("timeout", str(self.before), str(self.after))


@dataclass(frozen=True, slots=True)
class ResetActivity(ActivityAct):
    """Begin the next attempt of an activity at once, as attempt 1. ``keeps_progress``: a heartbeat has left details,
    from which the attempt may go on."""

    keeps_progress: bool

    @property
    def identity(self) -> list[str]:
        """The act's part of the plan digest. Acts that do the same have equal parts."""
        return self._identified_by("reset")


@dataclass(frozen=True, slots=True)
class PauseActivity(ActivityAct):
    """Pause an activity: no attempt begins until the activity is resumed. ``has_attempt``: an attempt runs now.
    ``beats``: this attempt sends heartbeats, so it learns of the pause with the next heartbeat, and ends."""

    has_attempt: bool
    beats: bool

    @property
    def identity(self) -> list[str]:
        """The act's part of the plan digest. Acts that do the same have equal parts."""
        return self._identified_by("pause")


@dataclass(frozen=True, slots=True)
class UnpauseActivity(ActivityAct):
    """Begin the next attempt of a paused activity at once. ``has_attempt``: an attempt that ran before the pause has
    not ended, and goes on."""

    has_attempt: bool

    @property
    def identity(self) -> list[str]:
        """The act's part of the plan digest. Acts that do the same have equal parts."""
        return self._identified_by("unpause")
