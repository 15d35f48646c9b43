"""Instructions that people give to an open sequence. They travel as workflow updates, as JSON."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model.window import Window


class Order(StrEnum):
    """The kinds of instruction; the values are the names of the workflow's updates."""

    PAUSE = "pause"
    RESUME = "resume"
    RESIZE = "resize"
    SKIP = "skip"
    AGAIN = "again"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its kind, the user id of whoever gave it, and the reason.

    Each of the last three fields is for certain orders. ``days`` is the new window size of a ``RESIZE``. ``window``
    has the days that a ``SKIP`` leaves out, or that an ``AGAIN`` repeats. ``terminates`` is for a ``STOP``: whoever
    stops the sequence also terminates its runs, so the sequence does not wait for them to cancel.
    """

    order: Order
    by: str
    reason: str
    days: int | None = None
    window: Window | None = None
    terminates: bool = False
