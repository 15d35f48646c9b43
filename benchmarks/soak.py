"""Runs a whole bot at an accelerated pace, and measures what grows: 200 running workflows whose heartbeats change, a
listing a second, a slow round every ten seconds, and two commands a second. ``SOAK_MINUTES`` sets for how many
minutes, 15 by default.

No workflow begins or ends, so memory, descriptors and the store have no reason to grow. The first two thirds are left
out: caches fill then, and a delivery is remembered for ten minutes. The results are the slopes of the last third, by
the hour.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import linear_regression

from benchmarks import alone
from benchmarks.result import Figure, Measuring, Result, Target
from benchmarks.team import working_team
from benchmarks.whole_bot import MEGABYTE, Bot, whole_bot
from benchmarks.world import CLUSTER, configuration, customers, temporal_server

RUNNING, HEARTBEAT_TIMEOUT = 200, 10
WATCH = 'every = "1s"\nslow_round = "10s"'
COMMANDS = ("status", "help", "struggling", "audit")
COMMAND_EVERY, SAMPLE_EVERY = 0.5, 2.0
HOUR = 3_600
WARM_UP_SHARE = 2 / 3
MEMORY, DESCRIPTORS, STORE = Target(20), Target(10), Target(5)


@dataclass(frozen=True, slots=True)
class Sample:
    """The bot's memory and store in MB and its open descriptors, ``at`` seconds of the monotonic clock."""

    at: float
    memory: float
    descriptors: float
    store: float


async def measure(minutes: str = os.environ.get("SOAK_MINUTES", "15")) -> Measuring:
    """Yield the growth of memory, descriptors and store in an hour."""
    async with _bot() as (bot, folder):
        commands = asyncio.create_task(_keep_asking(bot))
        samples: list[Sample] = []
        until = time.monotonic() + float(minutes) * 60
        while time.monotonic() < until:
            samples.append(_sample(bot, folder))
            await asyncio.sleep(SAMPLE_EVERY)
        if commands.done():
            # Without commands there was no load, and flat curves would prove nothing.
            commands.result()
        commands.cancel()
        await asyncio.gather(commands, return_exceptions=True)
    kept = samples[int(len(samples) * WARM_UP_SHARE) :]
    name, note = f"soak, {minutes} min", f"{kept[-1].memory:.0f} MB at the end"
    memory = slope([(sample.at, sample.memory) for sample in kept])
    yield Result(f"{name}, memory an hour", Figure.single(memory), "MB", MEMORY, note=note)
    descriptors = slope([(sample.at, sample.descriptors) for sample in kept])
    yield Result(f"{name}, descriptors an hour", Figure.single(descriptors), "", DESCRIPTORS)
    store = slope([(sample.at, sample.store) for sample in kept])
    yield Result(f"{name}, store an hour", Figure.single(store), "MB", STORE)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The growth in an hour, by linear regression over points of (seconds, value)."""
    seconds, values = zip(*points, strict=True)
    return linear_regression(seconds, values).slope * HOUR


def _sample(bot: Bot, folder: Path) -> Sample:
    store = sum(file.stat().st_size for file in folder.glob("store.db*"))
    return Sample(time.monotonic(), bot.memory, bot.descriptors, store / MEGABYTE)


async def _keep_asking(bot: Bot) -> None:
    for text in cycle(COMMANDS):
        await bot.control.command(text)
        await asyncio.sleep(COMMAND_EVERY)


@asynccontextmanager
async def _bot() -> AsyncIterator[tuple[Bot, Path]]:
    with temporal_server() as server, tempfile.TemporaryDirectory() as name:
        async with working_team(server.address, RUNNING, timeout=HEARTBEAT_TIMEOUT):
            text = configuration({CLUSTER: customers(RUNNING)}, server.address, WATCH)
            async with whole_bot(Path(name), text) as bot:
                yield bot, Path(name)


if __name__ == "__main__":
    alone.run(measure)
