"""Counts the rows in ClickHouse, and compares them with the rows of the source.

A cluster or a customer that fails does not affect the others. A cluster that no longer answers is not asked again,
and ``LIMITS_FOR_ALL`` limits the waiting time, however many customers there are.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import structlog

from bot.commands import Breakdown, Verify
from bot.computing import compute
from bot.errors import DependencyError
from bot.fleet.name_lookup import Target
from bot.fleet.runs.open_work import elsewhere_notes
from bot.fleet.verification.narrowing import Narrowing
from bot.fleet.verification.verdict import (
    ClusterVerdict,
    CustomerVerdict,
    Outcome,
    TableVerdict,
    Unanswered,
    VerifyResult,
    groups,
    judge,
)
from bot.model import DayCount, ExpectedDay, TableSpec, Window
from bot.ports import Warehouse
from bot.services import Services
from bot.usecases.count_together import CountedTogether, count_together
from bot.usecases.narrow import narrow
from bot.usecases.observe.cluster_time import cluster_time
from bot.usecases.observe.days_being_filled import FilledDays, days_to_come, open_runs
from bot.usecases.observe.history import History, history_of
from bot.usecases.observe.open_work import open_work_elsewhere
from bot.usecases.record_counts import record_counts
from bot.usecases.resolve import resolve_target

ALL = "all"
CUSTOMERS_AT_ONCE = 4
# A multiple of the time limit of one statement. When it has passed, no further customer is counted. The statements of
# one customer run at the same time.
LIMITS_FOR_ALL = 4

# Outcomes that are less serious while a run fills the days.
_WRONG = (Outcome.DIFFERS, Outcome.CONTENTS_DIFFER)

NOT_TOGETHER = CountedTogether()

_Answer = TypeVar("_Answer")

_log = structlog.get_logger(__name__)


async def verify(command: Verify, services: Services) -> VerifyResult:
    """Raises Declined for a name that is unknown or ambiguous. The result says which systems did not answer."""
    window = command.range or services.config.campaign.window
    if command.target.casefold() == ALL:
        target = None
        by_cluster = {name: cluster.customers for name, cluster in services.config.clusters.items()}
    else:
        target = await resolve_target(command.target, services)
        by_cluster = {target.cluster: _customers(target, services)}
    verdicts, others = await asyncio.gather(
        asyncio.gather(*(_verdict(name, customers, window, services) for name, customers in by_cluster.items())),
        open_work_elsewhere(target or Target(ALL), services),
    )
    if command.by is Breakdown.WINDOW:
        verdicts = await asyncio.gather(*(_by_window(verdict, window, services) for verdict in verdicts))
    notes = elsewhere_notes(target.customer, others) if target else ()
    narrowings = await _narrowed(target, verdicts, services)
    is_typed, at = command.range is not None, services.now()
    return VerifyResult(target, window, command.by, tuple(verdicts), at, notes, is_typed, narrowings)


async def _narrowed(
    target: Target | None, verdicts: Sequence[ClusterVerdict], services: Services
) -> tuple[Narrowing, ...]:
    """The rows that differ, by table, if a single customer was counted; otherwise none."""
    customers = verdicts[0].customers if target and target.customer else ()
    return await narrow(customers[0], services) if customers else ()


def _customers(target: Target, services: Services) -> tuple[str, ...]:
    return (target.customer,) if target.customer else services.config.clusters[target.cluster].customers


@dataclass(slots=True)
class _Silence:
    """Counts consecutive customers that got no answer. ``why`` is set when there are CUSTOMERS_AT_ONCE of them."""

    in_a_row: int = 0
    why: str = ""

    def note(self, verdict: CustomerVerdict) -> None:
        if verdict.counted:
            self.in_a_row = 0
            return
        self.in_a_row += 1
        if self.in_a_row >= CUSTOMERS_AT_ONCE:
            self.why = verdict.unanswered[0].why


async def _count_cluster(
    cluster: str, customers: Sequence[str], window: Window, services: Services
) -> ClusterVerdict:
    """Counts as many customers as possible together, and the others one by one, a few at a time. ``unasked`` are the
    customers that were not counted, because the cluster no longer answered or the time was over."""
    turns = asyncio.Semaphore(CUSTOMERS_AT_ONCE)
    silence = _Silence()
    clock = asyncio.get_running_loop().time
    until = clock() + LIMITS_FOR_ALL * services.config.verify.time_limit.total_seconds()
    together = await count_together(cluster, customers, window, until, services)
    specs = [table.spec for table in services.config.verify.tables]

    async def count(customer: str) -> CustomerVerdict | None:
        async with turns:
            if (silence.why or clock() > until) and not together.is_whole(customer, specs):
                return None
            verdict = await count_customer(cluster, customer, window, services, together)
            silence.note(verdict)
            return verdict

    verdicts = await asyncio.gather(*(count(customer) for customer in customers))
    unasked = tuple(name for name, verdict in zip(customers, verdicts, strict=True) if verdict is None)
    return ClusterVerdict(cluster, tuple(filter(None, verdicts)), unasked, silence.why)


async def count_customer(
    cluster: str,
    customer: str,
    window: Window,
    services: Services,
    together: CountedTogether = NOT_TOGETHER,
) -> CustomerVerdict:
    """Counts all configured tables of one customer, and records what that proves. The verdict says which table could
    not be counted. Counts that were made together with other customers are used as they are."""
    warehouse = services.clusters[cluster].warehouse
    began = together.began or await cluster_time(cluster, services)
    specs = [table.spec for table in services.config.verify.tables]
    tables: Sequence[TableVerdict | Unanswered]
    if together.is_whole(customer, specs):
        tables = [together.verdict(spec, customer, window) for spec in specs]
    else:
        tables = await asyncio.gather(*(_table(spec, customer, window, warehouse, together) for spec in specs))
    for table in tables:
        if isinstance(table, Unanswered):
            _log.warning("not counted", cluster=cluster, customer=customer, table=table.table, reason=table.why)
    verdict = CustomerVerdict(cluster, customer, tuple(tables))
    return replace(verdict, is_recorded=await record_counts(verdict, window, began, services))


async def _table(
    spec: TableSpec, customer: str, window: Window, warehouse: Warehouse, together: CountedTogether
) -> TableVerdict | Unanswered:
    counts, expected = await asyncio.gather(
        _counts(spec, customer, window, warehouse, together), _expected(spec, customer, window, warehouse, together)
    )
    if isinstance(counts, DependencyError):
        return Unanswered(spec.name, counts.why)
    if isinstance(expected, DependencyError):
        return replace(judge(spec.name, window, counts, None), source_silent=expected.why)
    return judge(spec.name, window, counts, expected)


async def _counts(
    spec: TableSpec, customer: str, window: Window, warehouse: Warehouse, together: CountedTogether
) -> Mapping[date, DayCount] | DependencyError:
    known = together.counts.get((spec.name, customer))
    return await _answer(warehouse.counts(spec, customer, window)) if known is None else known


async def _expected(
    spec: TableSpec, customer: str, window: Window, warehouse: Warehouse, together: CountedTogether
) -> Mapping[date, ExpectedDay] | DependencyError | None:
    """The rows of the source for each day; None if nothing to compare with is configured for the table, and the error
    if the source does not answer."""
    if spec.expected is None:
        return None
    known = together.expected.get((spec.name, customer))
    return await _answer(warehouse.expected(spec, customer, window)) if known is None else known


async def _answer(question: Awaitable[_Answer]) -> _Answer | DependencyError:
    """The answer, or the DependencyError. The error is returned and not raised, so that other tables and customers
    are still counted."""
    try:
        return await question
    except DependencyError as exc:
        return exc


async def _verdict(cluster: str, customers: Sequence[str], window: Window, services: Services) -> ClusterVerdict:
    """Counts, and marks each customer whose count differs and whose days were being filled before or after the count.
    Both times matter, because one run may end and another one begin while rows are counted."""
    verdict, before = await asyncio.gather(
        _count_cluster(cluster, customers, window, services), _filled(cluster, customers, window, services)
    )
    differing = [customer.customer for customer in verdict.customers if customer.outcome in _WRONG]
    if not differing:
        return verdict
    after = await _filled(cluster, differing, window, services)
    runs, to_come = before[0].joined(after[0]), before[1].joined(after[1])
    judged = (
        replace(
            customer.while_filled(runs.of(customer.customer), to_come.of(customer.customer), window),
            ending=runs.ending.get(customer.customer, ()),
        )
        if customer.outcome in _WRONG
        else customer
        for customer in verdict.customers
    )
    return replace(verdict, customers=tuple(judged), runs_silent=runs.silent or to_come.silent)


async def _filled(
    cluster: str, customers: Sequence[str], window: Window, services: Services
) -> tuple[FilledDays, FilledDays]:
    """The days that open runs fill now, and the days that open sequences will fill later."""
    return await asyncio.gather(open_runs(cluster, customers, window, services), days_to_come(cluster, services))


async def _by_window(verdict: ClusterVerdict, window: Window, services: Services) -> ClusterVerdict:
    """The verdict with each customer's days grouped by the windows of its runs."""
    if not verdict.customers:
        return verdict
    history = await _answer(history_of(verdict.cluster, services))
    if isinstance(history, DependencyError):
        return replace(verdict, runs_silent=history.why)
    async with history.past.turn:
        runs = await compute(_windows, history, services)
    customers = (replace(c, groups=groups(window, runs.get(c.customer, ()))) for c in verdict.customers)
    return replace(verdict, customers=tuple(customers))


def _windows(history: History, services: Services) -> dict[str, list[Window]]:
    """The windows of each customer's runs."""
    recorded = {run.ref: run for run in history.past.executions}
    news = {run.ref: run for run in history.news}
    windows: dict[str, list[Window]] = {}
    for run in {**recorded, **news}.values():
        identity = services.recogniser.identify(run)
        if identity and services.covers(run, identity):
            windows.setdefault(identity.customer, []).append(identity.window)
    return windows
