"""Callers that ask the same at once share a read, and each gets what was true after its call."""

import asyncio
from datetime import timedelta

import pytest

from bot.adapters.store.joined_reads import JoinedReads
from bot.errors import Unavailable


class Table:
    """Answers with its present value once ``answers`` is set, and counts how often it was read."""

    def __init__(self) -> None:
        self.value = 1
        self.reads = 0
        self.answers = asyncio.Event()
        self.began = asyncio.Event()

    async def read(self) -> int:
        self.reads += 1
        value = self.value
        self.began.set()
        await self.answers.wait()
        return value


async def test_callers_that_ask_at_once_share_one_read() -> None:
    table, reads = Table(), JoinedReads[str, int]()
    table.answers.set()

    assert await asyncio.gather(*(reads.get("a", table.read) for _ in range(100))) == [1] * 100
    assert table.reads == 1


async def test_a_caller_never_gets_a_read_that_began_before_its_call() -> None:
    table, reads = Table(), JoinedReads[str, int]()
    early = asyncio.create_task(reads.get("a", table.read))
    await table.began.wait()
    table.value = 2
    late = [asyncio.create_task(reads.get("a", table.read)) for _ in range(10)]
    await asyncio.sleep(0)
    table.answers.set()

    assert (await early, await asyncio.gather(*late)) == (1, [2] * 10)
    assert table.reads == 2


async def test_what_was_read_is_not_kept() -> None:
    table, reads = Table(), JoinedReads[str, int]()
    table.answers.set()
    first = await reads.get("a", table.read)
    table.value = 2

    assert (first, await reads.get("a", table.read)) == (1, 2)


async def test_different_questions_do_not_wait_for_each_other() -> None:
    table, other, reads = Table(), Table(), JoinedReads[str, int]()
    other.answers.set()
    hanging = asyncio.create_task(reads.get("a", table.read))
    await table.began.wait()

    assert await reads.get("b", other.read) == 1
    table.answers.set()
    await hanging


async def test_the_error_of_a_read_reaches_all_its_callers_and_nobody_later() -> None:
    table, reads = Table(), JoinedReads[str, int]()

    async def fail() -> int:
        raise Unavailable("store", "no answer")

    failed = await asyncio.gather(*(reads.get("a", fail) for _ in range(3)), return_exceptions=True)
    table.answers.set()

    assert [str(each) for each in failed] == ["store: no answer"] * 3
    assert await reads.get("a", table.read) == 1


async def test_a_caller_that_is_cancelled_leaves_the_read_to_the_others() -> None:
    table, reads = Table(), JoinedReads[str, int]()
    first, second = (asyncio.create_task(reads.get("a", table.read)) for _ in range(2))
    await table.began.wait()
    first.cancel()
    table.answers.set()

    assert await second == 1
    with pytest.raises(asyncio.CancelledError):
        await first
    assert table.reads == 1


async def test_a_read_ends_with_its_last_caller_and_leaves_nothing_behind() -> None:
    table, reads = Table(), JoinedReads[str, int]()
    first = asyncio.create_task(reads.get("a", table.read))
    await table.began.wait()
    second = asyncio.create_task(reads.get("a", table.read))
    await asyncio.sleep(0)
    for caller in (second, first):
        caller.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    left = [task for task in asyncio.all_tasks() if task.get_name() == "joined read"]
    await asyncio.gather(*left, return_exceptions=True)
    table.answers.set()

    assert table.reads == 1
    assert await reads.get("a", table.read) == 1


async def test_a_read_that_hangs_holds_up_no_later_read() -> None:
    hanging, table, reads = Table(), Table(), JoinedReads[str, int](patience=timedelta(0))
    table.answers.set()
    first = asyncio.create_task(reads.get("a", hanging.read))
    await hanging.began.wait()

    assert await reads.get("a", table.read) == 1
    hanging.answers.set()
    assert await first == 1
