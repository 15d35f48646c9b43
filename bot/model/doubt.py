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
    """One doubt about completed days. ``detail`` is the result that was found, or the status of the later run or the
    child; else it is "". ``child`` is the workflow id of a child that counts against the run, or the name of a Nexus
    operation that does. ``more_children`` counts the others."""

    reason: DoubtReason
    detail: str = ""
    child: str = ""
    more_children: int = 0


@dataclass(frozen=True, slots=True)
class DoubtfulDays:
    """Days of a completed run that nothing has proven, and the doubt about them."""

    window: Window
    doubt: Doubt
