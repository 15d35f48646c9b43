"""Reads one HTTP request of ClickHouse's interface: statement, bound parameters, settings and format."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_FORMAT = "TabSeparated"

# These names of the query string are for the HTTP interface itself; every other name is a setting of the engine.
TRANSPORT_NAMES = frozenset(
    {
        "buffer_size",
        "client_protocol_version",
        "compress",
        "database",
        "decompress",
        "default_format",
        "enable_http_compression",
        "password",
        "query",
        "query_id",
        "quota_key",
        "role",
        "session_check",
        "session_id",
        "session_timeout",
        "stacktrace",
        "user",
        "wait_end_of_query",
    }
)
PARAMETER_PREFIX = "param_"
READONLY = "readonly"

_TRAILING_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_INSERT_WITH_DATA = re.compile(
    rb"\s*(?P<head>INSERT\s+INTO\s(?:(?!\bSELECT\b|\bVALUES\b).)+?)\sFORMAT\s+(?P<format>\w+)(?:\s|;|$)",
    re.IGNORECASE | re.DOTALL,
)
# In bytes. The data of an INSERT has to begin before this place: the statement is not searched for beyond it.
_LONGEST_INSERT_HEAD = 64_000


@dataclass(frozen=True)
class Request:
    """What one call asks of the engine.

    `data` is set only for `INSERT … FORMAT x` followed by rows in that format. Then `statement` ends before FORMAT,
    and `format` is the format of the rows. For any other statement `format` is the format of the answer.
    """

    statement: str
    format: str
    query_id: str
    user: str
    database: str = ""
    data: bytes | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


def read_request(fields: Mapping[str, str], body: bytes, *, user: str, query_id: str, is_get: bool) -> Request:
    """Reads a request. `fields` contains the query string and the form fields. If there are both a `query` field and
    a body, the statement is the field followed by the body."""
    raw = b"\n".join(part for part in (fields.get("query", "").encode(), body) if part)
    settings = {
        name: value
        for name, value in fields.items()
        if name not in TRANSPORT_NAMES and not name.startswith(PARAMETER_PREFIX)
    }
    if is_get and settings.get(READONLY, "0") == "0":
        settings[READONLY] = "2"  # ClickHouse forbids writing with GET, and still allows settings to be changed
    statement, format_, data = _split_insert(raw) or _plain(raw, fields.get("default_format", DEFAULT_FORMAT))
    return Request(
        statement=statement,
        format=format_,
        query_id=query_id,
        user=user,
        database=fields.get("database", ""),
        data=data,
        parameters={
            name.removeprefix(PARAMETER_PREFIX): value
            for name, value in fields.items()
            if name.startswith(PARAMETER_PREFIX)
        },
        settings=settings,
    )


def _split_insert(raw: bytes) -> tuple[str, str, bytes] | None:
    match = _INSERT_WITH_DATA.match(raw[:_LONGEST_INSERT_HEAD])
    if match is None:
        return None
    head = match.group("head").decode("utf-8", errors="replace")
    return head, match.group("format").decode(), raw[match.end() :]


def _plain(raw: bytes, default_format: str) -> tuple[str, str, None]:
    statement = raw.decode("utf-8", errors="replace")
    match = _TRAILING_FORMAT.search(statement)
    return statement, match.group(1) if match else default_format, None
