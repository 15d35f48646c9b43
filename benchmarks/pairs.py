"""Two ways to the same answer, timed in turn: a machine that slows down slows both."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

WARM_UP = 3
PAIRS = 15

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times longer the work took than its floor: the median over pairs, and the extremes."""

    name: str
    median: float
    lowest: float
    highest: float
    pairs: int
    floor_ms: float


async def compare(name: str, work: Work, floor: Work) -> Ratio:
    """Time both in turns."""
    for _ in range(WARM_UP):
        await work()
        await floor()
    return ratio_of(name, [(await seconds(work), await seconds(floor)) for _ in range(PAIRS)])


def ratio_of(name: str, timed: Sequence[tuple[float, float]]) -> Ratio:
    """The ratio from pairs of seconds: each has the measured time and the time of its floor."""
    ratios = [above / below for above, below in timed]
    floor_ms = median(below for _, below in timed) * 1_000
    return Ratio(name, median(ratios), min(ratios), max(ratios), len(timed), floor_ms)


async def seconds(work: Work) -> float:
    """The time that one call of ``work`` takes."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


def line(ratio: Ratio) -> str:
    """``status   1.23 times its floor (1.10 to 1.41 over 15 pairs; floor 98 ms)``"""
    spread = f"{ratio.lowest:.2f} to {ratio.highest:.2f} over {ratio.pairs} pairs"
    return f"{ratio.name:<9} {ratio.median:.2f} times its floor ({spread}; floor {ratio.floor_ms:.0f} ms)"
