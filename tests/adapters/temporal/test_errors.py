"""Each error of Temporal's client becomes exactly one error of bot.errors."""

from datetime import timedelta

import pytest
from temporalio.service import RPCError, RPCStatusCode

from bot.adapters.temporal.errors import KIND_OF_STATUS, from_rpc_error, translate_errors
from bot.errors import Conflict, DependencyError, NotFound, RateLimited, Refused, Unavailable

LIMIT = timedelta(seconds=3)


@pytest.mark.parametrize("status", RPCStatusCode)
def test_every_status_code_means_something(status: RPCStatusCode) -> None:
    error = from_rpc_error("Temporal of a", "host:7233", RPCError("why it is so", status, b""))

    assert isinstance(error, KIND_OF_STATUS[status])
    assert type(error) in {Unavailable, RateLimited, Refused, NotFound, Conflict}
    assert "why it is so" in str(error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (RPCStatusCode.UNAVAILABLE, Unavailable),
        (RPCStatusCode.DEADLINE_EXCEEDED, Unavailable),
        (RPCStatusCode.RESOURCE_EXHAUSTED, RateLimited),
        (RPCStatusCode.NOT_FOUND, NotFound),
        (RPCStatusCode.PERMISSION_DENIED, Refused),
        (RPCStatusCode.UNAUTHENTICATED, Refused),
        (RPCStatusCode.INVALID_ARGUMENT, Refused),
        (RPCStatusCode.ALREADY_EXISTS, Conflict),
    ],
)
def test_what_may_pass_by_itself_is_told_apart_from_what_will_not(
    status: RPCStatusCode, kind: type[DependencyError]
) -> None:
    with pytest.raises(DependencyError) as caught, translate_errors("Temporal of a", "host:7233", LIMIT):
        raise RPCError("", status, b"")

    assert type(caught.value) is kind
    assert isinstance(caught.value.__cause__, RPCError)
    assert caught.value.why


def test_being_over_the_limit_comes_with_a_time_to_wait() -> None:
    error = from_rpc_error("Temporal of a", "host:7233", RPCError("busy", RPCStatusCode.RESOURCE_EXHAUSTED, b""))

    assert isinstance(error, RateLimited)
    assert error.retry_after > timedelta(0)


def test_a_first_connection_that_is_not_let_in_is_refused() -> None:
    status = 'Status { code: PermissionDenied, message: "Request unauthorized." }'
    shown = r"host:7233 does not let the bot in: Request unauthorized\."
    with pytest.raises(Refused, match=shown), translate_errors("Temporal of a", "host:7233", LIMIT):
        raise RuntimeError(f"Failed client connect: `get_system_info` call error after connection: {status}")


def test_a_mistake_of_ours_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="ours"), translate_errors("Temporal of a", "host:7233", LIMIT):
        raise RuntimeError("ours")
