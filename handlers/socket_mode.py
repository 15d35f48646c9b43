"""Socket Mode: keeps a connection to Slack, however long Slack takes to be there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.errors import RateLimited, Unavailable
from bot.logs import SOCKET_MODE

FIRST_WAIT = 1.0  # seconds
LONGEST_WAIT = 30.0

Translating = Callable[[str], AbstractContextManager[None]]

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def listening(app: AsyncApp, app_token: str, translating: Translating) -> AsyncIterator[None]:
    """Commands and clicks come in until the block is left. The first connection is waited for, with patience.

    Raises Refused when Slack will not have us (a wrong app-level token). Later reconnects are the SDK's.
    """
    handler = AsyncSocketModeHandler(app, app_token, logger=logging.getLogger(SOCKET_MODE))
    try:
        await _connect(handler, translating)
        _log.info("connected to Slack")
        yield
    finally:
        await handler.close_async()


async def _connect(handler: AsyncSocketModeHandler, translating: Translating) -> None:
    wait = FIRST_WAIT
    while True:
        try:
            with translating("apps.connections.open"):
                await handler.connect_async()
                return
        except Unavailable as exc:
            asked = exc.retry_after.total_seconds() if isinstance(exc, RateLimited) else wait
            _log.warning("Slack does not answer", reason=str(exc), next_try_in_s=asked)
            await asyncio.sleep(asked)
            wait = min(wait * 2, LONGEST_WAIT)
