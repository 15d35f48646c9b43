"""Why an attempt ended, and how a closed run ended. An attempt runs an activity, or begins a Nexus operation.

Uses no types of Temporal's SDK.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue


class FailureKind(StrEnum):
    """Why an attempt ended. Values are stored: they never change."""

    HEARTBEAT_TIMEOUT = "heartbeat timeout"
    START_TO_CLOSE_TIMEOUT = "start-to-close timeout"
    SCHEDULE_TO_START_TIMEOUT = "schedule-to-start timeout"
    SCHEDULE_TO_CLOSE_TIMEOUT = "schedule-to-close timeout"
    APPLICATION = "error"
    CANCELLED = "cancelled"
    OTHER = "failure"

    @property
    def is_timeout(self) -> bool:
        """Whether the attempt ended because a time limit of its activity was over."""
        return self.value.endswith(" timeout")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt or a run ended; ``message`` is the text of Temporal, of the worker, or of whoever ended it."""

    kind: FailureKind
    message: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One link in the causes of a run's failure. The first is the workflow's own failure, and each later one caused
    the one before it.

    If an activity failed, ``activity`` is its type. If a child workflow failed, ``child`` is its type. Otherwise
    these fields are "".
    """

    failure: Failure
    activity: str = ""
    child: str = ""


@dataclass(frozen=True, slots=True)
class TaskFailure:
    """The workflow task of a run keeps failing: ``at`` is when the first of these failures happened, and ``failure``
    says why."""

    at: datetime
    failure: Failure


@dataclass(frozen=True, slots=True)
class CloseEvent:
    """Why a run failed, or what it returned. ``causes`` say why the run failed. For a terminated run they hold the
    reason that was given, if any. For a run that ended in another way they are empty. ``is_readable`` is False for a
    result that is encrypted or no JSON; ``result`` is then None."""

    causes: tuple[Cause, ...] = ()
    result: JsonValue = None
    is_readable: bool = True
