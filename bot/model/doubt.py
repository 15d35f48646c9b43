"""What speaks against days that a run says it has completed (docs/decisions/proof.md)."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model.window import Window


class DoubtReason(StrEnum):
    """Why completed days are in doubt. Values are stored: they never change."""

    CANCEL_REQUESTED = "cancel requested"
    RESULT = "result"
    RESULT_UNREADABLE = "result not readable"
    LATER_RUN = "later run"
    COUNT = "count"
    CHILD_ENDED = "child ended"
    CHILD_OPEN = "child open"
    OPERATION_OPEN = "operation open"


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt about completed days. For a doubt about the run's result, ``detail`` is the result. For a doubt about
    a later run or a child, it is the status of that run or child. For all other doubts it is "".

    ``child`` is the workflow id of a child that counts against the run, or the name of a Nexus operation that counts
    against it. ``more_children`` is how many further children or operations count against it."""

    reason: DoubtReason
    detail: str = ""
    child: str = ""
    more_children: int = 0


@dataclass(frozen=True, slots=True)
class DoubtfulDays:
    """Days of a completed run that nothing has proven, and the doubt about them."""

    window: Window
    doubt: Doubt
