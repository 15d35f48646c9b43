"""The run history is complete in the end, although listings lag, clocks differ, the store fails, and two bots read.

Each seed is another course of events. When it is over, the ledger is compared with what happened.
"""

import asyncio
import random
from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.adapters.store import open_store
from bot.errors import DependencyError, Unavailable
from bot.fleet.runs import close_facts
from bot.fleet.runs.call_budget import CallBudget
from bot.model import (
    Description,
    Execution,
    ExecutionStatus,
    HistoryMark,
    Reading,
    RecordedChanges,
    RecordedRuns,
    Ref,
)
from bot.ports import RunHistory
from bot.services import Services
from bot.usecases.observe.child_facts import ChildFactsReader
from bot.usecases.observe.close_facts import CloseFactsReader
from bot.usecases.observe.history import catch_up
from tests.fakes.engine import FakeEngine, with_facts
from tests.fakes.ledger import FakeLedger
from tests.fakes.services import NOW, FakeWorld

CLUSTER = "voice-prod"
MINUTE = timedelta(minutes=1)
LONGEST_LAG = 4  # minutes
STEPS, LAST_START = 150, 120
# In the last of these, ends that are listed late are many more than a portion holds.
SEEDS = (*range(9), 115)


@dataclass
class LaggingEngine(FakeEngine):
    """Lists starts and ends some minutes late; ``now`` is its clock."""

    now: datetime = NOW
    truth: dict[Ref, Execution] = field(default_factory=dict)
    shown_from: dict[Ref, datetime] = field(default_factory=dict)
    end_shown_from: dict[Ref, datetime] = field(default_factory=dict)

    def begin(self, chance: random.Random) -> None:
        """Begins a run that completes later."""
        number, took = len(self.truth), MINUTE * chance.choice([0.1, 1, 5, 60])
        ref = Ref(CLUSTER, f"w{number}", f"r{number}")
        ends = self.now + took
        self.truth[ref] = Execution(ref, "CustomerBackfill", "q", ExecutionStatus.COMPLETED, self.now, ends)
        self.shown_from[ref] = self.now + MINUTE * chance.random() * LONGEST_LAG
        self.end_shown_from[ref] = ends + MINUTE * chance.random() * LONGEST_LAG

    def _of_types(self, workflow_types: Collection[str]) -> list[Execution]:  # noqa: ARG002
        ended = [each for ref, each in self.truth.items() if self.end_shown_from[ref] <= self.now]
        running = [
            _running(each)
            for ref, each in self.truth.items()
            if self.shown_from[ref] <= self.now < self.end_shown_from[ref]
        ]
        return sorted((*ended, *running), key=lambda each: (each.started_at, each.ref))

    async def describe(self, ref: Ref) -> Description:
        first = self.truth[ref]
        has_ended = first.closed_at is not None and first.closed_at <= self.now
        run = with_facts(first, cancel_requested=False) if has_ended else _running(first)
        return Description(run, (), cancel_requested=False, workflow_task_attempt=1)


@dataclass
class UnreliableLedger:
    """Fails at random, before or after writing, until it is ``mended``."""

    ledger: RunHistory
    chance: random.Random
    mended: bool = False

    async def recall(self, cluster: str) -> RecordedRuns:
        self._fail()
        return await self.ledger.recall(cluster)

    async def recall_changes(self, cluster: str, since: HistoryMark | None) -> RecordedChanges:
        self._fail()
        return await self.ledger.recall_changes(cluster, since)

    async def recall_customer(self, cluster: str, customer: str) -> RecordedRuns:
        self._fail()
        return await self.ledger.recall_customer(cluster, customer)

    async def keep(self, executions: Collection[Execution], reading: Reading | None = None) -> None:
        self._fail()
        await self.ledger.keep(executions, reading)
        self._fail()

    def _fail(self) -> None:
        if not self.mended and self.chance.random() < 0.05:
            raise Unavailable("store", "connection refused")


def _running(run: Execution) -> Execution:
    return replace(run, status=ExecutionStatus.RUNNING, closed_at=None)


async def what_comes_of(seed: int, ledgers: tuple[RunHistory, RunHistory]) -> None:
    """Plays one course of events, and checks what both bots know then."""
    chance = random.Random(seed)
    engine = LaggingEngine(at_most=chance.choice([None, None, 10, 25]))
    unreliable = [UnreliableLedger(ledger, chance) for ledger in ledgers]
    bots = [_bot(engine, ledger, MINUTE * chance.choice([0, 0, 8, -8, 60, -60])) for ledger in unreliable]
    for step in range(STEPS):
        engine.now += MINUTE * chance.choice([0.2, 0.5, 1, 3])
        for _ in range(chance.choice([0, 0, 1, 3]) if step < LAST_START else 0):
            engine.begin(chance)
        readers = chance.choice([[], bots[:1], bots[:1], bots[1:], bots])
        outcomes = await asyncio.gather(*(catch_up(CLUSTER, bot) for bot in readers), return_exceptions=True)
        assert all(isinstance(outcome, bool | DependencyError) for outcome in outcomes)
    for each in unreliable:
        each.mended = True
    # Longer than the longest run and the longest lag.
    engine.now += 90 * MINUTE
    await _quiet(engine, bots)

    for ledger in ledgers:
        recalled = await ledger.recall(CLUSTER)
        assert {first.ref: replace(first, hints={}) for first in recalled.executions} == engine.truth
        assert {close_facts.unread(first) for first in recalled.executions} == {None}
        assert recalled.reading is not None
        assert recalled.reading.is_whole


def _bot(engine: LaggingEngine, ledger: UnreliableLedger, skew: timedelta) -> Services:
    services = FakeWorld().services
    budget = CallBudget(1_000)
    reader = CloseFactsReader(engine, {}, budget, 16, ChildFactsReader(engine, services.recogniser, budget, 16))
    cluster = replace(services.clusters[CLUSTER], engine=engine, close_facts=reader)
    return replace(services, ledger=ledger, now=lambda: engine.now + skew, clusters={CLUSTER: cluster})


async def _quiet(engine: LaggingEngine, bots: list[Services]) -> None:
    for number in range(60):
        await catch_up(CLUSTER, bots[number % 2])
        engine.now += MINUTE * 0.2


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_missing_in_the_ledger_when_all_is_quiet_again(seed: int) -> None:
    ledger = FakeLedger()

    await what_comes_of(seed, (ledger, ledger))


async def test_nor_in_what_each_of_two_bots_has_read_of_a_database(url: str) -> None:
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(open_store(url)) for _ in range(2)]

        await what_comes_of(SEEDS[-1], (first.ledger, second.ledger))
