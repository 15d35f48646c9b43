"""The cache of the run history: who waits for a reading, and who is answered by that of another."""

import asyncio

import pytest

from bot.adapters.store.run_history import nobody
from bot.adapters.store.run_history_cache import CachedRuns
from bot.errors import Unavailable


class Store:
    """Each reading waits until ``answers`` is set, and then fails while ``is_away``."""

    def __init__(self) -> None:
        self.readings = 0
        self.is_away = False
        self.answers = asyncio.Event()

    async def read(self) -> None:
        self.readings += 1
        await self.answers.wait()
        if self.is_away:
            raise Unavailable("store", "locked")


async def test_a_thousand_who_ask_during_a_reading_share_the_next_one() -> None:
    cached, store = CachedRuns(nobody), Store()
    asking = [asyncio.create_task(cached.refresh(store.read)) for _ in range(1_001)]
    await asyncio.sleep(0)
    store.answers.set()
    await asyncio.gather(*asking)

    assert store.readings == 2


async def test_a_reading_that_began_before_the_question_does_not_answer_it() -> None:
    cached, store = CachedRuns(nobody), Store()
    first = asyncio.create_task(cached.refresh(store.read))
    await asyncio.sleep(0)
    second = asyncio.create_task(cached.refresh(store.read))
    store.answers.set()
    await first
    await second

    assert store.readings == 2


async def test_a_reading_that_fails_answers_nobody_else() -> None:
    cached, store = CachedRuns(nobody), Store()
    store.is_away = True
    store.answers.set()
    answers = await asyncio.gather(*(cached.refresh(store.read) for _ in range(2)), return_exceptions=True)
    store.is_away = False
    await cached.refresh(store.read)

    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
    assert store.readings == 3


async def test_a_caller_who_gives_up_leaves_the_reading_to_the_next() -> None:
    cached, store = CachedRuns(nobody), Store()
    asking = [asyncio.create_task(cached.refresh(store.read)) for _ in range(2)]
    await asyncio.sleep(0)
    asking[0].cancel()
    store.answers.set()

    await asking[1]
    with pytest.raises(asyncio.CancelledError):
        await asking[0]
    assert store.readings == 2
