"""Converts durations of the scenario to real time: divides them by the speed, and keeps them above a minimum."""

from dataclasses import dataclass
from datetime import timedelta

from sandbox.scenario.model import Pace

# Below these durations the servers themselves are too slow to keep to the pace.
LEAST_HEARTBEAT_TIMEOUT = timedelta(seconds=3)
LEAST_RETRY_AFTER = timedelta(milliseconds=200)
HEARTBEATS_PER_TIMEOUT = 5


def shortened(duration: timedelta, speed: float, least: timedelta = timedelta(0)) -> timedelta:
    return max(duration / speed, least)


@dataclass(frozen=True)
class WorldPace:
    """The durations by which a worker works, in real time."""

    heartbeat_timeout: timedelta
    heartbeat_every: timedelta
    retry_after: timedelta


def world_pace(pace: Pace, speed: float) -> WorldPace:
    timeout = shortened(pace.heartbeat_timeout, speed, LEAST_HEARTBEAT_TIMEOUT)
    return WorldPace(
        heartbeat_timeout=timeout,
        heartbeat_every=timeout / HEARTBEATS_PER_TIMEOUT,
        retry_after=shortened(pace.retry_after, speed, LEAST_RETRY_AFTER),
    )
