"""Estimates how many calls a second watching a cluster takes, and whether the budget allows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.fleet.diagnostics.facts import CallsNeeded
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.runs.call_budget import describes_per_second
from bot.fleet.runs.deadlines import MARGIN
from bot.model import Activity, Description

# The server sees a heartbeat of a run that goes on at least once within this share of its timeout
# (docs/temporal-facts.md#heartbeats), so the deadline moves on by about as much.
BEAT_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Load:
    """``runs`` are open; ``sample`` are descriptions of some of them."""

    runs: int
    sample: Sequence[Description]


def watching(load: Load, calls_per_second: int, slow_round: timedelta) -> Answer:
    """About the calls that watching takes; a warning when they are more than the budget."""
    needed = calls_needed(load, slow_round)
    round_factor = max(1.0, needed / describes_per_second(calls_per_second))
    fact = CallsNeeded(load.runs, max(round(needed), 1 if load.runs else 0), calls_per_second, round_factor)
    return Answer(warnings=(fact,)) if round_factor > 1 else Answer((fact,))


def calls_needed(load: Load, slow_round: timedelta) -> float:
    """Describe calls a second, as far as the sample stands for all runs."""
    if not load.sample:
        return load.runs / slow_round.total_seconds()
    rates = [1 / _interval(description, slow_round).total_seconds() for description in load.sample]
    return load.runs * sum(rates) / len(rates)


def _interval(description: Description, slow_round: timedelta) -> timedelta:
    """The time between two describes of a run that goes on as it does."""
    timeouts = [timeout for activity in description.activities if (timeout := _heartbeat_timeout(activity))]
    return min([*(timeout * BEAT_SHARE + MARGIN for timeout in timeouts), slow_round])


def _heartbeat_timeout(activity: Activity) -> timedelta | None:
    return activity.heartbeat_timeout if activity.started_at else None
