"""Turns a scenario's submissions into single runs with their ranges, and finds mistakes that appear only when
several keys are compared. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.scenario.model import Campaign, Customer, Scenario, Shape, State, Submission


@dataclass(frozen=True)
class Range:
    """Whole days, end excluded."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True)
class Run:
    """One workflow. The sandbox submits all of them before it reports that the world is ready."""

    cluster: str
    customer: str
    range: Range
    state: State
    days_before_story: int
    """The number of days that the run copies at once when it starts, as if it had copied them before the sandbox
    started."""


def windows(campaign: Campaign, days: int) -> list[Range]:
    """The campaign in windows of ``days`` days; the last one may be shorter."""
    starts = range(0, campaign.days, days)
    return [
        Range(
            campaign.start + timedelta(days=begin),
            min(campaign.start + timedelta(days=begin + days), campaign.end),
        )
        for begin in starts
    ]


def runs(scenario: Scenario) -> list[Run]:
    """All runs of a scenario that has no mistakes. The runs of a customer are in the order of the file."""
    return [
        _run(cluster_name, customer_name, submission, part)
        for cluster_name, cluster in scenario.clusters.items()
        for customer_name, customer in cluster.customers.items()
        for submission in customer.submitted
        for part in _ranges(scenario.campaign, submission)
    ]


def mistakes(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yields pairs of a key and what is wrong with it."""
    yield from _mistakes_of_shapes(scenario)
    for cluster_name, cluster in scenario.clusters.items():
        for customer_name, customer in cluster.customers.items():
            key = f"clusters.{cluster_name}.customers.{customer_name}.submitted"
            yield from _mistakes_of(scenario.campaign, customer, key)


def _mistakes_of_shapes(scenario: Scenario) -> Iterator[tuple[str, str]]:
    users: dict[str, list[str]] = {}
    for name, cluster in scenario.clusters.items():
        users.setdefault(scenario.namespace(name), []).append(name)
        submissions = (submission for customer in cluster.customers.values() for submission in customer.submitted)
        if cluster.shape is not Shape.DEMO and any(submission.state is State.CANCELLED for submission in submissions):
            yield f"clusters.{name}", f"only runs of the shape {Shape.DEMO} can be cancelled beforehand"
        if cluster.shape is not Shape.DEMO and scenario.campaign.timezone != "UTC":
            yield f"clusters.{name}.shape", f"{cluster.shape} counts days in UTC, and the campaign does not"
    for namespace, names in users.items():
        apart = all(scenario.clusters[name].shape is Shape.REGION for name in names)
        if len(names) > 1 and not apart:
            yield f"clusters.{names[1]}.namespace", f"{namespace} is shared by clusters of another shape than region"


def _mistakes_of(campaign: Campaign, customer: Customer, key: str) -> Iterator[tuple[str, str]]:
    running: set[Range] = set()
    for number, submission in enumerate(customer.submitted):
        here = f"{key}[{number}]"
        count = len(windows(campaign, submission.windows or campaign.days))
        last = submission.last or count
        if not submission.first <= last <= count:
            yield here, f"windows {submission.first} to {last} do not exist, there are 1 to {count}"
            continue
        parts = _ranges(campaign, submission)
        yield from ((here, f"{part.start}..{part.end} is running already") for part in parts if part in running)
        if submission.state is State.RUNNING:
            running.update(parts)
        if submission.done_days >= _days_within_reach(customer, parts[-1].days):
            yield (
                f"{here}.done_days",
                f"a run of {parts[-1].days} days does not come as far as {submission.done_days}",
            )


def _days_within_reach(customer: Customer, days: int) -> float:
    """``done_days`` of a run of ``days`` days has to be less than the result. A run of more days than the customer's
    ``max_days`` goes silent after ``silent_after_days``, or after ``max_days`` if the customer has no
    ``silent_after_days``; the result is the number of days after which the run goes silent. Any other run copies all
    of its days, so the result is ``days`` + 1."""
    if customer.max_days is None or days <= customer.max_days:
        return days + 1
    return customer.silent_after_days or customer.max_days


def _ranges(campaign: Campaign, submission: Submission) -> list[Range]:
    parts = windows(campaign, submission.windows or campaign.days)
    return parts[submission.first - 1 : submission.last or len(parts)]


def _run(cluster: str, customer: str, submission: Submission, part: Range) -> Run:
    done = part.days if submission.state is State.COMPLETE else submission.done_days
    return Run(cluster, customer, part, submission.state, done)
