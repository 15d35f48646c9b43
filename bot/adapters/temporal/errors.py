"""What Temporal's client raises, in the bot's words: one context manager around each call that leaves the process."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType

from temporalio.service import RPCError, RPCStatusCode

from bot.errors import Conflict, NotFound, RateLimited, Refused, SystemAnswer, Unavailable
from bot.hidden import beginning, without_secrets
from bot.model import duration_text

# Temporal names no time to wait when it is over its limits; its own clients begin with one second.
RETRY_AFTER = timedelta(seconds=5)
LONGEST_WHY = 300

KIND_OF_STATUS: Mapping[RPCStatusCode, type[SystemAnswer]] = MappingProxyType(
    {
        RPCStatusCode.OK: Unavailable,
        RPCStatusCode.CANCELLED: Unavailable,
        RPCStatusCode.UNKNOWN: Unavailable,
        RPCStatusCode.INVALID_ARGUMENT: Refused,
        RPCStatusCode.DEADLINE_EXCEEDED: Unavailable,
        RPCStatusCode.NOT_FOUND: NotFound,
        RPCStatusCode.ALREADY_EXISTS: Conflict,
        RPCStatusCode.PERMISSION_DENIED: Refused,
        RPCStatusCode.RESOURCE_EXHAUSTED: RateLimited,
        RPCStatusCode.FAILED_PRECONDITION: Refused,
        RPCStatusCode.ABORTED: Unavailable,
        RPCStatusCode.OUT_OF_RANGE: Refused,
        RPCStatusCode.UNIMPLEMENTED: Refused,
        RPCStatusCode.INTERNAL: Unavailable,
        RPCStatusCode.UNAVAILABLE: Unavailable,
        RPCStatusCode.DATA_LOSS: Unavailable,
        RPCStatusCode.UNAUTHENTICATED: Refused,
    }
)

_CONNECT_REFUSED = re.compile(r"code: (Unauthenticated|PermissionDenied)\b")
_QUOTED = re.compile(r'"([^"]+)"')


@contextmanager
def translated(system: str, address: str, limit: timedelta) -> Iterator[None]:
    """Raise what the bot knows instead of what Temporal's client raises inside."""
    try:
        yield
    except RPCError as exc:
        raise of_rpc(system, address, exc) from exc
    except TimeoutError as exc:
        raise Unavailable(system, f"no answer from {address} within {duration_text(limit)}") from exc
    except RuntimeError as exc:
        # The client's native half reports a failed first connection as a bare RuntimeError.
        if not str(exc).startswith("Failed client connect"):
            raise
        raise _of_connect(system, address, str(exc)) from exc


def of_rpc(system: str, address: str, error: RPCError) -> SystemAnswer:
    """The answer that this status code means."""
    if error.status is RPCStatusCode.NOT_FOUND and _is_about_namespace(error):
        return Refused(system, f"{error.message.rstrip('.')}: create it there, or correct it in backfill.toml")
    why = without_secrets(error.message)[:LONGEST_WHY] or error.status.name.lower().replace("_", " ")
    kind = KIND_OF_STATUS[error.status]
    if issubclass(kind, RateLimited):
        return RateLimited(system, why, RETRY_AFTER)
    if issubclass(kind, Unavailable):
        return Unavailable(system, f"no answer from {address}: {why}")
    return kind(system, why)


def _is_about_namespace(error: RPCError) -> bool:
    if not error.raw_grpc_status:
        return False
    return any(detail.type_url.endswith(".NamespaceNotFoundFailure") for detail in error.grpc_status.details)


def _of_connect(system: str, address: str, text: str) -> SystemAnswer:
    """The innermost quoted text of the native error chain is the part that says what is the matter."""
    text = beginning(text)
    reasons = _QUOTED.findall(text)
    why = without_secrets(reasons[-1])[:LONGEST_WHY] if reasons else "the connection failed"
    if _CONNECT_REFUSED.search(text):
        return Refused(system, f"{address} does not let the bot in: {why}")
    return Unavailable(system, f"no connection to {address}: {why}")
