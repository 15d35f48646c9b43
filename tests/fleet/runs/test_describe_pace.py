"""A simulation of minutes of watching, with workers that hold heartbeats back as they do: timeouts are seen soon, and
no second has more calls than the budget."""

from collections import deque
from dataclasses import dataclass, field

import pytest

from bot.fleet.runs.call_budget import CallBudget, describes_per_second
from bot.fleet.runs.deadlines import NextDescribe, next_describe
from bot.fleet.runs.describe_queue import DescribeQueue
from bot.model import Ref
from tests.fleet.builders import HOUR, MINUTE, NOW, description, execution
from tests.fleet.runs.heartbeats import BEAT, Heartbeats, at, falling_silent, started_within

RUNS, PER_SECOND, SLOW_ROUND = 2_000, 100, 2 * MINUTE
# In seconds: how often the bot looks what is due, and how long it takes until a describe is recorded.
STEP, RECORDED, AT_MOST = 0.1, 0.5, 23
# A start finds all runs at once. By then that is made up for.
STARTED, END = 120, 240


@dataclass
class Simulation:
    """Describes the runs as the bot does, from its start on. ``calls`` has the time of each call, ``late`` when each
    run was described, with how long it had been due, and ``seen`` when a timeout was seen."""

    heartbeats: Heartbeats
    calls: list[float] = field(default_factory=list)
    late: list[tuple[float, float]] = field(default_factory=list)
    seen: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._queue, self._budget = DescribeQueue(), CallBudget(PER_SECOND)
        self._runs = {execution(f"customer-{n}").ref: n for n in range(RUNS)}
        for ref in self._runs:
            self._queue.put(ref, NextDescribe(NOW, NOW))
        recording: deque[tuple[float, Ref, NextDescribe]] = deque()
        for now in (number * STEP for number in range(int(END / STEP))):
            while recording and recording[0][0] <= now:
                _, ref, coming = recording.popleft()
                self._queue.put(ref, coming)
            for ref in self._queue.pick(at(now), AT_MOST, self._budget.early(now)):
                if self._budget.wait(now):
                    break
                recording.append((now + RECORDED, ref, self._describe(ref, now)))

    def latest(self, since: float) -> float:
        """How long the run was due that was due for longest."""
        return max(late for now, late in self.late if now >= since)

    def _describe(self, ref: Ref, now: float) -> NextDescribe:
        before, run = self._queue.get(ref), self._runs[ref]
        assert before
        self._budget.spend(now)
        self.calls.append(now)
        self.late.append((now, (at(now) - before.at).total_seconds()))
        self._queue.put(ref, NextDescribe(NOW + HOUR))
        pending = self.heartbeats.activity(run, now)
        if pending.last_failure:
            self.seen.setdefault(run, now)
        return next_describe(description(pending), before, at(now), SLOW_ROUND)


@pytest.mark.parametrize(("spread", "at_most"), [(24.0, 1.0), (18.0, 1.0), (14.0, 2.5), (12.0, 4.5)])
def test_timeouts_are_seen_soon_even_where_many_runs_have_their_deadlines_together(
    spread: float, at_most: float
) -> None:
    heartbeats = Heartbeats(started_within(spread, RUNS), falling_silent(RUNS, 40, since=STARTED, seconds=60))
    seen = Simulation(heartbeats).seen

    assert seen.keys() == heartbeats.silent.keys()
    assert max(at - heartbeats.timeout_of(run) for run, at in seen.items()) <= at_most


def test_a_start_describes_all_runs_and_makes_up_for_it_within_a_minute() -> None:
    watched = Simulation(Heartbeats(started_within(BEAT, RUNS)))

    assert watched.latest(since=0) <= RUNS / describes_per_second(PER_SECOND) + STEP
    assert watched.latest(since=MINUTE.total_seconds()) < 0


@pytest.mark.parametrize("spread", [24.0, 12.0, 0.0])
def test_no_second_has_more_calls_than_the_budget(spread: float) -> None:
    calls = Simulation(Heartbeats(started_within(spread, RUNS))).calls

    assert all(later - earlier >= 1 for earlier, later in zip(calls, calls[PER_SECOND:], strict=False))


@pytest.mark.parametrize("spread", [24.0, 12.0])
def test_describing_early_takes_no_more_calls_than_each_heartbeat_takes(spread: float) -> None:
    calls = Simulation(Heartbeats(started_within(spread, RUNS))).calls

    assert sum(call >= STARTED for call in calls) <= RUNS * (END - STARTED) / BEAT
