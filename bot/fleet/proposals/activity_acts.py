"""The acts that change a single activity of a run. They are part of the union in ``bot.fleet.proposals.proposal``."""

from dataclasses import dataclass
from datetime import timedelta

from bot.model import Ref


@dataclass(frozen=True, slots=True)
class ExtendTimeout:
    """Give a pending activity a longer heartbeat timeout. ``attempt`` is its present attempt."""

    customer: str
    ref: Ref
    activity_id: str
    activity_type: str
    attempt: int
    before: timedelta
    after: timedelta

    @property
    def identity(self) -> list[str]:
        """The act's part of the digest. Acts that do the same have equal parts."""
        ref, spans = self.ref, (str(self.before), str(self.after))
        return ["timeout", ref.workflow_id, ref.run_id, self.activity_id, *spans]


@dataclass(frozen=True, slots=True)
class ResetActivity:
    """Begin the next attempt of an activity at once, as attempt 1. ``attempt`` is the number of the attempt that
    waits. ``keeps_progress``: a heartbeat has left details, from which the attempt may go on."""

    customer: str
    ref: Ref
    activity_id: str
    activity_type: str
    attempt: int
    keeps_progress: bool

    @property
    def identity(self) -> list[str]:
        """The act's part of the digest. Acts that do the same have equal parts."""
        return ["reset", self.ref.workflow_id, self.ref.run_id, self.activity_id]
