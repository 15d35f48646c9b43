"""Translates the errors of Temporal's client to those of bot.errors, by a context manager around each call."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import MappingProxyType

from temporalio.service import RPCError, RPCStatusCode

from bot.adapters.temporal.no_connection import advice_for, problem_in_text, server_message
from bot.errors import Conflict, DependencyError, NotFound, RateLimited, Refused, Unavailable, Unreachable
from bot.model import duration_text
from bot.redaction import beginning, redact

# When a client is over its limits, Temporal does not say how long to wait. Temporal's own clients begin with one
# second.
RETRY_AFTER = timedelta(seconds=5)
LONGEST_WHY = 300

KIND_OF_STATUS: Mapping[RPCStatusCode, type[DependencyError]] = MappingProxyType(
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

_CONNECT_REFUSED = re.compile(r"Status \{ code: (Unauthenticated|PermissionDenied)\b")
_ACCESS_ADVICE = (
    "Check the API key or the client certificate in its profile (TEMPORAL_CONFIG_FILE), and what they are for"
)
_ACCESS_DENIED = frozenset({RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED})


@contextmanager
def translate_errors(system: str, address: str, limit: timedelta) -> Iterator[None]:
    """Raise errors of bot.errors in place of those that Temporal's client raises in the block."""
    try:
        yield
    except RPCError as exc:
        raise from_rpc_error(system, address, exc) from exc
    except TimeoutError as exc:
        raise Unavailable(system, f"no answer from {address} within {duration_text(limit)}") from exc
    except RuntimeError as exc:
        # The SDK's native core reports a failed first connection as a bare RuntimeError.
        if not str(exc).startswith("Failed client connect"):
            raise
        raise _from_connect_error(system, address, str(exc)) from exc


def from_rpc_error(system: str, address: str, error: RPCError) -> DependencyError:
    """The error of bot.errors for a gRPC status."""
    if error.status is RPCStatusCode.NOT_FOUND and _is_missing_namespace(error):
        return Refused(system, f"{error.message.rstrip('.')}: create it there, or correct it in backfill.toml")
    why = _redacted(error.message) or error.status.name.lower().replace("_", " ")
    kind = KIND_OF_STATUS[error.status]
    if error.status in _ACCESS_DENIED:
        return kind(system, f"{address} does not let the bot in: {why.rstrip('.')}. {_ACCESS_ADVICE}")
    if issubclass(kind, RateLimited):
        return RateLimited(system, why, RETRY_AFTER)
    if issubclass(kind, Unavailable):
        # A proxy may report with the same status that it could not connect. So the message quotes the server's words.
        return _no_connection(system, address, error.message, f" ({why})") or Unavailable(
            system, f"no answer from {address}: {why}"
        )
    return kind(system, why)


def _is_missing_namespace(error: RPCError) -> bool:
    if not error.raw_grpc_status:
        return False
    return any(detail.type_url.endswith(".NamespaceNotFoundFailure") for detail in error.grpc_status.details)


def _from_connect_error(system: str, address: str, text: str) -> DependencyError:
    """The error for a failed first connection; ``text`` is the native core's error chain in Rust's debug format."""
    text = beginning(text)
    why = _redacted(server_message(text)) or "no reason given"
    if _CONNECT_REFUSED.search(text):
        return Refused(system, f"{address} does not let the bot in: {why.rstrip('.')}. {_ACCESS_ADVICE}")
    return _no_connection(system, address, text) or Unavailable(system, f"no connection to {address}: {why}")


def _no_connection(system: str, address: str, text: str, detail: str = "") -> Unavailable | None:
    problem = problem_in_text(text)
    if problem is None:
        return None
    kind = Unavailable if problem.is_transient else Unreachable
    return kind(system, f"no connection to {address}: {advice_for(problem)}{detail}")


def _redacted(text: str) -> str:
    return redact(text)[:LONGEST_WHY]
