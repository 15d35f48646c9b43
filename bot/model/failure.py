"""Why an attempt of an activity, or of beginning a Nexus operation, has ended."""

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """Why an attempt ended. Values are stored: they never change."""

    HEARTBEAT_TIMEOUT = "heartbeat timeout"
    START_TO_CLOSE_TIMEOUT = "start-to-close timeout"
    SCHEDULE_TO_START_TIMEOUT = "schedule-to-start timeout"
    SCHEDULE_TO_CLOSE_TIMEOUT = "schedule-to-close timeout"
    APPLICATION = "error"
    CANCELLED = "cancelled"
    OTHER = "failure"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one attempt of an activity ended; ``message`` is the text of Temporal or of the worker."""

    kind: FailureKind
    message: str
