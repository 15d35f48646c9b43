"""Runs whose workers hold heartbeats back as long as they may, and some of which fall silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.fleet.runs.deadlines import BEAT_SHARE
from bot.model import Activity, ActivityState
from tests.fleet.builders import HOUR, NOW, TIMED_OUT, activity

TIMEOUT = 30.0
# In seconds, how long a worker holds a heartbeat back.
BEAT = TIMEOUT * BEAT_SHARE


@dataclass(frozen=True)
class Heartbeats:
    """Run n sends a heartbeat at ``phases[n]`` and every ``BEAT`` seconds before and after, until it falls ``silent``
    if it does. All times are in seconds from ``NOW`` on."""

    phases: Sequence[float]
    silent: Mapping[int, float] = field(default_factory=dict)

    def timeout_of(self, run: int) -> float:
        """When the heartbeat of this silent run times out."""
        return self._latest(run, self.silent[run]) + TIMEOUT

    def activity(self, run: int, now: float) -> Activity:
        """The activity of the run, as Temporal tells it."""
        if run in self.silent and now >= self.timeout_of(run):
            return activity(state=ActivityState.SCHEDULED, attempt=2, last_failure=TIMED_OUT)
        latest = at(self._latest(run, min(now, self.silent.get(run, now))))
        timeout = timedelta(seconds=TIMEOUT)
        return activity(started_at=NOW - HOUR, last_heartbeat_at=latest, heartbeat_timeout=timeout)

    def _latest(self, run: int, now: float) -> float:
        phase = self.phases[run]
        return phase + BEAT * ((now - phase) // BEAT)


def at(seconds: float) -> datetime:
    """This many seconds from ``NOW`` on."""
    return NOW + timedelta(seconds=seconds)


def started_within(seconds: float, runs: int) -> list[float]:
    """The phases of runs that were started one after the other within this time."""
    return [number * seconds / runs for number in range(runs)]


def falling_silent(runs: int, count: int, since: float, seconds: float) -> dict[int, float]:
    """When ``count`` of the runs fall silent, one after the other within this time."""
    return {number * runs // count: since + number * seconds / count for number in range(count)}
