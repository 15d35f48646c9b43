"""The Bolt app: it takes deliveries and hands them over, and asks Slack nothing on its own."""

import logging

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import BOLT


def bolt_app(client: AsyncWebClient) -> AsyncApp:
    """``client`` holds the bot's token and knows where Slack is.

    By itself Bolt would ask whose token it is when the first delivery comes, and answer nobody while Slack fails to
    tell. Nothing of that answer is needed here: one token serves one workspace, and who acts stands in each delivery.
    """
    token = client.token

    async def ours() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    # With a token of its own Bolt warns that it does not use it.
    tokenless = AsyncWebClient(base_url=client.base_url, timeout=client.timeout, retry_handlers=[])
    return AsyncApp(client=tokenless, authorize=ours, name="backfill-bot", logger=logging.getLogger(BOLT))
