"""All open runs that are not healthy, on all clusters, worst first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.fleet.name_lookup import Target
from bot.fleet.runs.alert_reasons import starts_over
from bot.fleet.runs.run import ClusterView, Run, worst_runs_first
from bot.fleet.status.board import Silent
from bot.model import Health, SequenceStanding


@dataclass(frozen=True, slots=True)
class StrugglingResult:
    """``runs`` are the unhealthy open runs: the worst health first, then the most attempts, then the oldest.
    ``described`` counts the open runs that were described, and ``undescribed`` those that could not be described.

    ``sequences`` are the open ones of all clusters. ``times`` has, for each cluster that answered, the time of its
    answer on its own clock. Ages of its runs are computed from that time.
    """

    at: datetime
    runs: tuple[Run, ...]
    described: int
    undescribed: int
    silent: tuple[Silent, ...]
    sequences: tuple[SequenceStanding, ...] = ()
    times: Mapping[str, datetime] = field(default_factory=dict)

    def view_time(self, run: Run) -> datetime:
        """When the run's cluster answered, by its own clock."""
        return self.times.get(run.execution.ref.cluster, self.at)

    @property
    def to_split(self) -> tuple[Target, ...]:
        """The customers to split: those with a run that belongs to no sequence and whose attempts start over, each
        once."""
        runs = (run for run in self.runs if run.identity and run.health and starts_over(run.health))
        targets = (Target(run.execution.ref.cluster, run.name) for run in runs if not self.sequence_of(run))
        return tuple(dict.fromkeys(targets))

    def sequence_of(self, run: Run) -> SequenceStanding | None:
        """The open sequence that runs this window, None when there is none or it is not known."""
        return next((standing for standing in self.sequences if _is_window_of(run, standing)), None)


def struggling_of(views: Sequence[ClusterView], silent: Sequence[Silent], at: datetime) -> StrugglingResult:
    """The unhealthy open runs of these clusters, including those whose customer is not recognised."""
    open_runs = [run for view in views for run in view.runs if run.is_open]
    described = [run for run in open_runs if run.health]
    unwell = [run for run in described if run.health and run.health.health is not Health.HEALTHY]
    undescribed = len(open_runs) - len(described)
    sequences = tuple(standing for view in views for standing in view.sequences)
    return StrugglingResult(
        at=at,
        runs=tuple(sorted(worst_runs_first(unwell), key=_by_health_and_attempts)),
        described=len(described),
        undescribed=undescribed,
        silent=tuple(silent),
        sequences=sequences,
        times={view.cluster: view.at for view in views},
    )


def _by_health_and_attempts(run: Run) -> tuple[int, int]:
    return (run.health.health.rank, -run.health.attempt) if run.health else (Health.HEALTHY.rank, 0)


def _is_window_of(run: Run, standing: SequenceStanding) -> bool:
    if (standing.ref.cluster, standing.customer) != (run.execution.ref.cluster, run.name):
        return False
    if standing.progress is None:
        return run.started_at >= standing.started_at
    return any(window_run.ref in run.refs for window_run in standing.progress.running)
