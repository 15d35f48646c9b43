"""How many calls a server has got, by its own count."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp

# The server brings its counters up to date once in a while, so a shorter span would show calls of its neighbours.
SPAN = timedelta(seconds=20)
COUNTED = re.compile(
    r'service_requests\{[^}]*operation="(?:Describe|List)WorkflowExecutions?",service_name="frontend"\} (\S+)'
)


@asynccontextmanager
async def counted_calls(metrics_port: int) -> AsyncIterator[list[float]]:
    """The describe and list calls a second, in each span, as the server counts them."""
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
