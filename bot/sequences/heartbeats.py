"""Heartbeats of activities that may take minutes, so that a killed bot is noticed sooner."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

from bot.usecases.drive.follow import BEAT_EVERY


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Send heartbeats until the end of the block."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(BEAT_EVERY.total_seconds())

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()
        await asyncio.gather(beats, return_exceptions=True)
