"""The workflows below a run that time out on heartbeat, as the alert of that run stores them."""

from dataclasses import dataclass

from bot.model.window import Window


@dataclass(frozen=True, slots=True)
class Child:
    """A workflow below a run: its id, and the days that it tells. None when it tells none of its own."""

    workflow_id: str
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class ChildrenTimingOut:
    """Of ``total`` open workflows below a run, ``number`` have timed out on heartbeat; ``first`` are some of these.

    ``shown`` is the one that the attempt, the progress and the last failure of the run's alert belong to; None when
    these are the run's own.
    """

    number: int
    total: int
    first: tuple[Child, ...] = ()
    shown: Child | None = None
