"""Measures memory and start-up time of a whole bot with 2,000 running workflows and 100,000 ended runs. Its memory is
compared with an idle bot's."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks import alone
from benchmarks.ended_runs import FIRST_DAY, campaign_of, filled_store
from benchmarks.result import Figure, Growth, Measuring, Point, Result, Target
from benchmarks.team import working_team
from benchmarks.whole_bot import Bot, database_url, whole_bot
from benchmarks.world import CLUSTER, configuration, customers, temporal_server
from bot.wiring import utc_now
from tests.adapters.temporal.server import TemporalServer

RUNNING, ENDED, CUSTOMERS = 2_000, 100_000, 1_000
ENDED_SIZES = (1_000, 10_000, ENDED)
HEARTBEAT_TIMEOUT = 120
# In seconds. By then the bot has listed and described all runs and read their history.
SETTLED_AFTER = 60
ANSWERS, STARTS = 3, 3
BEYOND_IDLE, FIRST_ANSWER = Target(100), Target(3)


async def measure() -> Measuring:
    """Measure an idle bot first, then histories of several sizes, then running workflows as well."""
    with temporal_server() as server:
        idle = await _used(server, 0)
        yield Result("memory, idle", Figure.single(idle), "MB")
        points = [Point(size, await _used(server, size)) for size in ENDED_SIZES[:-1]]
        async for result in _starts(server, f"{ENDED:,} ended"):
            yield result
        points.append(Point(ENDED, await _used(server, ENDED)))
        yield Growth("Memory", "ended runs", "MB", tuple(points))
        async with working_team(server.address, RUNNING, timeout=HEARTBEAT_TIMEOUT):
            full = await _used(server, ENDED)
            name = f"{RUNNING:,} running, {ENDED:,} ended"
            yield Result(f"memory beyond idle, {name}", Figure.single(full - idle), "MB", BEYOND_IDLE)
            async for result in _starts(server, name):
                yield result


async def _used(server: TemporalServer, ended: int) -> float:
    """The resident memory in MB of a bot that has settled and answered ``ANSWERS`` commands."""
    async with _bot(server, ended) as bot:
        await asyncio.sleep(SETTLED_AFTER)
        for _ in range(ANSWERS):
            await bot.answered("status")
        return bot.memory


async def _starts(server: TemporalServer, name: str) -> Measuring:
    """Measure from the start of the process until the bot is connected, and until it has answered its first
    command."""
    connected, answered = list[float](), list[float]()
    for _ in range(STARTS):
        async with _bot(server, ENDED) as bot:
            await bot.answered("status")
            answered.append(time.perf_counter() - bot.began)
            connected.append(bot.connected_after)
    yield Result(f"start to connected, {name}", Figure.median_of(connected), "s")
    yield Result(f"start to first answer, {name}", Figure.median_of(answered), "s", FIRST_ANSWER)


@asynccontextmanager
async def _bot(server: TemporalServer, ended: int) -> AsyncIterator[Bot]:
    names = customers(CUSTOMERS)
    text = configuration({CLUSTER: names}, server.address)
    if ended:
        text = text.replace("start = 2026-01-01\nend = 2026-02-21", _range(ended))
    with tempfile.TemporaryDirectory() as folder:
        if ended:
            await filled_store(database_url(Path(folder)), CLUSTER, ended, names, utc_now())
        async with whole_bot(Path(folder), text) as bot:
            yield bot


def _range(ended: int) -> str:
    return f"start = {FIRST_DAY}\nend = {campaign_of(ended, CUSTOMERS)}"


if __name__ == "__main__":
    alone.run(measure)
