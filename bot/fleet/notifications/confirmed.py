"""The notifications of changes that somebody has confirmed, and that no sequence reports.

They are part of the union in ``bot.fleet.notifications.notification``.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class TerminatedLine:
    """Somebody has terminated workflows of a customer."""

    cluster: str
    customer: str
    count: int
    by: str
    reason: str
    campaign: str = ""
    kind: Literal["terminated"] = "terminated"


@dataclass(frozen=True, slots=True)
class TimeoutLine:
    """Somebody has raised the heartbeat timeouts of ``count`` activities of a customer. ``timeout`` is the longest of
    the new timeouts."""

    cluster: str
    customer: str
    count: int
    timeout: timedelta
    by: str
    reason: str
    campaign: str = ""
    kind: Literal["timeout"] = "timeout"


@dataclass(frozen=True, slots=True)
class ResetLine:
    """Somebody has reset ``count`` activities of a customer, so that their next attempts begin at once."""

    cluster: str
    customer: str
    count: int
    by: str
    reason: str
    campaign: str = ""
    kind: Literal["reset"] = "reset"


@dataclass(frozen=True, slots=True)
class ActivitiesPausedLine:
    """Somebody has paused ``count`` activities of a customer."""

    cluster: str
    customer: str
    count: int
    by: str
    reason: str
    campaign: str = ""
    kind: Literal["activities paused"] = "activities paused"


@dataclass(frozen=True, slots=True)
class ActivitiesResumedLine:
    """Somebody has let ``count`` paused activities of a customer go on."""

    cluster: str
    customer: str
    count: int
    by: str
    reason: str
    campaign: str = ""
    kind: Literal["activities resumed"] = "activities resumed"


ActivitiesLine = TimeoutLine | ResetLine | ActivitiesPausedLine | ActivitiesResumedLine


@dataclass(frozen=True, slots=True)
class BulkCard:
    """Somebody has confirmed a command for several customers at once. ``word`` is the name of the command. The bot
    has carried it out for ``customers`` and not for ``failed``, each as ``cluster/customer``. ``is_queued``: the
    customers wait in the queues of their clusters, and nothing has begun yet. ``is_underway``: the bot is carrying
    the command out for ``customers``, and the outcome is not known yet."""

    word: str
    by: str
    reason: str
    customers: tuple[str, ...]
    failed: tuple[str, ...] = ()
    is_queued: bool = False
    is_underway: bool = False
    campaign: str = ""
    kind: Literal["bulk"] = "bulk"


@dataclass(frozen=True, slots=True)
class NotBegunLine:
    """The turn of a queued customer has come, but its sequence could not begin. ``why`` is a sentence. ``may_begin``
    is True if ``why`` names work that is still open: a person may begin the sequence once this work has ended.
    ``campaign`` is the campaign's name for people, or ""."""

    cluster: str
    customer: str
    why: str
    may_begin: bool
    campaign: str = ""
    kind: Literal["not begun"] = "not begun"
