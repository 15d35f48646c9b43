"""Estimates how many calls a second the bot makes to watch a cluster, and whether the budget allows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.fleet.diagnostics.facts import CallsNeeded
from bot.fleet.diagnostics.findings import Answer
from bot.fleet.runs.call_budget import describes_per_second
from bot.fleet.runs.deadlines import BEAT_SHARE, MARGIN
from bot.model import Activity, Description


@dataclass(frozen=True, slots=True)
class Load:
    """The number of open ``runs``, and descriptions of a ``sample`` of them. ``below`` has the same for the open
    workflows that these runs have started. Workflows that are themselves among the runs are not counted again."""

    runs: int
    sample: Sequence[Description]
    below: "Load | None" = None

    @property
    def workflows_below(self) -> int:
        """How many workflows are open below the runs, at any depth."""
        return self.below.runs + self.below.workflows_below if self.below else 0


def watching(load: Load, calls_per_second: int, slow_round: timedelta) -> Answer:
    """The answer that says how many calls per second the bot needs for watching. It is a warning if the budget does
    not allow that many."""
    needed = calls_needed(load, slow_round)
    round_factor = max(1.0, needed / describes_per_second(calls_per_second))
    calls = max(round(needed), 1 if load.runs else 0)
    fact = CallsNeeded(load.runs, calls, calls_per_second, round_factor, load.workflows_below)
    return Answer(warnings=(fact,)) if round_factor > 1 else Answer((fact,))


def calls_needed(load: Load, slow_round: timedelta) -> float:
    """The number of describe calls needed per second, if all runs are like those in the samples."""
    below = calls_needed(load.below, slow_round) if load.below else 0.0
    if not load.sample:
        return load.runs / slow_round.total_seconds() + below
    rates = [1 / _interval(description, slow_round).total_seconds() for description in load.sample]
    return load.runs * sum(rates) / len(rates) + below


def _interval(description: Description, slow_round: timedelta) -> timedelta:
    """The time between two describe calls for a run that goes on as it does now: about ``BEAT_SHARE`` of its shortest
    heartbeat timeout, and at most ``slow_round``. The bot describes a run when the deadline for its heartbeat passes,
    and by then the latest heartbeat has put the deadline off by about that share."""
    timeouts = [timeout for activity in description.activities if (timeout := _heartbeat_timeout(activity))]
    return min([*(timeout * BEAT_SHARE + MARGIN for timeout in timeouts), slow_round])


def _heartbeat_timeout(activity: Activity) -> timedelta | None:
    return activity.heartbeat_timeout if activity.started_at else None
