"""The open sequences of a cluster and their progress: a few are queried, of many the published progress is read."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from bot.errors import Unavailable
from bot.model import JournalEntry, OutboxMessage, SequenceEnd, SequenceProgress, SequenceSpec, SequenceStanding
from bot.usecases.drive.publish import SequenceReport, tell
from bot.usecases.observe.sequences import MAX_QUERIED, OpenSequences, open_sequences
from tests.fakes.control import FakeControl
from tests.fakes.episodes import episode
from tests.fakes.services import NOW, FakeWorld, config
from tests.fleet.sequences import progress, spec

CLUSTER = "voice-prod"
MANY = 1_000


@dataclass
class CountingControl(FakeControl):
    """Counts the queries."""

    queried: list[str] = field(default_factory=list)

    async def sequence(self, customer: str) -> SequenceStanding | None:
        self.queried.append(customer)
        return await super().sequence(customer)


class CountingWorld(FakeWorld):
    """One cluster, whose queries are counted."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.control = CountingControl(CLUSTER, self.engines[CLUSTER], lambda: self.now)
        self.controls[CLUSTER] = self.control


@pytest.fixture
def world() -> CountingWorld:
    return CountingWorld(config({CLUSTER: ()}))


def customers(count: int) -> list[str]:
    return [f"customer-{number:04}" for number in range(count)]


async def begun(world: CountingWorld, names: Iterable[str]) -> None:
    for name in names:
        await world.control.begin(spec(name))


async def publish(world: CountingWorld, now: SequenceProgress) -> None:
    await tell(SequenceReport.of(now, 1, ()), world.services)


def at(of: SequenceSpec, closed: int) -> SequenceProgress:
    return progress(of=of, closed=closed)


async def open_now(world: CountingWorld) -> OpenSequences:
    until = asyncio.get_running_loop().time() + world.config.watch.time_limit.total_seconds()
    return await open_sequences(CLUSTER, until, world.services)


def closed_windows(answer: OpenSequences) -> dict[str, int | None]:
    """By customer; None without progress."""
    return {each.customer: each.progress.closed if each.progress else None for each in answer.standings}


async def test_of_a_thousand_sequences_none_is_queried_and_each_has_the_progress_that_it_published_last(
    world: CountingWorld,
) -> None:
    names = customers(MANY)
    await begun(world, names)
    for number, name in enumerate(names):
        await publish(world, at(spec(name), 0))
        await publish(world, at(spec(name), number % 7))
    answer = await open_now(world)

    assert world.control.queried == []
    assert closed_windows(answer) == {name: number % 7 for number, name in enumerate(names)}


async def test_a_few_sequences_are_queried(world: CountingWorld) -> None:
    names = customers(MAX_QUERIED)
    await begun(world, names)
    await publish(world, at(spec(names[0]), 5))
    answer = await open_now(world)

    assert sorted(world.control.queried) == names
    assert closed_windows(answer) == dict.fromkeys(names, 0)


async def test_of_many_only_those_are_queried_that_have_published_nothing_or_their_end(world: CountingWorld) -> None:
    names = customers(MANY)
    await begun(world, names)
    for name in names[2:]:
        await publish(world, at(spec(name), 3))
    await publish(world, replace(at(spec(names[2]), 9), end=SequenceEnd.COMPLETE))
    world.control.close(names[3])
    answer = await open_now(world)

    assert sorted(world.control.queried) == names[:3]
    assert closed_windows(answer) == dict.fromkeys(names[:3], 0) | dict.fromkeys(names[4:], 3)


async def test_a_sequence_that_reports_in_an_alert_is_known_by_the_alert(world: CountingWorld) -> None:
    names = customers(MANY)
    await begun(world, names[1:])
    alert = episode(customer=names[0], revision=0)
    handed_over = spec(names[0], thread_key=alert.root_key)
    await world.control.begin(handed_over)
    await world.journal.record(JournalEntry(episodes=(alert,)), NOW)
    for of in (handed_over, *map(spec, names[1:])):
        await publish(world, at(of, 4))
    answer = await open_now(world)

    assert world.control.queried == []
    assert closed_windows(answer) == dict.fromkeys(names, 4)


async def test_what_an_earlier_sequence_of_the_customer_has_published_does_not_count(world: CountingWorld) -> None:
    names = customers(MAX_QUERIED + 1)
    await begun(world, names[1:])
    await world.control.begin(spec(names[0], id="later", thread_key="sequence:later"))
    for name in names:
        await publish(world, at(spec(name), 6))
    answer = await open_now(world)

    assert world.control.queried == names[:1]
    assert closed_windows(answer)[names[0]] == 0


async def test_a_message_that_this_version_cannot_read_is_no_progress(world: CountingWorld) -> None:
    names = customers(MAX_QUERIED + 1)
    await begun(world, names)
    for name in names:
        await publish(world, at(spec(name), 6))
    unreadable = OutboxMessage(spec(names[0]).card_key, '{"kind": "of a later version"}')
    await world.journal.record(JournalEntry(messages=(unreadable,)), NOW)
    await open_now(world)

    assert world.control.queried == names[:1]


async def test_while_the_store_is_away_every_sequence_is_queried(world: CountingWorld) -> None:
    names = customers(MAX_QUERIED + 1)
    await begun(world, names)
    world.journal.away = Unavailable("store", "locked")
    answer = await open_now(world)

    assert sorted(world.control.queried) == names
    assert closed_windows(answer) == dict.fromkeys(names, 0)


async def test_a_cluster_that_lists_no_sequences_says_why(world: CountingWorld) -> None:
    world.control.away = Unavailable("Temporal", "connection refused")

    assert await open_now(world) == OpenSequences(silent="connection refused")
