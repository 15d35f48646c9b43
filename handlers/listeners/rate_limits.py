"""Waits while Slack is rate limited, for as long as a person may be kept waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from bot.errors import RateLimited

# How long to wait in all before the person gets an error.
LONGEST_PATIENCE = timedelta(seconds=60)
Answer = TypeVar("Answer")


async def wait_out_rate_limits(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask again for as long as Slack is rate limited. Raises RateLimited after ``LONGEST_PATIENCE``."""
    patience = LONGEST_PATIENCE
    while True:
        try:
            return await ask()
        except RateLimited as exc:
            patience -= exc.retry_after
            if patience < timedelta(0):
                raise
            await asyncio.sleep(exc.retry_after.total_seconds())
