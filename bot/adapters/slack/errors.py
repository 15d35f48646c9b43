"""What Slack's refusals, silences and broken connections mean in the bot's words (slack-contract.md §1)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.no_connection import Trouble, trouble_of
from bot.errors import (
    Conflict,
    Doubtful,
    NoAnswer,
    NotAdmitted,
    NotFound,
    RateLimited,
    Refused,
    SystemAnswer,
    Unavailable,
    Unreachable,
)

SYSTEM = "slack"
# Where Slack names no time; its own clients wait this long then.
DEFAULT_RETRY_AFTER = timedelta(seconds=30)
# Slack's own are a minute or so: nobody else's word silences the bot for longer.
LONGEST_RETRY_AFTER = timedelta(hours=1)
# Somebody between us and Slack has given up waiting for it, as our own time limit would have.
GATEWAY_TIMEOUT = 504

# These may have carried out what was asked, in part or whole.
UNKNOWN_OUTCOME = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        # "Internal update failed": Slack's method reference, chat.update.
        "update_failed",
    }
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

# Not about what was asked: the bot, or its workspace, or the channel is not open to it until that changes, mostly
# because somebody changes it. An archived channel is opened again; a migration and a workspace's limit end.
NOT_ADMITTED = frozenset(
    {
        "access_denied",
        "accesslimited",
        "account_inactive",
        "channel_not_found",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "external_channel_migrating",
        "invalid_auth",
        "is_archived",
        # chat.update's word for a channel that is frozen, archived or deleted.
        "is_inactive",
        "message_limit_exceeded",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "plan_upgrade_required",
        "restricted_action",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
        # chat.postEphemeral: whoever it is for has to join the channel.
        "user_not_in_channel",
    }
)

# About this thread or this reply alone: a person locks and unlocks a thread. All others that begin with
# restricted_action are about where everything goes.
OF_ONE_REPLY = frozenset({"restricted_action_thread_locked", "restricted_action_non_threadable_channel"})

# About what was asked, and so for ever (slack-contract.md §1.1; Slack's method reference, chat.postMessage and
# chat.update). A code that is in none of these lists may be a passing one: Slack adds to them.
NEVER = frozenset(
    {
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "cant_delete_message",
        "cant_update_message",
        "compliance_exports_prevent_deletion",
        "deprecated_endpoint",
        "edit_window_closed",
        "invalid_arg_name",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_charset",
        "invalid_form_data",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_post_type",
        "markdown_text_conflict",
        "messages_tab_disabled",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "method_deprecated",
        "missing_post_type",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "streaming_state_conflict",
        "too_many_attachments",
        "unknown_method",
    }
)

# Another delivery of the same click or command was quicker: what was to be done with the trigger has been done.
DONE_ALREADY = frozenset({"exchanged_trigger_id"})

# Something has answered: whether Slack was behind it nobody knows.
_MAY_HAVE_ACTED = frozenset({Trouble.OTHER_PROTOCOL})
_PROXY = "let the bot through to slack.com and wss-primary.slack.com on port 443, past any proxy in between"
_WORDS: Mapping[Trouble, str] = {
    Trouble.NOT_TLS: f"what answers there does not speak TLS: {_PROXY}",
    Trouble.HANDSHAKE_ENDED: f"the connection is closed in the TLS handshake: {_PROXY}",
    Trouble.OTHER_NAME: f"the certificate is not Slack's: {_PROXY}",
    Trouble.NO_SUCH_HOST: f"this machine's DNS does not know it: {_PROXY}",
    Trouble.NOBODY_LISTENS: f"nobody listens there: {_PROXY}",
    Trouble.CLOSED: "the connection was closed without an answer",
    Trouble.OTHER_PROTOCOL: f"what answers is not HTTP: {_PROXY}",
}

CONNECTIONS_OPEN = "apps.connections.open"
_RENEW_SOCKET = "put an app-level token with connections:write, which begins with xapp-, into SLACK_APP_TOKEN"
_RENEW = "put the app's current bot token into SLACK_BOT_TOKEN"
_INSTALL = f"install the app in the workspace again, and {_RENEW}"
_INVITE = "invite the bot there: /invite @backfill"
_OPEN = "unarchive the channel, or name another in [slack] channel in backfill.toml"
_REVIEW = "ask an administrator of the workspace"
ADVICE: Mapping[str, str] = {
    "access_denied": _REVIEW,
    "account_inactive": _INSTALL,
    "channel_not_found": f"check [slack] channel in backfill.toml; if it is private, {_INVITE}",
    "ekm_access_denied": _REVIEW,
    "invalid_auth": f"{_RENEW}, or allow this machine's address if the app takes only some",
    "is_archived": _OPEN,
    "is_inactive": _OPEN,
    "missing_scope": "add the scope to the Slack app and install it again",
    "no_permission": _REVIEW,
    "not_allowed_token_type": "SLACK_BOT_TOKEN takes a bot token, which begins with xoxb-",
    "not_authed": _RENEW,
    "not_in_channel": _INVITE,
    "org_login_required": _REVIEW,
    # https://docs.slack.dev/reference/methods/usergroups.users.list
    "plan_upgrade_required": (
        "User groups need a paid Slack plan: name people in [slack] operators in backfill.toml instead"
    ),
    "restricted_action": _REVIEW,
    "team_access_not_granted": _REVIEW,
    "token_expired": _RENEW,
    "token_revoked": _INSTALL,
    "two_factor_setup_required": _REVIEW,
}


@contextmanager
def in_our_words(method: str) -> Iterator[None]:
    """Around one call of ``method``: whatever Slack's client raises leaves as one of bot.errors."""
    try:
        yield
    except SlackApiError as exc:
        raise _translated(method, exc.response) from exc
    except TimeoutError as exc:
        raise NoAnswer(SYSTEM, f"{method}: no answer in time") from exc
    except (aiohttp.ClientError, OSError) as exc:
        raise _no_connection(method, exc) from exc


def _no_connection(method: str, exc: Exception) -> Unavailable:
    """The kind is told, and nothing else: the client's texts may repeat the ticket that opens a socket."""
    trouble = trouble_of(exc)
    if trouble is None:
        return Unavailable(SYSTEM, f"{method}: no connection ({type(exc).__name__})")
    kind = Unavailable if trouble.may_pass or trouble in _MAY_HAVE_ACTED else Unreachable
    return kind(SYSTEM, f"{method}: no connection to Slack: {_WORDS.get(trouble, trouble.value)}")


def _translated(method: str, response: Any) -> SystemAnswer:
    status, body = _status_and_body(response)
    code = str(body.get("error", ""))
    if status == 429 or code in RATE_LIMITED:
        return RateLimited(SYSTEM, f"{method}: rate limited", _retry_after(response.headers))
    if status == GATEWAY_TIMEOUT:
        return NoAnswer(SYSTEM, f"{method}: HTTP {status}, given up by a gateway")
    if not code or status >= 500 or code in UNKNOWN_OUTCOME:
        return Unavailable(SYSTEM, f"{method}: {code or _without_code(status)}")
    said = f"{method}: {code}{_details(body)}"
    if code in NOT_THERE:
        return NotFound(SYSTEM, said)
    if code in DONE_ALREADY:
        return Conflict(SYSTEM, said)
    advice = _RENEW_SOCKET if method == CONNECTIONS_OPEN else ADVICE.get(code, "")
    return _refusal(code)(SYSTEM, "; ".join(filter(None, (said, advice))))


def _without_code(status: int) -> str:
    return f"HTTP {status} without an answer" if status >= 500 else f"HTTP {status}, but not from Slack: {_PROXY}"


def _refusal(code: str) -> type[Refused]:
    if code in OF_ONE_REPLY:
        return Doubtful
    if code in NOT_ADMITTED or code.startswith("restricted_action"):
        return NotAdmitted
    return Refused if code in NEVER else Doubtful


def _status_and_body(response: Any) -> tuple[int, Mapping[str, Any]]:
    if not isinstance(response, AsyncSlackResponse):
        # A body that is no JSON comes with aiohttp's own response instead of the client's.
        return int(response.status), {}
    return response.status_code, response.data if isinstance(response.data, dict) else {}


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    text = headers.get("Retry-After", "")
    if not (text.isascii() and text.isdigit()):
        return DEFAULT_RETRY_AFTER
    # Of a number so long that no time holds it the first digits say enough.
    seconds = int(text.lstrip("0")[:6] or 0)
    return min(timedelta(seconds=max(1, seconds)), LONGEST_RETRY_AFTER)


def _details(body: Mapping[str, Any]) -> str:
    """What exactly is invalid, or which scope is missing, where Slack says so."""
    metadata = body.get("response_metadata")
    messages = metadata.get("messages", []) if isinstance(metadata, dict) else []
    needed = [f"needed: {body['needed']}"] if body.get("needed") else []
    told = "; ".join([*(str(message) for message in messages), *needed])
    return f" ({told})" if told else ""
