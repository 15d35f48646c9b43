"""What ClickHouse and its client raise, in the bot's words: one context manager around each call that leaves."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from clickhouse_connect.driver.exceptions import DatabaseError, Error, OperationalError
from pydantic import SecretStr

from bot.errors import Refused, SystemAnswer, Unavailable
from bot.hidden import beginning, without_secrets
from bot.model import duration_text
from bot.wellformed import well_formed

LONGEST_WHY = 300
NO_PASSWORD = SecretStr("")
ILLEGAL_FINAL = 181
CLIENT_MISTAKES = range(400, 500)

# Codes of ClickHouse's ErrorCodes.cpp that another try may not meet again; all others are a no.
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

_CODE = re.compile(r"\bCode: (\d+)")
_URL = re.compile(r"https?://\S+")
# What it repeats of a statement may hold the password of another system: postgresql('h:5432', 'd', 't', 'u', '…').
# So of what it does not understand the place is told, and of what it did the arguments are blanked.
_NOT_UNDERSTOOD = re.compile(r"failed at position \d{1,9}")
_PLACE = re.compile(r" \(line \d{1,9}, col \d{1,9}\)(?=: )")
_AND_THEN = ". Expected one of"
_ARGUMENT = re.compile(r"([(,=]\s{0,9})'(?:[^'\\]|\\.|'')*(?:'|\\?\Z)", re.DOTALL)
_STATUS = re.compile(r"\bHTTP status (\d+)")
_BEFORE_TEXT = re.compile(
    r"^(?:.*?(?:server response|Network Error): )?(?:Code: \d+\. )?(?:DB::Exception: )?", re.DOTALL
)


@contextmanager
def translated(system: str, address: str, limit: timedelta, password: SecretStr = NO_PASSWORD) -> Iterator[None]:
    """Raise what the bot knows instead of what ClickHouse's client raises inside; ``password`` is not repeated."""
    try:
        yield
    except Error as exc:
        raise of_client(system, address, exc, password) from exc
    except TimeoutError as exc:
        raise Unavailable(system, f"no answer from {address} within {duration_text(limit)}") from exc


def of_client(system: str, address: str, error: Error, password: SecretStr = NO_PASSWORD) -> SystemAnswer:
    """The answer that this error means: ClickHouse's own code decides, else whether there was an answer at all."""
    code = code_of(error)
    told = beginning(str(error))
    why = _first_line(told, password)
    if code is not None:
        kind = Unavailable if code in PASSING else Refused
        return kind(system, f"Code {code}: {why}")
    status = _STATUS.search(told)
    if status and int(status[1]) in CLIENT_MISTAKES:
        return Refused(system, f"{address} is no ClickHouse that lets the bot in: {why}")
    if isinstance(error, OperationalError) or status:
        # The client keeps what the network said for the exception's cause.
        reason = _first_line(str(error.__cause__), password) if error.__cause__ else why
        return Unavailable(system, f"no answer from {address}: {reason}")
    return Refused(system, f"{address}: {why}")


def code_of(error: Error) -> int | None:
    """ClickHouse's own error code; errors in mid-answer carry it in their text only."""
    if error.code is not None:
        return error.code
    found = _CODE.search(beginning(str(error)))
    return int(found[1]) if found else None


def is_illegal_final(error: DatabaseError) -> bool:
    """Whether the table's engine knows no FINAL, so that it keeps no duplicates apart."""
    return code_of(error) == ILLEGAL_FINAL


def _first_line(text: str, password: SecretStr) -> str:
    """Without URLs: the client's hold every setting of the statement, and the address is told already. Secrets go
    before the text is cut."""
    seen = well_formed(beginning(text))
    shown = _without_literals(without_secrets(seen, (password.get_secret_value(),)))
    lines = _URL.sub("its URL", _BEFORE_TEXT.sub("", shown, count=1)).strip().splitlines()
    return lines[0].strip()[:LONGEST_WHY] if lines else "no reason given"


def _without_literals(text: str) -> str:
    return _ARGUMENT.sub(r"\1'…'", "".join(_understood(text)))


def _understood(text: str) -> Iterator[str]:
    """Without what follows the place of a mistake, up to what was expected there."""
    told = 0
    while found := _NOT_UNDERSTOOD.search(text, told):
        end = text.find(_AND_THEN, found.end())
        end = len(text) if end < 0 else end
        place = _PLACE.search(text, found.end(), end)
        yield text[told : found.end()] + (place[0] if place else "")
        told = end
    yield text[told:]
