"""How soon a whole bot acknowledges commands, 20 a second, while it watches 2,000 running workflows. One in 20 is a
``status``; the others need the store at most. Slack gives up after three seconds."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks import alone
from benchmarks.result import Figure, Measuring, Result, Target
from benchmarks.team import working_team
from benchmarks.whole_bot import Bot, whole_bot
from benchmarks.world import CLUSTER, configuration, customers, temporal_server

RUNNING = 2_000
A_SECOND, SECONDS = 20, 60
# By then the bot has listed and described all workflows for the first time.
SETTLED_AFTER = 60
HEARTBEAT_TIMEOUT = 120
OTHERS = ("help", "audit", "campaigns", "help status")
COMMANDS = ["status", *islice(cycle(OTHERS), A_SECOND - 1)]
P99, NONE = Target(0.1), Target(0)


async def measure() -> Measuring:
    """Send commands for a minute, and yield how long their acknowledgements took."""
    async with _watching_bot() as bot:
        await asyncio.sleep(SETTLED_AFTER)
        sent: list[asyncio.Task[Any]] = []
        for text in islice(cycle(COMMANDS), A_SECOND * SECONDS):
            sent.append(asyncio.create_task(bot.control.command(text)))
            await asyncio.sleep(1 / A_SECOND)
        await asyncio.gather(*sent)
        deliveries = (await bot.control.get("deliveries"))["deliveries"]
    name = f"ack, {A_SECOND} commands a second"
    acks = _acks(deliveries)
    yield Result(f"{name}, p99", Figure.percentile_of(acks, 99), "s", P99)
    yield Result(f"{name}, median", Figure.median_of(acks), "s")
    yield Result(f"{name}, without one", Figure.single(len(sent) - len(acks)), "", NONE)


def _acks(deliveries: Sequence[dict[str, Any]]) -> list[float]:
    return [delivery["acked_ms"] / 1_000 for delivery in deliveries if delivery["acked"]]


@asynccontextmanager
async def _watching_bot() -> AsyncIterator[Bot]:
    with temporal_server() as server, tempfile.TemporaryDirectory() as folder:
        async with working_team(server.address, RUNNING, timeout=HEARTBEAT_TIMEOUT):
            text = configuration({CLUSTER: customers(RUNNING)}, server.address)
            async with whole_bot(Path(folder), text) as bot:
                yield bot


if __name__ == "__main__":
    alone.run(measure)
