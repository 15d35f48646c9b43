"""The tables of one cluster: what the backfill reads (source) and what it fills (analytics)."""

from enum import StrEnum


class Table(StrEnum):
    SCORECARDS = "scorecards"
    SCORES = "scores"


SOURCE = "source"
ANALYTICS = "analytics"
COLUMNS = ("id", "customer", "scored_at", "value", "version")

_COLUMN_TYPES = "id UInt64, customer String, scored_at DateTime('UTC'), value Float64, version UInt64"
_SOURCE_ENGINE = "ReplacingMergeTree(version) ORDER BY (customer, scored_at, id)"
# ClickHouse would merge small parts within seconds, and remove duplicates with that. It never merges very large parts
# of real tables. So a merge waits for 200 parts here: duplicates stay visible, and the number of parts stays bounded.
_ANALYTICS_ENGINE = (
    "ReplacingMergeTree(version) ORDER BY (customer, id) "
    "SETTINGS min_parts_to_merge_at_once = 200, max_parts_to_merge_at_once = 1000"
)


def create_statements() -> list[str]:
    """Returns the statements that create the databases and tables. They do no harm on a cluster that has the tables
    already."""
    statements = []
    for database, engine in ((SOURCE, _SOURCE_ENGINE), (ANALYTICS, _ANALYTICS_ENGINE)):
        statements.append(f"CREATE DATABASE IF NOT EXISTS {database}")
        statements += [
            f"CREATE TABLE IF NOT EXISTS {database}.{table} ({_COLUMN_TYPES}) ENGINE = {engine}" for table in Table
        ]
    return statements
