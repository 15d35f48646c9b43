"""Copies rows from source to analytics on one cluster's ClickHouse, over its HTTP interface."""

import json
from dataclasses import dataclass
from datetime import datetime

import aiohttp

from sandbox.clickhouse.schema import ANALYTICS, COLUMNS, SOURCE, Table

_BETWEEN = (
    "customer = {customer:String} "
    "AND scored_at >= fromUnixTimestamp({begin:Int64}) AND scored_at < fromUnixTimestamp({end:Int64})"
)
_COUNT = " + ".join(f"(SELECT count() FROM {SOURCE}.{table} WHERE {_BETWEEN})" for table in Table)
_COLUMNS = ", ".join(COLUMNS)


class ClickHouseFailed(Exception):
    """ClickHouse refused or failed a statement, or cannot be reached. The text is ClickHouse's or the network's."""


@dataclass(frozen=True)
class Span:
    """From one moment to another, `end` excluded: whole days or parts of a day."""

    begin: datetime
    end: datetime


class Tables:
    """The tables of one cluster. The caller closes `session`; `url` is `http://host:port/`."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def count(self, customer: str, span: Span) -> int:
        """The number of the customer's rows in `span`, summed over all source tables. Raises ClickHouseFailed."""
        body, _ = await self._post(f"SELECT {_COUNT}", customer, span)
        return int(body)

    async def copy(self, customer: str, span: Span) -> int:
        """Copies the customer's rows in `span` to all analytics tables, and returns their number. Raises
        ClickHouseFailed, possibly after some tables have been filled."""
        written = 0
        for table in Table:
            insert = f"INSERT INTO {ANALYTICS}.{table} ({_COLUMNS})"
            select = f"SELECT {_COLUMNS} FROM {SOURCE}.{table} WHERE {_BETWEEN}"
            _, summary = await self._post(f"{insert} {select}", customer, span)
            written += int(summary["written_rows"])
        return written

    async def _post(self, statement: str, customer: str, span: Span) -> tuple[str, dict[str, str]]:
        parameters = {
            "param_customer": customer.replace("\\", "\\\\"),
            "param_begin": str(int(span.begin.timestamp())),
            "param_end": str(int(span.end.timestamp())),
            "log_comment": "CustomerBackfill",
        }
        try:
            async with self._session.post(self._url, params=parameters, data=statement.encode()) as answer:
                body = await answer.text()
                if answer.status != 200:
                    raise ClickHouseFailed(body.strip())
                return body, json.loads(answer.headers["X-ClickHouse-Summary"])
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ClickHouseFailed(f"ClickHouse did not answer: {error!r}") from error
