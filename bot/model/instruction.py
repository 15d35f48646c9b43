"""What a person tells a running sequence, as it travels to it: Temporal keeps it as JSON, like its state."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model.window import Window


class Order(StrEnum):
    """What a person may tell a running sequence; the values are the names of the workflow's updates."""

    PAUSE = "pause"
    RESUME = "resume"
    RESIZE = "resize"
    SKIP = "skip"
    AGAIN = "again"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One such order, by whom (a user id) and why; ``days`` goes with resize, ``window`` with skip and again.

    ``terminates`` goes with stop: whoever gives it then ends what runs, without waiting for what was asked to end.
    """

    order: Order
    by: str
    reason: str
    days: int | None = None
    window: Window | None = None
    terminates: bool = False
