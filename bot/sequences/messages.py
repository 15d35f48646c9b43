"""Arguments of the activities. Each activity takes a single dataclass, so that a field with a default can be
added."""

from dataclasses import dataclass
from datetime import datetime

from bot.model import Ref, Window


@dataclass(frozen=True, slots=True)
class StartWindowRequest:
    """Start a window. ``token`` identifies this one start across its retries.

    The window is not started when somebody else's run completed it between ``since`` and ``until``; if these are
    None, other runs are ignored. While it is unknown whether there is such a run, the activity fails and Temporal
    retries it. Attempt number ``attempts`` no longer fails: it returns why this is unknown, as
    ``StartResult.unknown``. ``attempts`` is None in a request from an earlier version of the bot. That version does
    not know ``StartResult.unknown``, so attempt number ``MAX_ATTEMPTS`` returns the reason as a refusal. ``campaign``
    is "" in a sequence that began when the bot knew only one campaign.
    """

    customer: str
    window: Window
    token: str
    since: datetime | None = None
    until: datetime | None = None
    attempts: int | None = None
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class FollowRequest:
    """Follow a run until it closes or has timed out ``limit`` times. Without a limit, follow it until it closes."""

    ref: Ref
    limit: int | None


@dataclass(frozen=True, slots=True)
class CancelRunRequest:
    """Cancel a run. Temporal shows ``reason``."""

    ref: Ref
    reason: str


@dataclass(frozen=True, slots=True)
class CountWindowRequest:
    """Count the rows of the customer's tables in a window; ``campaign`` is as in ``StartWindowRequest``."""

    customer: str
    window: Window
    campaign: str = ""
