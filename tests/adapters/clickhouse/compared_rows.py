"""A table with two days of rows and its source, which differ as a test says, and their comparison key by key."""

from collections.abc import Sequence
from datetime import date

from bot.adapters.clickhouse import ClickHouseWarehouse
from bot.config.verify import TableConfig
from bot.fleet.verification.narrowing import cells_to_read, differing, differing_rows
from bot.model import TableSpec
from bot.model.row_differences import DifferingRow
from tests.adapters.clickhouse.server import ClickHouseServer

JAN_1, JAN_2 = date(2026, 1, 1), date(2026, 1, 2)
HASH = "cityHash64(note)"
# A row a minute for two days.
ROWS = (
    "SELECT number AS id, 'hilton' AS customer, toDateTime('2026-01-01', 'UTC') + number * 60 AS at,"
    " toString(number) AS note FROM numbers(2880)"
)


def expected_rows(rows: str = ROWS, key: str = "id", moment: str = "at") -> str:
    return f"SELECT {key} AS key, {moment} AS moment, {HASH} AS checksum FROM ({rows})"


def config_of(statement: str, *, key: Sequence[str] = ("id",), table: str = "analytics.compared") -> TableConfig:
    return TableConfig(
        name="compared",
        table=table,
        customer_column="customer",
        time_column="at",
        key=tuple(key),
        expected=f"SELECT toDate(at) AS day, count() AS rows, sum({HASH}) AS checksum FROM ({ROWS}) GROUP BY day",
        checksum=HASH,
        expected_rows=statement,
    )


def spec(rows: str = ROWS, *, key: Sequence[str] = ("id",), source_key: str = "id", moment: str = "at") -> TableSpec:
    return config_of(expected_rows(rows, source_key, moment), key=key).spec


def columns(**types: str) -> str:
    """The columns of the table, of these types where they are others than usual."""
    usual = {"id": "Int64", "customer": "String", "at": "DateTime('UTC')", "note": "String"}
    return ", ".join(f"{name} {kind}" for name, kind in (usual | types).items())


def store(server: ClickHouseServer, engine: str, rows: str, of: str = "") -> None:
    server.run(f"CREATE OR REPLACE TABLE analytics.compared ({of or columns()}) ENGINE = {engine}")
    server.run("SYSTEM STOP MERGES analytics.compared")
    server.run(f"INSERT INTO analytics.compared {rows}")


async def found(
    warehouse: ClickHouseWarehouse, table: TableSpec, days: Sequence[date] = (JAN_1, JAN_2)
) -> tuple[DifferingRow, ...]:
    hours = differing(await warehouse.count_by_hour(table, "hilton", days))
    if not hours:
        return ()
    buckets = await warehouse.count_by_bucket(table, "hilton", hours)
    return differing_rows(await warehouse.rows_of(table, "hilton", cells_to_read(buckets)))
