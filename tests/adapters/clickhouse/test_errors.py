"""ClickHouse's codes and the client's errors become errors of bot.errors."""

from datetime import timedelta

import pytest
from clickhouse_connect.driver import exceptions
from clickhouse_connect.driver.exceptions import DatabaseError, Error, OperationalError, StreamFailureError

from bot.adapters.clickhouse.errors import translate_errors
from bot.errors import DependencyError, Refused, Unavailable

LIMIT = timedelta(seconds=60)


def translated(error: Exception) -> DependencyError:
    with pytest.raises(DependencyError) as caught, translate_errors("ClickHouse of a", "host:8123", LIMIT):
        raise error
    assert caught.value.__cause__ is error
    return caught.value


@pytest.mark.parametrize(
    ("error", "kind", "why"),
    [
        (
            DatabaseError(
                "Received ClickHouse exception, code: 60, server response: "
                "Code: 60. DB::Exception: Unknown table x\nmore",
                code=60,
            ),
            Refused,
            "Code 60: Unknown table x",
        ),
        (
            DatabaseError("server response: Code: 241. DB::Exception: Memory limit exceeded", code=241),
            Unavailable,
            "Code 241: Memory limit exceeded",
        ),
        (DatabaseError("The ClickHouse server returned an error", code=159), Unavailable, "Code 159: The ClickHouse"),
        (
            StreamFailureError("Code: 394. DB::Exception: Query was cancelled"),
            Unavailable,
            "Code 394: Query was cancelled",
        ),
        (
            OperationalError("Network Error: Server disconnected"),
            Unavailable,
            "no answer from host:8123: Server disc",
        ),
        (DatabaseError("HTTP driver received HTTP status 502"), Unavailable, "no answer from host:8123: HTTP driver"),
        (DatabaseError("HTTP driver received HTTP status 403"), Refused, "host:8123 is no ClickHouse that lets"),
        (
            DatabaseError(
                "Code: 62. DB::Exception: Syntax error: failed at position 9 (x) (line 2, col 4): x. Expected y"
            ),
            Refused,
            "Code 62: Syntax error: failed at position 9 (line 2, col 4)",
        ),
        (
            DatabaseError(
                "Code: 47. DB::Exception: Missing columns: 'nope', maybe you meant: ['hope']. In f('x', 1)"
            ),
            Refused,
            "Code 47: Missing columns: 'nope', maybe you meant: ['hope']. In f('…', 1)",
        ),
        (TimeoutError(), Unavailable, "no answer from host:8123 within 1 m"),
        (DatabaseError(""), Refused, "host:8123: no reason given"),
    ],
)
def test_errors_say_what_is_the_matter(error: Exception, kind: type[DependencyError], why: str) -> None:
    answer = translated(error)

    assert type(answer) is kind
    assert answer.why.startswith(why)
    assert "\n" not in answer.why


def test_every_error_of_the_client_means_something() -> None:
    known = [kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Error)]
    kinds = [kind for kind in known if kind is not exceptions.StreamClosedError]  # takes no text of its own

    assert len(kinds) > 5
    assert all(translated(kind("what happened")).why for kind in kinds)


def test_long_messages_are_cut() -> None:
    assert len(translated(DatabaseError("x" * 10_000, code=1)).why) < 400
