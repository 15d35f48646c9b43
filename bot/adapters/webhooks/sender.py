"""HttpWebhooks: bot.ports.Webhooks over HTTP.

``send`` makes each call once. A caller that wants another try calls ``send`` again with the same key. Redirects are
not followed, because a call carries a secret. No error contains the routing key or the URL, because each of them
may be a secret.
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector
from aiohttp.http_exceptions import HttpProcessingError

from bot.adapters.no_connection import connection_problem
from bot.adapters.webhooks.bodies import filled, pagerduty_event
from bot.errors import NoAnswer, RateLimited, Refused, Unavailable, Unreachable
from bot.model import PageCall
from bot.redaction import beginning, redact

TIME_LIMIT_SECONDS = 10
LARGEST_REPLY = 2 * 1024
LONGEST_WHY = 200
DEFAULT_RETRY_AFTER = timedelta(seconds=30)
LONGEST_RETRY_AFTER = timedelta(hours=1)
REQUEST_TIMEOUT, TOO_MANY_REQUESTS = 408, 429


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where calls go, and how they are written: with a ``template``, or as PagerDuty's events if ``routing_key`` is
    given."""

    url: str = field(repr=False)
    template: str = ""
    routing_key: str = field(default="", repr=False)

    def body(self, call: PageCall) -> Any:
        """The JSON of this call."""
        return pagerduty_event(call, self.routing_key) if self.routing_key else filled(self.template, call)


class HttpWebhooks:
    """See ``bot.ports.Webhooks``."""

    def __init__(self, webhooks: Mapping[str, Webhook]) -> None:
        self._webhooks = webhooks

    async def send(self, webhook: str, call: PageCall) -> None:
        """See ``bot.ports.Webhooks``. Calls are rare, so each one has a connection of its own."""
        system, known = f"Webhook {webhook}", self._webhooks.get(webhook)
        if known is None:
            raise Refused(system, f"there is no [webhooks.{webhook}] in backfill.toml")
        data = json.dumps(known.body(call)).encode()
        try:
            async with (
                _session(known.url) as session,
                session.post(known.url, data=data, headers=_headers(call), allow_redirects=False) as response,
            ):
                await _read(response, system, known)
        except TimeoutError as exc:
            raise NoAnswer(system, f"no answer within {TIME_LIMIT_SECONDS} s") from exc
        # aiohttp does not wrap the errors of its parsers and of the socket.
        except (ClientError, HttpProcessingError, OSError, ValueError, EOFError) as exc:
            raise _no_connection(system, exc) from exc


def _session(url: str) -> ClientSession:
    tls = ssl.create_default_context() if url.startswith("https:") else False
    timeout = ClientTimeout(total=TIME_LIMIT_SECONDS)
    return ClientSession(connector=TCPConnector(ssl=tls), timeout=timeout, auto_decompress=False, trust_env=True)


def _headers(call: PageCall) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "backfill-bot",
        "Idempotency-Key": f"{call.key}:{call.action}",
    }


async def _read(response: ClientResponse, system: str, webhook: Webhook) -> None:
    """Return if the receiver has taken the call. Raises RateLimited, Unavailable or Refused otherwise. Only the
    beginning of a reply is read."""
    status = response.status
    if 200 <= status < 300:
        return
    why = f"HTTP status {status}{await _reply(response, webhook)}"
    if status == TOO_MANY_REQUESTS:
        raise RateLimited(system, why, _retry_after(response.headers.get("Retry-After", "")))
    if status == REQUEST_TIMEOUT or status >= 500:
        raise Unavailable(system, why)
    raise Refused(system, f"{why}; redirects are not followed" if 300 <= status < 400 else why)


async def _reply(response: ClientResponse, webhook: Webhook) -> str:
    raw = b""
    while len(raw) < LARGEST_REPLY and (chunk := await response.content.read(LARGEST_REPLY - len(raw))):
        raw += chunk
    text = " ".join(raw.decode(errors="replace").split())
    reply = redact(beginning(text), [*filter(None, (webhook.url, webhook.routing_key))])[:LONGEST_WHY]
    return f": {reply}" if reply else ""


def _retry_after(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit()):
        return DEFAULT_RETRY_AFTER
    return min(timedelta(seconds=max(1, int(text[:6]))), LONGEST_RETRY_AFTER)


def _no_connection(system: str, error: Exception) -> Unavailable:
    """The error for a failed connection. Its text has only the kind of error, because the client's texts may contain
    the URL."""
    problem = connection_problem(error)
    if problem is None:
        return Unavailable(system, f"no usable answer ({type(error).__name__})")
    kind = Unavailable if problem.is_transient else Unreachable
    return kind(system, f"no connection: {problem.value}")
