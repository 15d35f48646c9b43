"""What starters and workers share: the demo workflow's names, ids, input and output, and the arguments that every
workflow passes to the activity that copies.
"""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from temporalio.common import SearchAttributeKey

WORKFLOW_TYPE = "CustomerBackfill"
TASK_QUEUE = "backfill"

CUSTOMER = SearchAttributeKey.for_keyword("BackfillCustomer")
START = SearchAttributeKey.for_keyword("BackfillStart")
END = SearchAttributeKey.for_keyword("BackfillEnd")
SEARCH_ATTRIBUTES = (CUSTOMER.name, START.name, END.name)


@dataclass(frozen=True)
class Backfill:
    """The days of a customer to copy, from `start` to `end`: ISO dates, `end` excluded."""

    customer: str
    start: str
    end: str
    days_before_story: int = 0
    """The number of days that are copied at once, from the first one on, as if they had been copied before the
    sandbox started."""


@dataclass(frozen=True)
class Piece:
    """The days that one activity copies: those of its run, or a part of them. All days are ISO dates; `end` and
    `run_end` are excluded.

    `run_start` and `run_end` are the first day and the end of the whole run. They tell whether the run is too long
    for its customer.
    """

    customer: str
    start: str
    end: str
    run_start: str
    run_end: str
    days_before_story: int = 0
    """The number of days, from the beginning of the run, that are copied at once: see
    `Backfill.days_before_story`."""

    @classmethod
    def whole(cls, backfill: Backfill) -> "Piece":
        """The piece that is the whole run."""
        start, end = backfill.start, backfill.end
        return cls(backfill.customer, start, end, start, end, backfill.days_before_story)


@dataclass(frozen=True)
class Progress:
    """The day that is being copied, the number of rows copied so far, and the number of all rows to copy."""

    day: str
    rows: int
    total: int


@dataclass(frozen=True)
class ActivityPace:
    """Durations of the activities, in seconds."""

    heartbeat_timeout: float
    retry_after: float


def workflow_id(customer: str, start: str, end: str) -> str:
    return f"backfill-{customer}-{start}-{end}"


class WorkerConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    temporal: str
    """host:port of the server that has all namespaces."""
    clickhouse: dict[str, str]
    """URL by cluster."""
    scenario: str
    """The text of the scenario file."""
    speed: float
    elsewhere: tuple[str, ...] = ()
    """The clusters that are served by a worker in another language."""
