"""What starters and workers agree on: the demo workflow's names, ids, input and output, and what every workflow hands
to the activity that copies."""

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
    """Copy a customer's days from `start` to `end`, ISO dates, `end` excluded."""

    customer: str
    start: str
    end: str
    days_before_story: int = 0
    """The number of first days that are copied at once, for work done before the story begins."""


@dataclass(frozen=True)
class Piece:
    """The days that one activity copies, of a run that may have several: ISO dates, the ends excluded.

    Whether a customer is too big is a matter of the whole run, so that a run cannot hide it by small pieces.
    """

    customer: str
    start: str
    end: str
    run_start: str
    run_end: str
    days_before_story: int = 0
    """Counted from the beginning of the run."""

    @classmethod
    def whole(cls, backfill: Backfill) -> "Piece":
        """A run that is a single piece."""
        start, end = backfill.start, backfill.end
        return cls(backfill.customer, start, end, start, end, backfill.days_before_story)


@dataclass(frozen=True)
class Progress:
    """The day being copied, rows copied so far, rows there are to copy."""

    day: str
    rows: int
    total: int


@dataclass(frozen=True)
class ActivityPace:
    """Seconds."""

    heartbeat_timeout: float
    retry_after: float


def workflow_id(customer: str, start: str, end: str) -> str:
    return f"backfill-{customer}-{start}-{end}"


class WorkerConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    temporal: str
    """host:port of the server of all namespaces."""
    clickhouse: dict[str, str]
    """URL by cluster."""
    scenario: str
    """The text of the scenario file."""
    speed: float
    elsewhere: tuple[str, ...] = ()
    """The clusters that a worker in another language works on."""
