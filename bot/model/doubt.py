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


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason. ``detail`` is the result that was found, or how the later run ended; else it is ""."""

    reason: DoubtReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DoubtfulDays:
    """Days of a completed run that nothing has proven, and the doubt about them."""

    window: Window
    doubt: Doubt
