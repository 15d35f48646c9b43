"""Decides how many rows are made for the volumes of a scenario. No I/O."""

import math
from collections.abc import Iterator

from sandbox.clickhouse.schema import Table
from sandbox.scenario.model import Customer, Rows, Scenario

MOST_ROWS = 20_000_000  # this many rows take some ten seconds and a few hundred megabytes


def rows_of(volume: int, rows: Rows, days: int) -> int:
    """The number of rows for a volume: the volume scaled down, and at least ``rows.min_per_day`` a day. Zero if there
    is no volume."""
    return max(math.ceil(volume * rows.scale), rows.min_per_day * days) if volume else 0


def volume_of(customer: Customer, table: Table) -> int:
    return {Table.SCORECARDS: customer.scorecards, Table.SCORES: customer.scores}[table]


def mistakes(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yields pairs of a key and what is wrong with it."""
    made = sum(
        rows_of(volume_of(customer, table), scenario.rows, scenario.campaign.days)
        for cluster in scenario.clusters.values()
        for customer in cluster.customers.values()
        for table in Table
    )
    if made > MOST_ROWS:
        yield "rows", f"these would be {made} rows, more than {MOST_ROWS}: take a smaller scale"
