"""Computing happens beside the event loop, in a few threads that give way to it."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from bot.computing import (
    FEW,
    SWITCH_INTERVAL,
    THREADS,
    compute,
    compute_over,
    switch_threads_soon,
)

_asker: ContextVar[str] = ContextVar("_asker", default="")


@pytest.fixture
def interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)


async def test_the_result_comes_back_from_another_thread_that_knows_the_context_of_its_caller() -> None:
    _asker.set("olivia")

    thread, asker, total = await compute(lambda *n: (threading.get_ident(), _asker.get(), sum(n)), 1, 2)

    assert thread != threading.get_ident()
    assert (asker, total) == ("olivia", 3)


async def test_few_items_are_gone_through_at_once_and_many_in_a_thread() -> None:
    where = [await compute_over(range(count), lambda _: threading.get_ident()) for count in (FEW, FEW + 1)]

    assert [thread == threading.get_ident() for thread in where] == [True, False]


async def test_an_error_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        await compute(lambda: 1 // 0)


async def test_no_more_threads_compute_than_allowed_however_many_ask() -> None:
    may_end, running, most = threading.Event(), [0], [0]
    lock = threading.Lock()

    def work() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
            if running[0] == THREADS:
                may_end.set()
        may_end.wait(10)
        with lock:
            running[0] -= 1

    await asyncio.gather(*(compute(work) for _ in range(4 * THREADS)))

    assert most[0] == THREADS


def test_the_bot_lets_its_threads_change_soon(interval: None) -> None:
    switch_threads_soon()

    assert sys.getswitchinterval() == pytest.approx(SWITCH_INTERVAL)
