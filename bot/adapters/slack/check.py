"""Checks token, scopes, channel and clock for ``python -m bot check``, and says what to do about each problem."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.error_codes import CONNECTIONS_OPEN
from bot.adapters.slack.errors import SYSTEM, translate_errors
from bot.errors import DependencyError, NotFound, Refused
from bot.model import MAX_CLOCK_SKEW

# Scopes that the bot can do without, and what does not work without them.
OPTIONAL = {
    "app_mentions:read": "the bot does not hear mentions",
    "files:write": "reports come without their file, and answers without pictures",
    "links:read": "links to Temporal get no cards",
    "links:write": "links to Temporal get no cards",
    "im:history": "the bot does not hear direct messages, and may send one of its own twice",
    "im:write": "whoever is not in the channel is not told what is for them alone",
}


async def check_channel(client: AsyncWebClient, channel_id: str, scopes: Sequence[str]) -> str:
    """One line about workspace and channel. Raises Refused with a line for each problem."""
    with translate_errors("auth.test"):
        auth = await client.auth_test()
    missing = _missing_scopes(auth.headers, scopes)
    problems = [_scope_advice(scope) for scope in missing if scope not in OPTIONAL]
    try:
        with translate_errors("conversations.info"):
            answer = await client.conversations_info(channel=channel_id)
            channel = answer["channel"]
    except (NotFound, Refused) as exc:
        raise Refused(SYSTEM, "\n".join([*problems, exc.why])) from exc
    problems += _channel_problems(channel, channel_id)
    if problems:
        raise Refused(SYSTEM, "\n".join(problems))
    line = f"{auth['user']} in workspace {auth['team']}, channel #{channel.get('name', channel_id)}"
    return "; ".join(
        [line, *(f"{_scope_advice(scope)}, or {OPTIONAL[scope]}" for scope in missing if scope in OPTIONAL)]
    )


async def check_membership(client: AsyncWebClient, channel_id: str) -> str:
    """The channel's name, if the bot may post in it. Raises Refused otherwise, with what to do about it."""
    try:
        with translate_errors("conversations.info"):
            channel = (await client.conversations_info(channel=channel_id))["channel"]
    except NotFound as exc:
        raise Refused(SYSTEM, exc.why) from exc
    problems = _channel_problems(channel, channel_id)
    if problems:
        raise Refused(SYSTEM, "\n".join(problems))
    return f"#{channel.get('name', channel_id)}"


async def check_app_token(client: AsyncWebClient, app_token: str) -> str:
    """One line when Slack grants a Socket Mode connection. Raises Refused if Slack refuses the connection, and
    another DependencyError if the call fails for another reason. The check opens no connection: the URL that Slack
    returns expires unused."""
    with translate_errors(CONNECTIONS_OPEN):
        await client.apps_connections_open(app_token=app_token)
    return "Socket Mode connections are granted"


async def check_clock(client: AsyncWebClient, now: Callable[[], datetime]) -> str:
    """One line if this machine's clock agrees with the Date header of an answer from Slack, or if Slack's time is
    unknown. Raises Refused if the clocks are too far apart."""
    try:
        with translate_errors("auth.test"):
            auth = await client.auth_test()
    except DependencyError:
        return "not known while Slack does not answer"
    server_time = _server_time(auth.headers)
    if server_time is None:
        return "not known: Slack does not tell its time"
    ahead = now() - server_time
    if abs(ahead) <= MAX_CLOCK_SKEW:
        return f"within {MAX_CLOCK_SKEW.seconds} s of Slack's"
    side = "ahead of" if ahead > timedelta(0) else "behind"
    raise Refused(SYSTEM, f"this machine's clock is {abs(ahead).total_seconds():.0f} s {side} Slack's")


def _server_time(headers: Mapping[str, str]) -> datetime | None:
    """The answer's Date header, in whole seconds; None without a valid one."""
    try:
        server_time = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return server_time if server_time.tzinfo else server_time.replace(tzinfo=UTC)


def _missing_scopes(headers: Mapping[str, str], needed: Sequence[str]) -> list[str]:
    granted = headers.get("x-oauth-scopes")
    if granted is None:
        # Some stand-ins for Slack do not send this header. Without it, the first call that needs a missing scope
        # reports it.
        return []
    return sorted(set(needed) - {scope.strip() for scope in granted.split(",")})


def _scope_advice(scope: str) -> str:
    return f"scope {scope} is missing: add it to the Slack app and install it again"


def _channel_problems(channel: Mapping[str, Any], channel_id: str) -> list[str]:
    name = f"#{channel['name']}" if channel.get("name") else channel_id
    if channel.get("is_archived"):
        return [f"{name} is archived: unarchive it, or name another in backfill.toml"]
    if not channel.get("is_member"):
        return [f"the bot is not in {name}: invite it there with /invite @backfill"]
    return []
