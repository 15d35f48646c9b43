"""One ClickHouse over HTTP: statements that cannot write, end in time, say who asks, and never answer in part.

clickhouse-connect asks the server about itself when a client is made, so one is made on first use and kept once
that worked; its connections come and go with the server.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any
from urllib.parse import urlsplit

from clickhouse_connect.driver import create_async_client
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.query import QueryResult
from pydantic import SecretStr

from bot.adapters.clickhouse.errors import translated
from bot.config import ClickHouseAddress

MOST_ROWS = 100_000

# A profile may say "break", which turns a limit into an answer that looks whole and is not.
NEVER_IN_PART = {
    "result_overflow_mode": "throw",
    "read_overflow_mode": "throw",
    "timeout_overflow_mode": "throw",
    "group_by_overflow_mode": "throw",
    "skip_unavailable_shards": 0,
}


class Reach(IntEnum):
    """What a statement may read, as ClickHouse's ``readonly`` setting; writing is in neither."""

    HERE = 1
    # postgresql(), s3() and the like make temporary tables, which 1 takes for writing.
    ANYWHERE = 2


@dataclass(frozen=True, slots=True)
class Statement:
    """What to ask: values are bound by name, ``comment`` is what ClickHouse's own query log will tell of it."""

    sql: str
    values: Mapping[str, Any]
    reach: Reach
    comment: str


class Connection:
    """Where one cluster's ClickHouse answers, and as whom the bot asks."""

    def __init__(self, system: str, address: ClickHouseAddress, password: SecretStr, limit: timedelta) -> None:
        self.system = system
        self._url = urlsplit(address.url)
        self._username = address.username
        self._password = password
        self._limit = limit
        self._client: AsyncClient | None = None
        self._connecting = asyncio.Lock()

    @property
    def host(self) -> str:
        """Host and port, as configured."""
        return self._url.netloc.rpartition("@")[2]

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[AsyncClient]:
        """The client, for statements that together end in time and raise what the bot knows."""
        with translated(self.system, self.host, self._limit, self._password):
            async with asyncio.timeout(self._limit.total_seconds()):
                yield await self._connected()

    async def query(self, client: AsyncClient, statement: Statement) -> QueryResult:
        """One statement; raises what the client raises, for ``asking`` to translate."""
        # Values a statement does not name would make the client format it with "%".
        values = {name: value for name, value in statement.values.items() if f"{{{name}:" in statement.sql}
        return await client.query(
            statement.sql, parameters=values or None, settings=self._settings(client, statement)
        )

    async def close(self) -> None:
        """Give the connections back."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _connected(self) -> AsyncClient:
        async with self._connecting:
            if self._client is None:
                self._client = await self._connect()
            return self._client

    async def _connect(self) -> AsyncClient:
        seconds = self._limit.total_seconds()
        return await create_async_client(
            interface=self._url.scheme,
            host=self._url.hostname,
            port=self._url.port,
            proxy_path=self._url.path.rstrip("/"),
            username=self._username,
            password=self._password.get_secret_value(),
            connect_timeout=seconds,
            send_receive_timeout=seconds,
            client_name="backfill-bot",
            show_clickhouse_errors="scrub",
        )

    def _settings(self, client: AsyncClient, statement: Statement) -> dict[str, Any]:
        """Without those that this user may not change: a user who is read-only anyway is let in."""
        wanted = {
            "readonly": int(statement.reach),
            "max_execution_time": math.ceil(self._limit.total_seconds()),
            "max_result_rows": MOST_ROWS,
            "log_comment": statement.comment,
            **NEVER_IN_PART,
        }
        fixed = {name for name, known in client.server_settings.items() if known.readonly}
        return {name: value for name, value in wanted.items() if name not in fixed}
