"""The evening of docs/operations-log.md as executions: 95 customers on five clusters, three clusters without any."""

from datetime import date, timedelta

from bot.fleet.runs.run import Run
from bot.model import Activity, Description, Execution, ExecutionStatus, Window
from tests.fleet.builders import CAMPAIGN, HOUR, MINUTE, NOW, activity, closed, description, execution, run, window

FIVE_DAYS, TEN_DAYS = window(1, 6), window(1, 11)

_NAMED = {
    "us-west-2-prod": ["oportun"],
    "chat-prod": ["verizon-wireless"],
    "schwab-prod": [],
    "eu-west-2-prod": [],
    "ap-southeast-2-prod": [],
    "ca-central-1-prod": [],
    "voice-prod": ["hilton", "vivint", "holidayinn-transfers", "brinks-care", "cox-tech-support", "cox-retention"],
    "us-east-1-prod": [
        "united-east",
        "marriott",
        "spirit",
        "alaska-air",
        "sunbit",
        "rentokil",
        "rcg",
        "propel",
        "nrg",
    ],
}
_NUMBER = {"us-west-2-prod": 30, "chat-prod": 3, "schwab-prod": 1, "voice-prod": 17, "us-east-1-prod": 44}
STILL_OPEN = ("hilton", "vivint", "holidayinn-transfers", "united-east", "marriott", "spirit")

CUSTOMERS: dict[str, tuple[str, ...]] = {
    cluster: tuple(named + [f"{cluster}-tenant-{n}" for n in range(_NUMBER.get(cluster, 0) - len(named))])
    for cluster, named in _NAMED.items()
}


def descriptions() -> list[Description]:
    """Everything that Temporal knows that evening."""
    done = [
        description(of=_complete(days, customer, cluster))
        for cluster, customers in CUSTOMERS.items()
        for customer in customers
        if customer not in STILL_OPEN
        for days in _windows_of(customer)
    ]
    partial = [
        *_split("united-east", "us-east-1-prod", FIVE_DAYS, 6 * HOUR),
        *_split("marriott", "us-east-1-prod", TEN_DAYS, 3 * HOUR + 19 * MINUTE),
        *_split("spirit", "us-east-1-prod", TEN_DAYS, 3 * HOUR),
        *_split("hilton", "voice-prod", FIVE_DAYS, 2 * HOUR + 15 * MINUTE),
    ]
    return [
        *done,
        *partial,
        _running("hilton", window(6, 11), 12 * MINUTE),
        _running("vivint", CAMPAIGN, 22 * HOUR + 10 * MINUTE),
        _running("holidayinn-transfers", CAMPAIGN, 40 * MINUTE),
    ]


def evening_runs() -> list[Run]:
    """The same executions as runs."""
    return [
        run(description.execution, _days(description.execution), *description.activities)
        for description in descriptions()
    ]


def _days(of: Execution) -> Window:
    """The two ISO dates after the customer in the workflow id."""
    start, end = of.ref.workflow_id[-21:-11], of.ref.workflow_id[-10:]
    return Window(date.fromisoformat(start), date.fromisoformat(end))


def _windows_of(customer: str) -> list[Window]:
    """oportun needed 51 one-day windows."""
    return [window(n, n + 1) for n in range(1, 52)] if customer == "oportun" else [CAMPAIGN]


def _complete(days: Window, customer: str, cluster: str) -> Execution:
    return closed(ExecutionStatus.COMPLETED, customer, days, cluster, ago=8 * HOUR, took=HOUR)


def _split(customer: str, cluster: str, first: Window, took: timedelta) -> list[Description]:
    """The full range was cancelled, and the first window is complete."""
    whole = closed(ExecutionStatus.CANCELLED, customer, CAMPAIGN, cluster, ago=9 * HOUR, took=15 * HOUR)
    return [
        description(of=whole),
        description(of=closed(ExecutionStatus.COMPLETED, customer, first, cluster, took=took)),
    ]


def _running(customer: str, days: Window, since: timedelta) -> Description:
    started = execution(customer, days, started_at=NOW - since)
    return description(_copying(since), of=started)


def _copying(since: timedelta) -> Activity:
    return activity(started_at=NOW - since, scheduled_at=NOW - since)
