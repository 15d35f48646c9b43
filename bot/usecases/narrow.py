"""Finds out which rows of a customer differ, by hours and then by buckets of their keys."""

from collections.abc import Sequence

import structlog

from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.verification.narrowing import (
    MOST_DAYS,
    MOST_HOURS,
    Narrowed,
    Narrowing,
    NothingDiffers,
    RowsNotAnswered,
    RowsNotConfigured,
    cells_to_read,
    days_to_narrow,
    differing,
    differing_rows,
    disagreement,
)
from bot.fleet.verification.verdict import CustomerVerdict, Day
from bot.model import TableSpec
from bot.services import Services

_log = structlog.get_logger(__name__)


async def narrow(verdict: CustomerVerdict, services: Services) -> tuple[Narrowing, ...]:
    """An answer for each table that differs on days with rows, if the contents of that table are compared. Tables are
    narrowed one after the other, to burden ClickHouse no more than a count does."""
    specs = {table.name: table.spec for table in services.config.verify.tables}
    narrowings: list[Narrowing] = []
    for table in verdict.counted:
        spec, days = specs[table.table], days_to_narrow(table)
        if spec.checksum and days:
            narrowings.append(await _narrow_table(spec, verdict, days, services))
    return tuple(narrowings)


async def _narrow_table(
    table: TableSpec, verdict: CustomerVerdict, days: Sequence[Day], services: Services
) -> Narrowing:
    if table.expected_rows is None:
        return RowsNotConfigured(table.name)
    try:
        return await _differing_rows(table, verdict, days, services)
    except DependencyError as exc:
        _log.warning("not narrowed", cluster=verdict.cluster, table=table.name, reason=exc.why)
        return RowsNotAnswered(table.name, exc.why)


async def _differing_rows(
    table: TableSpec, verdict: CustomerVerdict, days: Sequence[Day], services: Services
) -> Narrowing:
    """An answer about the first ``MOST_DAYS`` of these days."""
    warehouse, customer = services.clusters[verdict.cluster].warehouse, verdict.customer
    compared = days[:MOST_DAYS]
    by_hour = await warehouse.count_by_hour(table, customer, [day.day for day in compared])
    if problem := disagreement(table.name, compared, by_hour.source):
        return problem
    hours = differing(by_hour)
    if not hours:
        return NothingDiffers(table.name, first_days=len(compared) if compared != days else 0)
    first = hours[:MOST_HOURS]
    by_bucket = await warehouse.count_by_bucket(table, customer, first)
    cells = await compute(cells_to_read, by_bucket)
    rows = await compute(differing_rows, await warehouse.rows_of(table, customer, cells)) if cells else ()
    is_all = compared == days and hours == first and len(cells) == len(differing(by_bucket))
    timezone = services.config.campaign.timezone
    return Narrowed(table.name, tuple(first), len(hours) - len(first), rows, is_all, table.show_keys, timezone)
