"""Times two ways to the same answer in turn, so that a machine that slows down slows both."""

import time
from collections.abc import Awaitable, Callable

from benchmarks.result import Result, Target, of_pairs

WARM_UP = 3
PAIRS = 15

Work = Callable[[], Awaitable[object]]
Pair = tuple[float, float]


async def compare(name: str, work: Work, reference: Work, reference_is: str, target: Target | None = None) -> Result:
    """Time ``work`` and ``reference`` in turn. The first ``WARM_UP`` rounds do not count."""
    return of_pairs(name, await timed_pairs(work, reference), "s", target, reference_is)


async def timed_pairs(work: Work, reference: Work, pairs: int = PAIRS, warm_up: int = WARM_UP) -> list[Pair]:
    """The seconds of ``work`` and ``reference``, in pairs. Which one runs first alternates, because the second one
    may find warm caches."""
    for _ in range(warm_up):
        await work()
        await reference()
    timed: list[Pair] = []
    for number in range(pairs):
        if number % 2:
            below = await seconds(reference)
            timed.append((await seconds(work), below))
        else:
            above = await seconds(work)
            timed.append((above, await seconds(reference)))
    return timed


async def seconds(work: Work) -> float:
    """The time that one call takes."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started
