"""What the workflow asks of its activities: one value each, so that a field can be added later, with a default."""

from dataclasses import dataclass
from datetime import datetime

from bot.model import Ref, Window


@dataclass(frozen=True, slots=True)
class StartAsked:
    """A window to be started; ``token`` is of this start alone.

    Not if somebody else's run has completed it after ``since`` and before ``until``; None: whatever has.
    """

    customer: str
    window: Window
    token: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FollowAsked:
    """A run to be followed until it is closed, or has timed out ``limit`` times; None: until it is closed."""

    ref: Ref
    limit: int | None


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """A run to be cancelled, and why."""

    ref: Ref
    reason: str


@dataclass(frozen=True, slots=True)
class CountAsked:
    """A window to be counted."""

    customer: str
    window: Window
