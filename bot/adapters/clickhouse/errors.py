"""Translates errors of ClickHouse and its client to those of bot.errors, by a context manager around each call."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from clickhouse_connect.driver.exceptions import DatabaseError, Error, OperationalError
from pydantic import SecretStr

from bot.adapters.clickhouse.rows import NotAnAnswer, WebPage, is_page
from bot.adapters.no_connection import ConnectionProblem, connection_problem
from bot.errors import DependencyError, Refused, Unavailable, Unreachable
from bot.model import duration_text
from bot.redaction import beginning, redact
from bot.wellformed import well_formed

LONGEST_WHY = 300
NO_PASSWORD = SecretStr("")
ILLEGAL_FINAL = 181
# READONLY and SETTING_CONSTRAINT_VIOLATION.
SETTINGS_REFUSED = frozenset({164, 452})
REDIRECTS = range(300, 400)
CLIENT_MISTAKES = range(400, 500)

# Codes of ClickHouse's ErrorCodes.cpp that may be gone at the next try; all others count as Refused.
PASSING = frozenset(
    {
        159,  # TIMEOUT_EXCEEDED
        160,  # TOO_SLOW
        201,  # QUOTA_EXCEEDED
        202,  # TOO_MANY_SIMULTANEOUS_QUERIES
        203,  # NO_FREE_CONNECTION
        209,  # SOCKET_TIMEOUT
        210,  # NETWORK_ERROR
        225,  # NO_ZOOKEEPER
        236,  # ABORTED
        241,  # MEMORY_LIMIT_EXCEEDED
        279,  # ALL_CONNECTION_TRIES_FAILED
        394,  # QUERY_WAS_CANCELLED
        439,  # CANNOT_SCHEDULE_TASK
        999,  # KEEPER_EXCEPTION
    }
)

# AUTHENTICATION_FAILED, and those of servers before 20.12: UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD.
_ACCESS_DENIED = frozenset({192, 193, 194, 516})
_CREDENTIALS = "check username in [clusters.NAME.clickhouse], and its password: password_env or CLICKHOUSE_PASSWORD"

_PORTS = "url has to name its HTTP port, mostly 8123 with http:// and 8443 with https://"
_WORDS: Mapping[ConnectionProblem, str] = {
    ConnectionProblem.NOT_TLS: (
        "it does not speak TLS on that port: write http:// in url, or name its port for https://"
    ),
    ConnectionProblem.NAME_MISMATCH: (
        "its certificate is for another name: write the one that it was issued for into url"
    ),
    ConnectionProblem.CLOSED: f"it closes the connection without an answer: {_PORTS}",
    ConnectionProblem.WRONG_PROTOCOL: f"what answers there is not HTTP: {_PORTS}",
}
_WEB_PAGE = (
    "what answers there is a web page, not ClickHouse: url leads to a proxy or a login page; name ClickHouse's own"
    " address, or let the bot through"
)
_ELSEWHERE = (
    "it redirects to another address, which the bot does not follow with its password: name ClickHouse's own in url"
)
_BY_STATUS: Mapping[int, str] = {
    401: f"is no ClickHouse that lets the bot in: {_CREDENTIALS}",
    403: f"is no ClickHouse that lets the bot in: {_CREDENTIALS}, and any proxy before it",
    404: "is no ClickHouse that lets the bot in: there is none at that path, check url",
    407: "is behind a proxy that wants a password: let the bot pass it",
}
_NATIVE_PORT = re.compile(r"Port \d+ is for clickhouse-client|HTTP request .*HTTPS (?:server|port)", re.IGNORECASE)

_CODE = re.compile(r"\bCode: ([0-9]{1,9})\b")
_URL = re.compile(r"https?://\S+")
# ClickHouse repeats parts of a statement, which may hold another system's password: postgresql('h', 'd', 't', 'u',
# '…'). So text that it could not parse is cut down to its position, and string arguments are blanked elsewhere.
_NOT_UNDERSTOOD = re.compile(r"failed at position \d{1,9}")
_PLACE = re.compile(r" \(line \d{1,9}, col \d{1,9}\)(?=: )")
_AND_THEN = ". Expected one of"
_ARGUMENT = re.compile(r"([(,=]\s{0,9})'(?:[^'\\]|\\.|'')*(?:'|\\?\Z)", re.DOTALL)
_STATUS = re.compile(r"\bHTTP status ([0-9]{1,9})\b")
_BEFORE_TEXT = re.compile(
    r"^(?:.*?(?:server response|Network Error): )?(?:Code: \d+\. )?(?:DB::Exception: )?", re.DOTALL
)


@contextmanager
def translate_errors(
    system: str, address: str, limit: timedelta, password: SecretStr = NO_PASSWORD
) -> Iterator[None]:
    """Raise errors of bot.errors in place of those of ClickHouse's client. Their texts never hold ``password``."""
    try:
        yield
    except Error as exc:
        raise from_client_error(system, address, exc, password) from exc
    except TimeoutError as exc:
        raise Unavailable(system, f"no answer from {address} within {duration_text(limit)}") from exc


def from_client_error(system: str, address: str, error: Error, password: SecretStr = NO_PASSWORD) -> DependencyError:
    """The error of bot.errors for an error of the client. ClickHouse's error code decides the class of the error.
    Without a code, the class depends on what is wrong with the connection or the answer."""
    code = code_of(error)
    why = _first_line(str(error), password)
    if isinstance(error, WebPage):
        return Unreachable(system, f"no connection to {address}: {_WEB_PAGE}")
    if isinstance(error, NotAnAnswer):
        return Unavailable(system, f"{address} answers, but not as ClickHouse does: {why}")
    if code is not None:
        kind = Unavailable if code in PASSING else Refused
        advice = f"; {_CREDENTIALS}" if code in _ACCESS_DENIED else ""
        return kind(system, f"Code {code}: {why}{advice}")
    return _from_network_error(system, address, error) or _from_other_error(system, address, error, why, password)


def _from_network_error(system: str, address: str, error: Error) -> DependencyError | None:
    """The error of bot.errors, if a failed connection has caused ``error``; None if something else has."""
    problem = connection_problem(error.__cause__, urlsplit(f"//{address}").hostname)
    if problem is None:
        return None
    advice = _WORDS.get(problem, problem.value)
    if problem.is_transient:
        return Unavailable(system, f"no answer from {address}: {advice}")
    return Unreachable(system, f"no connection to {address}: {advice}")


def _from_other_error(system: str, address: str, error: Error, why: str, password: SecretStr) -> DependencyError:
    """The error of bot.errors for an error without ClickHouse's code. A proxy or something else has answered, or
    nothing has."""
    status = _STATUS.search(beginning(str(error)))
    if status and is_page(why):
        return Unreachable(system, f"no connection to {address}: {_WEB_PAGE} (HTTP {status[1]})")
    if status and int(status[1]) in REDIRECTS:
        return Unreachable(system, f"no connection to {address}: {_ELSEWHERE} (HTTP {status[1]})")
    if _NATIVE_PORT.search(why):
        return Unreachable(system, f"no connection to {address}: {why}; {_PORTS}")
    if status and int(status[1]) in CLIENT_MISTAKES:
        description = _BY_STATUS.get(int(status[1]), "is no ClickHouse that lets the bot in")
        return Refused(system, f"{address} {description} (HTTP {status[1]}: {why})")
    if isinstance(error, OperationalError) or status:
        reason = _first_line(str(error.__cause__), password) if error.__cause__ else why
        return Unavailable(system, f"no answer from {address}: {reason}")
    return Refused(system, f"{address}: {why}")


def code_of(error: Error) -> int | None:
    """ClickHouse's own error code; None if there is none. An error in mid-answer has the code in its text only."""
    if error.code is not None:
        return error.code
    match = _CODE.search(beginning(str(error)))
    return int(match[1]) if match else None


def is_about_statement(error: Error) -> bool:
    """Whether ClickHouse refuses this statement for good. False if the error may pass, if ClickHouse refuses the
    bot's user, or if the error has no code of ClickHouse."""
    code = code_of(error)
    return not isinstance(error, NotAnAnswer) and code is not None and code not in PASSING | _ACCESS_DENIED


def is_about_settings(error: DatabaseError) -> bool:
    """Whether ClickHouse refuses a setting; the user's profile may have changed since the bot connected."""
    return code_of(error) in SETTINGS_REFUSED


def is_illegal_final(error: DatabaseError) -> bool:
    """Whether the table's engine does not support FINAL."""
    return code_of(error) == ILLEGAL_FINAL


def _first_line(text: str, password: SecretStr) -> str:
    """The first line of an error text, with "its URL" in place of each URL. A URL holds every setting of the
    statement, and the bot's message names the address anyway. Secrets are redacted before the text is cut."""
    text_start = well_formed(beginning(text))
    redacted = _without_literals(redact(text_start, (password.get_secret_value(),)))
    lines = _URL.sub("its URL", _BEFORE_TEXT.sub("", redacted, count=1)).strip().splitlines()
    return lines[0].strip()[:LONGEST_WHY] if lines else "no reason given"


def _without_literals(text: str) -> str:
    return _ARGUMENT.sub(r"\1'…'", "".join(_without_unparsed_text(text)))


def _without_unparsed_text(text: str) -> Iterator[str]:
    """The error text, in pieces, without the SQL that ClickHouse quotes between the position of a syntax error and
    the list of expected tokens."""
    position = 0
    while match := _NOT_UNDERSTOOD.search(text, position):
        end = text.find(_AND_THEN, match.end())
        end = len(text) if end < 0 else end
        place = _PLACE.search(text, match.end(), end)
        yield text[position : match.end()] + (place[0] if place else "")
        position = end
    yield text[position:]
