"""The workflows below a run that are in trouble, as the alert of that run stores them."""

from dataclasses import dataclass

from bot.model.state import AlertReason
from bot.model.window import Window


@dataclass(frozen=True, slots=True)
class Child:
    """A workflow below a run: its id, and the days that it tells. None when it tells none of its own."""

    workflow_id: str
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class TroubledChildren:
    """Of ``total`` open workflows below a run, ``number`` are in the same trouble; ``first`` are some of these.

    ``reason`` is that trouble, the worst that any of them has; alerts that were stored without it are about heartbeat
    timeouts. ``shown`` is the one that the attempt, the progress and the last failure of the run's alert belong to;
    None when these are the run's own.
    """

    number: int
    total: int
    first: tuple[Child, ...] = ()
    shown: Child | None = None
    reason: AlertReason = AlertReason.HEARTBEAT_TIMEOUT
