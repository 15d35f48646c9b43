"""What one cluster has answered last about its open runs, so that not every answer has to ask for all of it again.

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
        """How old it is."""
        return now - self.at

    def holds(self, now: datetime, slow_round: timedelta) -> bool:
        """Whether nothing can have happened since that an alert would wait for: no activity had to send a heartbeat
        or to begin an attempt by now, and the next slow round is not due."""
        deadlines = filter(None, map(deadline_of, self.description.activities))
        return timedelta(0) <= self.age(now) < slow_round and all(deadline > now for deadline in deadlines)

    @property
    def is_troubled(self) -> bool:
        """Whether it shows something that people watch."""
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
        """Take over a complete listing of the open runs of these types. Runs that are not listed are forgotten."""
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
        """Take over a description. That of a closed run is not needed any more."""
        ref = description.execution.ref
        if description.execution.status.is_open:
            self._described[ref] = LatestDescription(description, at)
        else:
            self._described.pop(ref, None)

    def of(self, ref: Ref) -> LatestDescription | None:
        """The latest description of an open run."""
        return self._described.get(ref)
