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
        """Whether the description is still good enough to decide about alerts. Once the next slow round is due or the
        deadline of an activity has passed, it no longer is: an attempt may have timed out or begun meanwhile."""
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
        """Keep a complete listing of the open runs of these types, and forget descriptions of runs that are neither
        in it nor below a run in it."""
        listed = {run.ref: run for run in open_runs}
        self._listing = _Listing(frozenset(types), listed, at)
        self._described = _listed_or_below(self._described, listed)

    def open_runs(
        self, types: Collection[str], now: datetime, within: timedelta
    ) -> tuple[Collection[Execution], datetime] | None:
        """The open runs of these types, and when they were listed. None unless the latest listing has all these types
        and is at most ``within`` old at ``now``."""
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

    def looks(self, workflow_ids: Collection[str]) -> Mapping[str, datetime]:
        """The time of the latest description of each of these workflows. The keys are workflow ids and not runs,
        because a child may have continued as new since its parent began it. Leaves out workflows of which no
        description is known."""
        looks: dict[str, datetime] = {}
        for ref, known in self._described.items():
            if ref.workflow_id in workflow_ids:
                looks[ref.workflow_id] = max(known.at, looks.get(ref.workflow_id, known.at))
        return looks


def _listed_or_below(
    described: Mapping[Ref, LatestDescription], listed: Collection[Ref]
) -> dict[Ref, LatestDescription]:
    """The descriptions of the listed runs, of the children that these report, of the children of those, and so on."""
    kept = dict[Ref, LatestDescription]()
    level = {ref: known for ref, known in described.items() if ref in listed}
    while level:
        kept |= level
        names = {child.ref.workflow_id for known in level.values() for child in known.description.children}
        level = {ref: known for ref, known in described.items() if ref not in kept and ref.workflow_id in names}
    return kept
