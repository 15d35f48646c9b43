"""Arguments of the activities: one value each, so that a field with a default can be added later."""

from dataclasses import dataclass
from datetime import datetime

from bot.model import Ref, Window


@dataclass(frozen=True, slots=True)
class StartWindowRequest:
    """Start a window. ``token`` identifies this one start when it is retried.

    The start is skipped when somebody else's run completed the window between ``since`` and ``until``; with None it
    never is. While that is not known, nothing starts; after ``attempts`` the result says why. None is a sequence that
    an earlier version of the bot drives, which would take such a result for a refusal without a reason.
    """

    customer: str
    window: Window
    token: str
    since: datetime | None = None
    until: datetime | None = None
    attempts: int | None = None


@dataclass(frozen=True, slots=True)
class FollowRequest:
    """Follow a run until it closes or has timed out ``limit`` times; None: until it closes."""

    ref: Ref
    limit: int | None


@dataclass(frozen=True, slots=True)
class CancelRunRequest:
    """Cancel a run, for this reason."""

    ref: Ref
    reason: str


@dataclass(frozen=True, slots=True)
class CountWindowRequest:
    """Count the rows of the customer's tables in a window."""

    customer: str
    window: Window
