"""Measures how many calls a Temporal server receives, from its own metrics."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp

# The server updates its counters at intervals, so a shorter span would count calls of the spans beside it.
SPAN = timedelta(seconds=20)
COUNTED = re.compile(
    r'service_requests\{[^}]*operation="(?:Describe|List)WorkflowExecutions?",service_name="frontend"\} (\S+)'
)


@asynccontextmanager
async def counted_calls(metrics_port: int) -> AsyncIterator[list[float]]:
    """Collect the describe and list calls a second in each ``SPAN``, by the server's count, while the block runs."""
    rates: list[float] = []

    async def count(session: aiohttp.ClientSession) -> None:
        before: tuple[float, float] | None = None
        while True:
            async with session.get(f"http://127.0.0.1:{metrics_port}/metrics") as answer:
                calls = sum(float(number) for number in COUNTED.findall(await answer.text()))
            at = asyncio.get_running_loop().time()
            if before:
                rates.append((calls - before[1]) / (at - before[0]))
            before = at, calls
            await asyncio.sleep(SPAN.total_seconds())

    async with aiohttp.ClientSession() as session:
        counting = asyncio.create_task(count(session))
        try:
            yield rates
        finally:
            counting.cancel()
            await asyncio.gather(counting, return_exceptions=True)
