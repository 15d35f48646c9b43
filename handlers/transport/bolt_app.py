"""The Bolt app: passes deliveries to the listeners. The app itself never calls Slack."""

import logging
from copy import copy

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import BOLT


def bolt_app(client: AsyncWebClient) -> AsyncApp:
    """Make the app. ``client`` has the bot's token and Slack's address.

    The app gets an ``authorize`` function that returns the token without asking Slack. Without that function, Bolt
    would call Slack at the first delivery to learn who owns the token. As long as that call failed, Bolt would answer
    nobody. The bot does not need to know the owner: the token is for one workspace, and each delivery names who acts.
    """
    token = client.token

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    # Bolt warns about a client with a token of its own, which it would not use. A copy keeps to the same rate limits.
    tokenless = copy(client)
    tokenless.token = None
    return AsyncApp(client=tokenless, authorize=authorize, name="backfill-bot", logger=logging.getLogger(BOLT))
