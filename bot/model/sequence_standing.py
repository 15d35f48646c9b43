"""A sequence as Temporal lists it."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.execution import ExecutionStatus, Ref
from bot.model.sequence import SequenceProgress


@dataclass(frozen=True, slots=True)
class SequenceStanding:
    """A sequence as Temporal lists it, with the facts in its memo. ``progress`` is None if the bot did not query the
    sequence, or if no worker answered."""

    ref: Ref
    customer: str
    id: str
    status: ExecutionStatus
    started_by: str
    started_at: datetime
    reason: str
    thread_key: str
    progress: SequenceProgress | None = None
    campaign: str = ""
