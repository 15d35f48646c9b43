"""What CustomerBackfill's starters and its worker agree on: names, ids, input, output and configuration."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from temporalio.common import SearchAttributeKey

WORKFLOW_TYPE = "CustomerBackfill"
TASK_QUEUE = "backfill"

CUSTOMER = SearchAttributeKey.for_keyword("BackfillCustomer")
START = SearchAttributeKey.for_keyword("BackfillStart")
END = SearchAttributeKey.for_keyword("BackfillEnd")
SEARCH_ATTRIBUTES = (CUSTOMER, START, END)


@dataclass(frozen=True)
class Backfill:
    """Copy a customer's days from `start` to `end`, ISO dates, `end` excluded."""

    customer: str
    start: str
    end: str
    days_before_story: int = 0
    """The number of first days that are copied at once, for work done before the story begins."""


@dataclass(frozen=True)
class Progress:
    """The details of every heartbeat: the day being copied, rows copied so far, rows there are to copy."""

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
    """host:port of the server, which has a namespace for each cluster."""
    clickhouse: dict[str, str]
    """URL by cluster."""
    scenario: str
    """The text of the scenario file."""
    speed: float
