"""What Slack's refusals, silences and broken connections mean in the bot's words (slack-contract.md §1)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import Conflict, NotAdmitted, NotFound, RateLimited, Refused, SystemAnswer, Unavailable

SYSTEM = "slack"
# Where Slack names no time; its own clients wait this long then.
DEFAULT_RETRY_AFTER = timedelta(seconds=30)

# These may have carried out what was asked, in part or whole.
UNKNOWN_OUTCOME = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
NOT_THERE = frozenset(
    {
        "message_not_found",
        "not_found",
        "thread_not_found",
        "cannot_reply_to_message",
        "user_not_found",
        "user_not_visible",
        "no_such_subteam",
    }
)

# Not about what was asked: the bot, or its workspace, or the channel is not open to it until somebody changes that.
# An archived channel is not among these: it stays so, and what was to be said there is kept with its reason.
NOT_ADMITTED = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)

# Another delivery of the same click or command was quicker: what was to be done with the trigger has been done.
DONE_ALREADY = frozenset({"exchanged_trigger_id"})

CONNECTIONS_OPEN = "apps.connections.open"
_RENEW_SOCKET = "put an app-level token with connections:write, which begins with xapp-, into SLACK_APP_TOKEN"
_RENEW = "put the app's current bot token into SLACK_BOT_TOKEN"
_INVITE = "invite the bot there: /invite @backfill"
_REVIEW = "ask an administrator of the workspace"
ADVICE: Mapping[str, str] = {
    "account_inactive": _RENEW,
    "channel_not_found": f"check [slack] channel in backfill.toml; if it is private, {_INVITE}",
    "invalid_auth": _RENEW,
    "is_archived": "unarchive the channel, or name another in [slack] channel in backfill.toml",
    "missing_scope": "add the scope to the Slack app and install it again",
    "no_permission": _REVIEW,
    "not_allowed_token_type": "SLACK_BOT_TOKEN takes a bot token, which begins with xoxb-",
    "not_authed": _RENEW,
    "not_in_channel": _INVITE,
    "restricted_action": _REVIEW,
    "team_access_not_granted": _REVIEW,
    "token_expired": _RENEW,
    "token_revoked": _RENEW,
}


@contextmanager
def in_our_words(method: str) -> Iterator[None]:
    """Around one call of ``method``: whatever Slack's client raises leaves as one of bot.errors."""
    try:
        yield
    except SlackApiError as exc:
        raise _translated(method, exc.response) from exc
    except TimeoutError as exc:
        raise Unavailable(SYSTEM, f"{method}: no answer in time") from exc
    except (aiohttp.ClientError, OSError) as exc:
        raise Unavailable(SYSTEM, f"{method}: no connection ({type(exc).__name__})") from exc


def _translated(method: str, response: Any) -> SystemAnswer:
    status, body = _status_and_body(response)
    code = str(body.get("error", ""))
    if status == 429 or code in RATE_LIMITED:
        return RateLimited(SYSTEM, f"{method}: rate limited", _retry_after(response.headers))
    if not code or status >= 500 or code in UNKNOWN_OUTCOME:
        return Unavailable(SYSTEM, f"{method}: {code or f'HTTP {status} without an answer'}")
    said = f"{method}: {code}{_details(body)}"
    if code in NOT_THERE:
        return NotFound(SYSTEM, said)
    if code in DONE_ALREADY:
        return Conflict(SYSTEM, said)
    refusal = NotAdmitted if code in NOT_ADMITTED or code.startswith("restricted_action") else Refused
    advice = _RENEW_SOCKET if method == CONNECTIONS_OPEN else ADVICE.get(code, "")
    return refusal(SYSTEM, "; ".join(filter(None, (said, advice))))


def _status_and_body(response: Any) -> tuple[int, Mapping[str, Any]]:
    if not isinstance(response, AsyncSlackResponse):
        # A body that is no JSON comes with aiohttp's own response instead of the client's.
        return int(response.status), {}
    return response.status_code, response.data if isinstance(response.data, dict) else {}


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    text = headers.get("Retry-After", "")
    return timedelta(seconds=max(1, int(text))) if text.isascii() and text.isdigit() else DEFAULT_RETRY_AFTER


def _details(body: Mapping[str, Any]) -> str:
    """What exactly is invalid, or which scope is missing, where Slack says so."""
    metadata = body.get("response_metadata")
    messages = metadata.get("messages", []) if isinstance(metadata, dict) else []
    needed = [f"needed: {body['needed']}"] if body.get("needed") else []
    told = "; ".join([*(str(message) for message in messages), *needed])
    return f" ({told})" if told else ""
