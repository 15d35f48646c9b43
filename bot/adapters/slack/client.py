"""The Web API client: paced, with a time limit, and without retries. All calls of the bot to Slack's methods go
through it.

Only answers to a response_url bypass this client, because Slack limits each such URL separately, to five messages
(docs/slack-facts.md#response_url).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.errors import SYSTEM, retry_after
from bot.adapters.slack.pace import Pace
from bot.errors import RateLimited

# Shorter than people wait after a click; Slack itself answers in well under a second.
TIME_LIMIT_SECONDS = 10
# A call that would wait longer for its turn is not made: a dialog can be opened for 3 s after the click.
LONGEST_TURN = timedelta(seconds=3)
# The longest that a call takes, its wait included.
LONGEST_CALL = timedelta(seconds=TIME_LIMIT_SECONDS) + LONGEST_TURN

_log = structlog.get_logger(__name__)


class PacedClient(AsyncWebClient):
    """Waits before each call until Slack's rate limits allow it. Raises RateLimited instead of a long wait.

    Copies share the pace, so Bolt's copy of the client is counted as well.
    """

    def __init__(self, token: str, base_url: str, now: Callable[[], datetime]) -> None:
        super().__init__(token=token, base_url=base_url, timeout=TIME_LIMIT_SECONDS, retry_handlers=[])
        self._pace = Pace(now)

    def may_call(self, method: str, channel: str) -> bool:
        """Whether a call would be sent at once."""
        return not self._pace.wait(method, channel)

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Wait for this call's turn and make it. Raises RateLimited instead of a wait longer than
        ``LONGEST_TURN``."""
        channel = _channel(arguments)
        wait = self._pace.wait(api_method, channel)
        if wait > LONGEST_TURN:
            raise RateLimited(SYSTEM, f"{api_method}: over Slack's rate limit", wait)
        await asyncio.sleep(self._pace.take(api_method, channel).total_seconds())
        try:
            return await super().api_call(api_method, **arguments)
        except SlackApiError as exc:
            span = retry_after(exc)
            if span is not None:
                self._pace.block(api_method, channel, span)
                _log.warning("rate limited by Slack", method=api_method, channel=channel, wait_s=span.total_seconds())
            raise


def _channel(arguments: dict[str, Any]) -> str:
    """The channel of a call, which the client passes as JSON or in the query; "" for a call without one."""
    for part in ("json", "params", "data"):
        fields = arguments.get(part)
        if isinstance(fields, dict) and fields.get("channel"):
            return str(fields["channel"])
    return ""


def slack_client(token: str, base_url: str, now: Callable[[], datetime]) -> PacedClient:
    """A client for the bot. ``now`` is a monotonic clock.

    It does not retry. A post whose answer is lost may have succeeded, and Slack has no idempotency key
    (docs/slack-facts.md#web-api). So the caller has to look for the message before it posts again, which a retry
    inside the client cannot do.
    """
    return PacedClient(token, base_url, now)
