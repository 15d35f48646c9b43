"""SqlRunHistory: bot.ports.RunHistory on the database, with a row for each run. No row is ever deleted.

A cluster's past is long, and most questions are about all of it. So rows stay in memory once they are read, and only
rows that were written later are read from the database.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from sys import intern
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import rows
from bot.adapters.store.database import Database
from bot.adapters.store.kept_counts import with_kept_counts
from bot.adapters.store.run_history_cache import CachedRuns, CustomerOf
from bot.adapters.store.tables import executions, readings
from bot.adapters.store.upsert import Insert, insert, proposed, replace
from bot.errors import DependencyError
from bot.model import Execution, ExecutionStatus, HistoryMark, Reading, RecordedChanges, RecordedRuns, Ref
from bot.redaction import redact_field

# The statuses of runs whose end is not known: Temporal has not reported one.
_WITHOUT_END = (ExecutionStatus.RUNNING.value, ExecutionStatus.GONE.value)
# Converting this many rows blocks the event loop for 20 ms.
_PORTION = 500

_log = structlog.get_logger(__name__)


def nobody(_: Execution) -> str:
    """Returns "", as if no run had a customer. This suits a history if nobody calls its ``recall_customer``."""
    return ""


class SqlRunHistory:
    """All runs that the bot has seen. A run's hints are texts by name, from its memo and search attributes. Hints
    whose name is in ``data`` identify the run's customer and days, and are stored unchanged. In all other hints,
    secrets are redacted."""

    def __init__(self, database: Database, data: Collection[str] = (), customer_of: CustomerOf = nobody) -> None:
        self._database = database
        self._data = frozenset(data)
        self._cached: defaultdict[str, CachedRuns] = defaultdict(partial(CachedRuns, customer_of))

    async def recall(self, cluster: str) -> RecordedRuns:
        """See ``bot.ports.RunHistory``. Rows that were read stay in memory even if the caller is cancelled."""
        cached = await self._up_to_date(cluster)
        return RecordedRuns(tuple(cached.executions), cached.reading)

    async def recall_changes(self, cluster: str, since: HistoryMark | None) -> RecordedChanges:
        """See ``bot.ports.RunHistory``."""
        cached = await self._up_to_date(cluster)
        return cached.since(since)

    async def recall_customer(self, cluster: str, customer: str) -> RecordedRuns:
        """See ``bot.ports.RunHistory``."""
        cached = await self._up_to_date(cluster)
        return RecordedRuns(tuple(cached.of(customer)), cached.reading)

    async def keep(self, executions: Collection[Execution], reading: Reading | None = None) -> None:
        """See ``bot.ports.RunHistory``. The runs are recorded even if the caller is cancelled."""
        seen = list(executions)

        async def upsert(connection: AsyncConnection) -> None:
            async for portion in _numbered(connection, seen, self._data):
                await connection.execute(_statement(connection), portion)
            await replace(connection, readings, [_of_reading(reading)] if reading else [])

        await self._database.write(upsert)

    @asynccontextmanager
    async def read_ahead(self, clusters: Collection[str]) -> AsyncIterator[None]:
        """Read the history of these clusters in the background during the block, so that the first question about a
        long past is answered sooner."""
        reading = asyncio.create_task(self._read_ahead(clusters))
        reading.add_done_callback(_log_failure)
        try:
            yield
        finally:
            reading.cancel()
            await asyncio.wait({reading})

    async def _read_ahead(self, clusters: Collection[str]) -> None:
        try:
            for cluster in clusters:
                await self.recall(cluster)
        except DependencyError as exc:
            _log.info("run history not read ahead", reason=str(exc))

    async def _up_to_date(self, cluster: str) -> CachedRuns:
        cached = self._cached[cluster]
        await cached.refresh(partial(self._read_on, cluster, cached))
        return cached

    async def _read_on(self, cluster: str, cached: CachedRuns) -> None:
        while await self._read_portion(cluster, cached) == _PORTION:
            pass

    async def _read_portion(self, cluster: str, cached: CachedRuns) -> int:
        """Read the next rows into memory, and return their number. Also read, in the same transaction, the cluster's
        ``Reading``, which says how far the ended runs have been read from Temporal. So after the last portion, memory
        holds every run that this ``Reading`` covers."""
        async with self._database.reading() as connection:
            if not await _still_holds(connection, cached):
                _log.warning("run history read again: the store has lost rows of it", cluster=cluster)
                cached.clear()
            later = executions.c.cluster == cluster, executions.c.serial > cached.serial
            result = await connection.execute(
                select(executions).where(*later).order_by(executions.c.serial).limit(_PORTION)
            )
            reading_result = await connection.execute(select(readings).where(readings.c.cluster == cluster))
            written = [(row.serial, _to_execution(row)) for row in result]
            reading = reading_result.one_or_none()
        cached.add(written, _to_reading(reading) if reading else None)
        return len(written)


def _log_failure(reading: asyncio.Task[None]) -> None:
    """Log the error of the background task. A later call that reads the same rows raises the same error."""
    if not reading.cancelled() and (exc := reading.exception()):
        _log.error("run history not read ahead", exc_info=exc)


async def _still_holds(connection: AsyncConnection, cached: CachedRuns) -> bool:
    """Whether the database still has the row that was read last. A server may lose its latest writes in a failover,
    and then give their serials to other rows."""
    if cached.last is None:
        return True
    last = cached.last
    serial = await connection.scalar(
        select(executions.c.serial).where(
            executions.c.cluster == last.cluster,
            executions.c.workflow_id == last.workflow_id,
            executions.c.run_id == last.run_id,
        )
    )
    return serial is not None and serial >= cached.serial


async def _numbered(
    connection: AsyncConnection, seen: list[Execution], data: Collection[str]
) -> AsyncIterator[list[dict[str, Any]]]:
    """The rows of these runs, in portions, with serials above all existing ones. The caller holds the
    database's write lock, so no other bot takes the same serials."""
    serials: dict[str, Iterator[int]] = {}
    for cluster in {execution.ref.cluster for execution in seen}:
        highest = select(func.max(executions.c.serial)).where(executions.c.cluster == cluster)
        serials[cluster] = count((await connection.scalar(highest) or 0) + 1)
    for first in range(0, len(seen), _PORTION):
        portion = await with_kept_counts(connection, seen[first : first + _PORTION])
        yield [
            _of_execution(execution, data) | {"serial": next(serials[execution.ref.cluster])} for execution in portion
        ]


def _statement(connection: AsyncConnection) -> Insert:
    statement = insert(connection, executions)
    keys = list(executions.primary_key.columns)
    columns = {column.name: proposed(executions)[column.name] for column in executions.columns if column not in keys}
    where = and_(_may_replace(), _differs())
    return statement.on_conflict_do_update(index_elements=keys, set_=columns, where=where)


def _may_replace() -> ColumnElement[bool]:
    # One comparison for each status, because executemany allows no IN with a list of values.
    has_end = and_(*(proposed(executions).status != status for status in _WITHOUT_END))
    had_none = or_(*(executions.c.status == status for status in _WITHOUT_END))
    return or_(has_end, had_none)


def _differs() -> ColumnElement[bool]:
    """Whether the new values change the row. An unchanged row keeps its serial, so that other bots do not read it
    again."""
    columns = [
        column for column in executions.columns if not column.primary_key and column is not executions.c.serial
    ]
    return or_(*(column.is_distinct_from(proposed(executions)[column.name]) for column in columns))


def _of_execution(execution: Execution, data: Collection[str]) -> dict[str, Any]:
    return rows.of_ref(execution.ref) | {
        "workflow_type": execution.workflow_type,
        "task_queue": execution.task_queue,
        "status": execution.status.value,
        "started_at": execution.started_at,
        "closed_at": execution.closed_at,
        "hints": json.dumps(
            {name: text if name in data else redact_field(name, text) for name, text in execution.hints.items()}
        ),
    }


def _to_execution(row: Row[Any]) -> Execution:
    """The run of a row. Strings that repeat are interned, because all rows stay in memory."""
    return Execution(
        ref=Ref(intern(row.cluster), row.workflow_id, row.run_id),
        workflow_type=intern(row.workflow_type),
        task_queue=intern(row.task_queue),
        status=ExecutionStatus(row.status),
        started_at=row.started_at,
        closed_at=row.closed_at,
        hints={intern(name): intern(text) for name, text in json.loads(row.hints).items()},
    )


def _of_reading(reading: Reading) -> dict[str, Any]:
    return {
        "cluster": reading.cluster,
        "types": json.dumps(reading.types),
        "begun_at": reading.begun_at,
        "latest": reading.latest,
        "told_at": reading.told_at,
        "sure_until": reading.sure_until,
        "rest_until": reading.rest_until,
        "is_whole": reading.is_whole,
    }


def _to_reading(row: Row[Any]) -> Reading:
    return Reading(
        cluster=row.cluster,
        types=tuple(json.loads(row.types)),
        begun_at=row.begun_at,
        latest=row.latest,
        told_at=row.told_at,
        sure_until=row.sure_until,
        rest_until=row.rest_until,
        is_whole=row.is_whole,
    )
