"""The connection to one ClickHouse over HTTP. Its statements cannot write, have a time limit, name the bot in
``log_comment``, and never return a partial answer.

On first use the bot asks for the server's version and for the settings that its user may not change. It asks again
when the server refuses a setting.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any
from urllib.parse import urlsplit

from clickhouse_connect.driver.exceptions import DatabaseError
from pydantic import SecretStr

from bot.adapters.clickhouse.answers import UnexpectedAnswer
from bot.adapters.clickhouse.errors import from_client_error, is_about_settings, is_about_statement, translate_errors
from bot.adapters.clickhouse.http import NO_SETTINGS, Http
from bot.adapters.clickhouse.rows import Answer, NotAnAnswer
from bot.config import ClickHouseAddress
from bot.errors import StatementRefused

MOST_ROWS = 100_000
LONGEST_VERSION = 40

# A user's profile may set "break", which truncates an answer at a limit without an error.
NEVER_IN_PART = {
    "result_overflow_mode": "throw",
    "read_overflow_mode": "throw",
    "read_overflow_mode_leaf": "throw",
    "timeout_overflow_mode": "throw",
    "timeout_overflow_mode_leaf": "throw",
    "group_by_overflow_mode": "throw",
    "sort_overflow_mode": "throw",
    "set_overflow_mode": "throw",
    "join_overflow_mode": "throw",
    "distinct_overflow_mode": "throw",
    "transfer_overflow_mode": "throw",
    "limit": 0,
    "offset": 0,
    "skip_unavailable_shards": 0,
}
# With these settings the server writes numbers as JSON numbers where possible, and its answer is always valid JSON.
OUTPUT_FORMAT = {
    "output_format_json_quote_64bit_integers": 0,
    "output_format_json_quote_decimals": 0,
    "output_format_json_quote_denormals": 0,
    "output_format_json_validate_utf8": 1,
}
# A count that began after a run had closed proves its rows. A cached answer may be older.
NEVER_CACHED = {"use_query_cache": 0}
# The bot's own statements say where FINAL applies. The user's profile may apply FINAL to every table, or make it
# faster but incomplete, so that rows remain although rows in other partitions or parts replace them. These settings
# prevent both.
WHOLE_FINAL = {
    "final": 0,
    "do_not_merge_across_partitions_select_final": 0,
    "optimize_move_to_prewhere_if_final": 0,
    "use_skip_indexes_if_final": 0,
}
# The server stops a statement that the bot no longer waits for.
CANCEL_ABANDONED = {"cancel_http_readonly_queries_on_client_close": 1}


# ``fixed`` also has the settings that this version does not know, because it would refuse them.
_SENT = (*NEVER_IN_PART, *OUTPUT_FORMAT, *NEVER_CACHED, *WHOLE_FINAL, *CANCEL_ABANDONED)
_SERVER_INFO = """
SELECT version() AS version,
    arrayConcat(
        groupArrayIf(name, readonly), arrayFilter(sent -> NOT has(groupArray(name), sent), {sent:Array(String)})
    ) AS fixed
FROM system.settings
"""


class Reach(IntEnum):
    """What a statement may read, as a value of ClickHouse's ``readonly`` setting. Neither value allows writing."""

    HERE = 1
    # postgresql(), s3() and the like create temporary tables, which readonly=1 forbids as writing.
    ANYWHERE = 2


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement. ``values`` are bound by name; ``comment`` goes into ClickHouse's own query log."""

    sql: str
    values: Mapping[str, Any]
    reach: Reach
    comment: str


@dataclass(frozen=True, slots=True)
class Client:
    """The HTTP client of a server that has answered, and the server's version. ``fixed`` are the settings that the
    bot must not send: its user may not change them, or the server does not know them."""

    http: Http
    version: str
    fixed: frozenset[str]


class Connection:
    """One cluster's ClickHouse, and the user that the bot connects as."""

    def __init__(self, system: str, address: ClickHouseAddress, password: SecretStr, limit: timedelta) -> None:
        self.system = system
        self._url = address.url
        self._username = address.username
        self._password = password
        self._limit = limit
        self._client: Client | None = None
        self._connecting = asyncio.Lock()

    @property
    def host(self) -> str:
        """Host and port, as configured."""
        return urlsplit(self._url).netloc.rpartition("@")[2]

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[Client]:
        """Yield the client. Statements in the block share one time limit; their errors become those of bot.errors."""
        with translate_errors(self.system, self.host, self._limit, self._password):
            async with asyncio.timeout(self._limit.total_seconds()):
                yield await self._get_client()

    @contextmanager
    def in_section(self, section: str) -> Iterator[None]:
        """Raise StatementRefused, which names the configuration's ``section``, when ClickHouse refuses a statement of
        the block or a check of its answer fails. Use it within ``asking``."""
        try:
            yield
        except UnexpectedAnswer as exc:
            raise StatementRefused(self.system, section, str(exc)) from exc
        except DatabaseError as exc:
            if not is_about_statement(exc):
                raise
            why = from_client_error(self.system, self.host, exc, self._password).why
            raise StatementRefused(self.system, section, why) from exc

    async def query(self, client: Client, statement: Statement) -> Answer:
        """Run one statement. Raises the client's own errors, which ``asking`` translates."""
        try:
            return await self._query(client, statement)
        except DatabaseError as exc:
            if not is_about_settings(exc):
                raise
            refreshed = await _fetch_server_info(client.http)
            if refreshed.fixed == client.fixed:
                raise
        if self._client is client:
            self._client = refreshed
        return await self._query(refreshed, statement)

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.http.close()

    async def _get_client(self) -> Client:
        async with self._connecting:
            if self._client is None:
                self._client = await self._connect()
            return self._client

    async def _connect(self) -> Client:
        seconds = self._limit.total_seconds()
        async with AsyncExitStack() as opened:
            http = Http(self._url, self._username, self._password.get_secret_value(), seconds)
            opened.push_async_callback(http.close)
            client = await _fetch_server_info(http)
            opened.pop_all()
            return client

    async def _query(self, client: Client, statement: Statement) -> Answer:
        return await client.http.query(statement.sql, statement.values, self._settings(client, statement), MOST_ROWS)

    def _settings(self, client: Client, statement: Statement) -> dict[str, str]:
        """The settings of a statement, without those that this user may not change, so that a read-only user can run
        statements."""
        settings = {
            "readonly": int(statement.reach),
            "max_execution_time": math.ceil(self._limit.total_seconds()),
            "max_result_rows": MOST_ROWS,
            "log_comment": statement.comment,
            **NEVER_IN_PART,
            **OUTPUT_FORMAT,
            **NEVER_CACHED,
            **CANCEL_ABANDONED,
            **(WHOLE_FINAL if statement.reach is Reach.HERE else {}),
        }
        return {name: str(value) for name, value in settings.items() if name not in client.fixed}


async def _fetch_server_info(http: Http) -> Client:
    answer = await http.query(_SERVER_INFO, {"sent": list(_SENT)}, NO_SETTINGS, MOST_ROWS)
    version, fixed = answer.of_width(2).rows[0] if answer.rows else (None, None)
    if not isinstance(version, str) or not isinstance(fixed, list):
        raise NotAnAnswer("the answer is not the one about version and settings")
    return Client(http, version[:LONGEST_VERSION], frozenset(map(str, fixed)))
