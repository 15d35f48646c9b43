"""Counts many customers of a cluster with few statements. Each statement counts one table, for as many customers as
fit.

Whatever these statements do not answer is later counted for each customer alone.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

import structlog

from bot.errors import DependencyError
from bot.fleet.verification.verdict import TableVerdict, judge
from bot.model import DayCount, ExpectedDay, TableSpec, Window
from bot.ports import Warehouse
from bot.services import Services
from bot.usecases.observe.cluster_time import cluster_time

# How many customers one call asks about. The warehouse splits it into several statements if the answer would be too
# large.
MOST_TOGETHER = 500

_OfDay = TypeVar("_OfDay")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CountedTogether:
    """The answers by table and customer. A pair without an answer is absent. ``began`` is when counting began, on the
    cluster's clock; None if nothing was asked."""

    began: datetime | None = None
    counts: dict[tuple[str, str], Mapping[date, DayCount]] = field(default_factory=dict)
    expected: dict[tuple[str, str], Mapping[date, ExpectedDay]] = field(default_factory=dict)

    def is_whole(self, customer: str, tables: Iterable[TableSpec]) -> bool:
        """Whether all questions about this customer are answered."""
        return all(
            (table.name, customer) in self.counts and (not table.expected or (table.name, customer) in self.expected)
            for table in tables
        )

    def verdict(self, table: TableSpec, customer: str, window: Window) -> TableVerdict:
        """The verdict on a table of a customer about whom all questions are answered."""
        of = table.name, customer
        return judge(table.name, window, self.counts[of], self.expected[of] if table.expected else None)


async def count_together(
    cluster: str, customers: Sequence[str], window: Window, until: float, services: Services
) -> CountedTogether:
    """The answers about these customers. Asks nothing for a single customer. Begins no further statements after
    ``until``, a time of the event loop. If a statement about a table fails, no later statement asks about that
    table."""
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
    """Add the answers about the table to ``together``. Returns False if a question about it was not answered."""
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
