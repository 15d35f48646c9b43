"""All jobs together, near the budget of calls: alerts come within seconds of the server's own timeout."""

import asyncio
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median

from bot.background.scheduler import running_jobs
from bot.fleet.notifications.keys import episode_id
from bot.in_flight import InFlight
from bot.model import Description, JournalEntry, Ref
from bot.services import Services
from tests.fakes.channel import FakeChannel
from tests.fakes.engine import FakeEngine
from tests.fakes.idle_clock import on_idle_clock
from tests.fakes.journal import FakeJournal
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import description, execution
from tests.fleet.runs.heartbeats import Heartbeats, at, falling_silent, started_within

# A quarter of what the default budget is for, with heartbeats in half of the time from one to the next.
RUNS, PER_SECOND, STARTED_WITHIN = 500, 25, 14.0
# In seconds. All runs are due at the start; that has been made up for when the first one falls silent.
STARTED, SPREAD, END = 90, 60, 190
# Of a describe, and of a record in the store.
ANSWER, WRITE = 0.02, 0.1
# Sums of floats are not exact.
NEARLY_A_SECOND = 1 - 1e-6


def now() -> datetime:
    return at(asyncio.get_running_loop().time())


class Cluster(FakeEngine):
    """Its runs send heartbeats as time passes."""

    def __init__(self, heartbeats: Heartbeats) -> None:
        super().__init__()
        self.calls: list[float] = []
        self._heartbeats = heartbeats
        self._runs = [execution(f"customer-{number}") for number in range(RUNS)]
        self._numbers = {run.ref: number for number, run in enumerate(self._runs)}
        for run in self._runs:
            self.add(run)

    @property
    def refs(self) -> Sequence[Ref]:
        return [run.ref for run in self._runs]

    async def describe(self, ref: Ref) -> Description:
        clock = asyncio.get_running_loop().time
        self.calls.append(clock())
        await asyncio.sleep(ANSWER)
        number = self._numbers[ref]
        self.put(description(self._heartbeats.activity(number, clock()), of=self._runs[number]))
        return await super().describe(ref)


class Journal(FakeJournal):
    """Takes its time."""

    async def record(self, entry: JournalEntry, now: datetime) -> None:
        await asyncio.sleep(WRITE)
        await super().record(entry, now)


def watching(cluster: Cluster) -> tuple[Services, FakeChannel]:
    customers = tuple(f"customer-{number}" for number in range(RUNS))
    world = FakeWorld(config({"voice-prod": customers}, watch={"calls_per_second": PER_SECOND}))
    world.engines["voice-prod"] = cluster
    world.journal = Journal(world.outbox)
    channel = FakeChannel(now)
    return replace(world.services, now=now, channel=channel), channel


def most_calls_in_a_second(calls: Sequence[float]) -> int:
    return max(bisect_left(calls, call + NEARLY_A_SECOND) - number for number, call in enumerate(calls))


@on_idle_clock
async def test_alerts_come_within_seconds_and_no_second_has_more_calls_than_the_budget() -> None:
    # Debugging of the loop notes the stack of each of its steps, and these are very many.
    asyncio.get_running_loop().set_debug(False)
    silent = falling_silent(RUNS, 10, since=STARTED, seconds=SPREAD)
    heartbeats = Heartbeats(started_within(STARTED_WITHIN, RUNS), silent)
    cluster = Cluster(heartbeats)
    services, channel = watching(cluster)
    async with running_jobs(services, InFlight()):
        await asyncio.sleep(END)

    posted = {post.key: post.posted_at for post in reversed(channel.messages)}
    delays = [
        (posted[f"episode:{episode_id(cluster.refs[run])}"] - at(heartbeats.timeout_of(run))).total_seconds()
        for run in silent
    ]
    assert median(delays) < 2
    assert max(delays) < 4
    assert most_calls_in_a_second(cluster.calls) <= PER_SECOND
