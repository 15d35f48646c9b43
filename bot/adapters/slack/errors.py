"""Translates errors of Slack's client to those of bot.errors (docs/slack-facts.md#web-api)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.no_connection import ConnectionProblem, connection_problem
from bot.adapters.slack.error_codes import (
    ADVICE,
    CONNECTIONS_OPEN,
    DONE_ALREADY,
    NEVER,
    NOT_ADMITTED,
    NOT_THERE,
    OF_ONE_REPLY,
    RATE_LIMITED,
    RENEW_SOCKET,
    UNKNOWN_OUTCOME,
)
from bot.errors import (
    AccessDenied,
    Conflict,
    DependencyError,
    NoAnswer,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
    UnrecognisedRefusal,
)

SYSTEM = "slack"
# The wait when Slack names none; Slack's own clients wait this long in that case.
DEFAULT_RETRY_AFTER = timedelta(seconds=30)
# Slack names about a minute. A longer time, from a proxy perhaps, must not silence the bot.
LONGEST_RETRY_AFTER = timedelta(hours=1)
# A gateway has given up waiting for Slack, as the bot's own time limit would have.
GATEWAY_TIMEOUT = 504

# The answer is not Slack's, but the request may have reached Slack.
_MAY_HAVE_ACTED = frozenset({ConnectionProblem.WRONG_PROTOCOL})
_PROXY = "let the bot through to slack.com and wss-primary.slack.com on port 443, past any proxy in between"
_WORDS: Mapping[ConnectionProblem, str] = {
    ConnectionProblem.NOT_TLS: f"what answers there does not speak TLS: {_PROXY}",
    ConnectionProblem.HANDSHAKE_ENDED: f"the connection is closed in the TLS handshake: {_PROXY}",
    ConnectionProblem.NAME_MISMATCH: f"the certificate is not Slack's: {_PROXY}",
    ConnectionProblem.UNKNOWN_HOST: f"this machine's DNS does not know it: {_PROXY}",
    ConnectionProblem.CONNECTION_REFUSED: f"nobody listens there: {_PROXY}",
    ConnectionProblem.CLOSED: "the connection was closed without an answer",
    ConnectionProblem.WRONG_PROTOCOL: f"what answers is not HTTP: {_PROXY}",
}


@contextmanager
def translate_errors(method: str) -> Iterator[None]:
    """Wrap one call of ``method`` and the reading of its answer: errors of Slack's client and missing fields become
    errors of bot.errors."""
    try:
        yield
    except SlackApiError as exc:
        raise _from_response(method, exc) from exc
    except TimeoutError as exc:
        raise NoAnswer(SYSTEM, f"{method}: no answer in time") from exc
    except (aiohttp.ClientError, OSError) as exc:
        raise _no_connection(method, exc) from exc
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        # Slack's client accepts any text as an answer, and a proxy may answer in place of Slack.
        raise Unavailable(SYSTEM, f"{method}: an answer that is not understood: {_PROXY}") from exc


def retry_after(exc: SlackApiError) -> timedelta | None:
    """How long Slack asks to wait, if the error is that a call exceeded its rate limit; None for any other error."""
    status, body = _status_and_body(exc.response)
    is_limited = status == 429 or str(body.get("error", "")) in RATE_LIMITED
    return _retry_after(exc.response.headers) if is_limited else None


def _no_connection(method: str, exc: Exception) -> Unavailable:
    """The error for a failed connection. Its text has only the kind of error, because the client's texts may contain
    the URL that opens a socket."""
    problem = connection_problem(exc)
    if problem is None:
        return Unavailable(SYSTEM, f"{method}: no connection ({type(exc).__name__})")
    kind = Unavailable if problem.is_transient or problem in _MAY_HAVE_ACTED else Unreachable
    return kind(SYSTEM, f"{method}: no connection to Slack: {_WORDS.get(problem, problem.value)}")


def _from_response(method: str, exc: SlackApiError) -> DependencyError:
    status, body = _status_and_body(exc.response)
    code = str(body.get("error", ""))
    if (wait := retry_after(exc)) is not None:
        return RateLimited(SYSTEM, f"{method}: rate limited", wait)
    if status == GATEWAY_TIMEOUT:
        return NoAnswer(SYSTEM, f"{method}: HTTP {status}, given up by a gateway")
    if not code or status >= 500 or code in UNKNOWN_OUTCOME:
        return Unavailable(SYSTEM, f"{method}: {code or _without_code(status)}")
    why = f"{method}: {code}{_details(body)}"
    if code in NOT_THERE:
        return NotFound(SYSTEM, why)
    if code in DONE_ALREADY:
        return Conflict(SYSTEM, why)
    advice = RENEW_SOCKET if method == CONNECTIONS_OPEN else ADVICE.get(code, "")
    return _refusal(code)(SYSTEM, "; ".join(filter(None, (why, advice))))


def _without_code(status: int) -> str:
    return f"HTTP {status} without an answer" if status >= 500 else f"HTTP {status}, but not from Slack: {_PROXY}"


def _refusal(code: str) -> type[Refused]:
    if code in OF_ONE_REPLY:
        return UnrecognisedRefusal
    if code in NOT_ADMITTED or code.startswith("restricted_action"):
        return AccessDenied
    return Refused if code in NEVER else UnrecognisedRefusal


def _status_and_body(response: Any) -> tuple[int, Mapping[str, Any]]:
    if not isinstance(response, AsyncSlackResponse):
        # For a body that is not JSON the client passes on aiohttp's own response.
        return int(response.status), {}
    return response.status_code, response.data if isinstance(response.data, dict) else {}


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    text = headers.get("Retry-After", "")
    if not (text.isascii() and text.isdigit()):
        return DEFAULT_RETRY_AFTER
    # Six digits already exceed the limit below; more could overflow a timedelta.
    seconds = int(text.lstrip("0")[:6] or 0)
    return min(timedelta(seconds=max(1, seconds)), LONGEST_RETRY_AFTER)


def _details(body: Mapping[str, Any]) -> str:
    """The invalid argument or the missing scope, in parentheses; "" if Slack names neither."""
    metadata = body.get("response_metadata")
    messages = metadata.get("messages", []) if isinstance(metadata, dict) else []
    needed = [f"needed: {body['needed']}"] if body.get("needed") else []
    details = "; ".join([*(str(message) for message in messages), *needed])
    return f" ({details})" if details else ""
