"""The latest answers of one cluster about its open runs, so that a command need not ask the cluster for all of them.

All times are on the cluster's clock.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.fleet.runs.deadlines import deadline_of
from bot.model import Description, Execution, Ref


@dataclass(frozen=True, slots=True)
class LatestDescription:
    """The latest description of a run, and when it was asked for."""

    description: Description
    at: datetime

    def age(self, now: datetime) -> timedelta:
        """The time since the description was asked for."""
        return now - self.at

    def holds(self, now: datetime, slow_round: timedelta) -> bool:
        """Whether the description is still good enough to decide about alerts: since then, no activity had to send a
        heartbeat or begin an attempt, and the next slow round is not due."""
        deadlines = filter(None, map(deadline_of, self.description.activities))
        return timedelta(0) <= self.age(now) < slow_round and all(deadline > now for deadline in deadlines)

    @property
    def is_troubled(self) -> bool:
        """Whether an activity or the workflow task is on a later attempt than the first."""
        attempts = (activity.attempt for activity in self.description.activities)
        return max(attempts, default=1) > 1 or self.description.workflow_task_attempt > 1


@dataclass(frozen=True, slots=True)
class _Listing:
    types: frozenset[str]
    open_runs: Mapping[Ref, Execution]
    at: datetime


class LatestAnswers:
    """The latest listing of open runs, and the latest description of each."""

    def __init__(self) -> None:
        self._listing: _Listing | None = None
        self._described: dict[Ref, LatestDescription] = {}

    def note_listing(self, types: Collection[str], open_runs: Iterable[Execution], at: datetime) -> None:
        """Keep a complete listing of the open runs of these types, and forget descriptions of runs not in it."""
        listed = {run.ref: run for run in open_runs}
        self._listing = _Listing(frozenset(types), listed, at)
        self._described = {ref: known for ref, known in self._described.items() if ref in listed}

    def open_runs(
        self, types: Collection[str], now: datetime, within: timedelta
    ) -> tuple[Collection[Execution], datetime] | None:
        """The open runs of these types, and when they were listed; None if no listing of these types was made
        ``within`` this time before ``now``."""
        listing = self._listing
        if listing is None or not timedelta(0) <= now - listing.at <= within or not listing.types.issuperset(types):
            return None
        return [run for run in listing.open_runs.values() if run.workflow_type in types], listing.at

    def note(self, description: Description, at: datetime) -> None:
        """Keep the description of an open run; forget a run that the description shows as closed."""
        ref = description.execution.ref
        if description.execution.status.is_open:
            self._described[ref] = LatestDescription(description, at)
        else:
            self._described.pop(ref, None)

    def of(self, ref: Ref) -> LatestDescription | None:
        """The latest description of an open run; None if none is known."""
        return self._described.get(ref)
