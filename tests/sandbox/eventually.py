"""Waits for something to become true, with a deadline instead of a hope."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")
POLL_SECONDS = 0.05


async def eventually(read: Callable[[], Awaitable[Seen | None]], within: float = 200) -> Seen:
    """The first truthy answer of `read`. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while True:
            seen = await read()
            if seen:
                return seen
            await asyncio.sleep(POLL_SECONDS)
