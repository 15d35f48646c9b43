"""Fills the source tables with rows for the backfills to copy, by one deterministic statement for each table."""

from collections.abc import Mapping

import aiohttp

from sandbox.clickhouse.schema import COLUMNS, SOURCE, Table
from sandbox.errors import NotReady
from sandbox.scenario.model import Campaign, Customer, Rows
from sandbox.scenario.row_counts import rows_of, volume_of

_STATEMENT = f"""
INSERT INTO {SOURCE}.{{table}} ({", ".join(COLUMNS)})
WITH
    {{{{customers:Array(String)}}}} AS names,
    {{{{ends:Array(UInt64)}}}} AS ends,
    arrayFirstIndex(end -> end > number, ends) AS place,
    ends[place] - if(place > 1, ends[place - 1], 0) AS volume,
    number - if(place > 1, ends[place - 1], 0) AS within,
    intDiv(within * {{{{days:UInt32}}}}, volume) AS day
SELECT
    number + 1,
    names[place],
    toDateTime({{{{start:Date}}}} + day, {{{{timezone:String}}}})
        + toIntervalSecond(3600 + cityHash64(number) % 72000),
    cityHash64(number, 1) % 1000 / 10,
    1
FROM numbers({{{{total:UInt64}}}})
"""  # Rows are at least an hour away from midnight, so that a clock change moves no row into another day.


async def make_source_rows(
    session: aiohttp.ClientSession, url: str, customers: Mapping[str, Customer], campaign: Campaign, rows: Rows
) -> None:
    """Makes the source rows of all customers. Raises NotReady with ClickHouse's message."""
    for table in Table:
        counts = {
            name: rows_of(volume_of(customer, table), rows, campaign.days) for name, customer in customers.items()
        }
        filled = {name: count for name, count in counts.items() if count}
        if filled:
            await _insert(session, url, _STATEMENT.format(table=table), _parameters(filled, campaign))


def _parameters(counts: Mapping[str, int], campaign: Campaign) -> dict[str, str]:
    ends = [sum(list(counts.values())[: place + 1]) for place in range(len(counts))]
    return {
        "customers": "[" + ",".join(_quoted(name) for name in counts) + "]",
        "ends": str(ends),
        "total": str(ends[-1]),
        "days": str(campaign.days),
        "start": campaign.start.isoformat(),
        "timezone": campaign.timezone,
    }


def _quoted(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"


async def _insert(session: aiohttp.ClientSession, url: str, statement: str, parameters: Mapping[str, str]) -> None:
    fields = {f"param_{name}": value for name, value in parameters.items()}
    async with session.post(url, params=fields, data=statement.encode()) as answer:
        if answer.status != 200:
            raise NotReady(f"the rows of the scenario could not be made: {(await answer.text()).strip()}")
