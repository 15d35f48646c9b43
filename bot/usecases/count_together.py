"""Counts many customers of a cluster with few statements: one for each table, and for as many customers as fit.

What is not answered that way is asked of each customer alone, as though nothing had been asked before.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

import structlog

from bot.errors import DependencyError
from bot.model import DayCount, ExpectedDay, TableSpec, Window
from bot.ports import Warehouse
from bot.services import Services
from bot.usecases.observe.cluster_time import cluster_time

# Customers in one question. The warehouse sends several statements where their answer would be too large.
MOST_TOGETHER = 500

_OfDay = TypeVar("_OfDay")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CountedTogether:
    """Answers by (table, customer); what is absent has not been answered. ``began`` is when counting began, on the
    cluster's clock; None if nothing was asked."""

    began: datetime | None = None
    counts: dict[tuple[str, str], Mapping[date, DayCount]] = field(default_factory=dict)
    expected: dict[tuple[str, str], Mapping[date, ExpectedDay]] = field(default_factory=dict)

    def is_whole(self, customer: str, tables: Iterable[TableSpec]) -> bool:
        """Whether nothing is left to ask about this customer."""
        return all(
            (table.name, customer) in self.counts and (not table.expected or (table.name, customer) in self.expected)
            for table in tables
        )


async def count_together(
    cluster: str, customers: Sequence[str], window: Window, until: float, services: Services
) -> CountedTogether:
    """Nothing for a single customer. After ``until`` and after a failure the rest is left out."""
    if len(customers) < 2:
        return CountedTogether()
    warehouse, clock = services.clusters[cluster].warehouse, asyncio.get_running_loop().time
    together = CountedTogether(await cluster_time(cluster, services))
    asking = [table.spec for table in services.config.verify.tables]
    for begin in range(0, len(customers), MOST_TOGETHER):
        if clock() > until:
            break
        part = customers[begin : begin + MOST_TOGETHER]
        are_whole = await asyncio.gather(*(_ask(table, part, window, warehouse, together) for table in asking))
        asking = [table for table, is_whole in zip(asking, are_whole, strict=True) if is_whole]
    return together


async def _ask(
    table: TableSpec, customers: Sequence[str], window: Window, warehouse: Warehouse, together: CountedTogether
) -> bool:
    """Add what is answered about the table, and tell whether that is everything."""
    answers = [_add(table, warehouse.counts_by_customer(table, customers, window), together.counts)]
    if table.expects_many:
        answers.append(_add(table, warehouse.expected_by_customer(table, customers, window), together.expected))
    return all(await asyncio.gather(*answers))


async def _add(
    table: TableSpec,
    question: Awaitable[Mapping[str, Mapping[date, _OfDay]]],
    to: dict[tuple[str, str], Mapping[date, _OfDay]],
) -> bool:
    try:
        answers = await question
    except DependencyError as exc:
        _log.info("not counted together", table=table.name, reason=exc.why)
        return False
    to.update({(table.name, customer): days for customer, days in answers.items()})
    return True
