"""SqlLedger: bot.ports.Ledger on the database. A row for each run, and none is ever deleted.

All rows that were read are kept in memory: a cluster's past is long, and each question is about all of it.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from itertools import count
from sys import intern
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import rows
from bot.adapters.store.database import Database
from bot.adapters.store.remembered import Remembered
from bot.adapters.store.tables import executions, readings
from bot.adapters.store.upsert import Insert, insert, replace
from bot.errors import DependencyError
from bot.model import Execution, ExecutionStatus, Reading, Recalled, Ref
from bot.redaction import redact_field

# What is said of a run that the engine has not told the end of.
_WITHOUT_END = (ExecutionStatus.RUNNING.value, ExecutionStatus.GONE.value)
# So many rows are made or understood in 20 ms, in which the bot does nothing else.
_PORTION = 500

_log = structlog.get_logger(__name__)


class SqlRunHistory:
    """Every execution seen. Of its hints those under the names in ``data`` tell whose run it is, and are kept as they
    are; all others are words, and kept without secrets."""

    def __init__(self, database: Database, data: Collection[str] = ()) -> None:
        self._database = database
        self._data = frozenset(data)
        self._remembered: defaultdict[str, Remembered] = defaultdict(Remembered)

    async def recall(self, cluster: str) -> Recalled:
        """All that is known of a cluster. What has been read stays read when the asker gives up waiting."""
        remembered = self._remembered[cluster]
        async with remembered.turn:
            written, reading = await self._written_since(cluster, remembered)
            while len(written) == _PORTION:
                written, reading = await self._written_since(cluster, remembered)
            return Recalled(tuple(remembered.executions.values()), reading)

    async def keep(self, executions: Collection[Execution], reading: Reading | None = None) -> None:
        """All of it or nothing, although the asker gives up waiting."""
        await self._database.run_detached(self._keep(executions, reading))

    @asynccontextmanager
    async def read_ahead(self, clusters: Collection[str]) -> AsyncIterator[None]:
        """While the block lasts, read what there is of these clusters: the first question about a long past does not
        wait for it."""
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
            _log.info("ledger not read ahead", reason=str(exc))

    async def _written_since(
        self, cluster: str, remembered: Remembered
    ) -> tuple[list[tuple[int, Execution]], Reading | None]:
        """Take over the next portion of rows. How far reading had come is of the same moment: when the portion is the
        last one, all that it is about has been taken over."""
        async with self._database.reading() as connection:
            if not await _still_holds(connection, remembered):
                _log.warning("ledger read again: the store has lost what was in it", cluster=cluster)
                remembered.forget()
            later = executions.c.cluster == cluster, executions.c.serial > remembered.serial
            result = await connection.execute(
                select(executions).where(*later).order_by(executions.c.serial).limit(_PORTION)
            )
            reading_result = await connection.execute(select(readings).where(readings.c.cluster == cluster))
            written = [(row.serial, _to_execution(row)) for row in result]
            reading = reading_result.one_or_none()
        remembered.take(written)
        return written, _to_reading(reading) if reading else None

    async def _keep(self, seen: Collection[Execution], reading: Reading | None) -> None:
        async with self._database.writing() as connection:
            async for portion in _numbered(connection, list(seen), self._data):
                await connection.execute(_statement(connection), portion)
            await replace(connection, readings, [_of_reading(reading)] if reading else [])


def _log_failure(reading: asyncio.Task[None]) -> None:
    """Of what nobody waits for: whoever asks for the same hears of it, too."""
    if not reading.cancelled() and (exc := reading.exception()):
        _log.error("ledger not read ahead", exc_info=exc)


async def _still_holds(connection: AsyncConnection, remembered: Remembered) -> bool:
    """Whether the database still has what was read last. A server that took over from a broken one may have lost the
    latest writes, and give their serials to others."""
    if remembered.last is None:
        return True
    last = remembered.last
    serial = await connection.scalar(
        select(executions.c.serial).where(
            executions.c.cluster == last.cluster,
            executions.c.workflow_id == last.workflow_id,
            executions.c.run_id == last.run_id,
        )
    )
    return serial is not None and serial >= remembered.serial


async def _numbered(
    connection: AsyncConnection, seen: list[Execution], data: Collection[str]
) -> AsyncIterator[list[dict[str, Any]]]:
    """Their rows in portions, with serials after all that there are: nobody else writes now."""
    serials: dict[str, Iterator[int]] = {}
    for cluster in {execution.ref.cluster for execution in seen}:
        highest = select(func.max(executions.c.serial)).where(executions.c.cluster == cluster)
        serials[cluster] = count((await connection.scalar(highest) or 0) + 1)
    for first in range(0, len(seen), _PORTION):
        portion = seen[first : first + _PORTION]
        yield [
            _of_execution(execution, data) | {"serial": next(serials[execution.ref.cluster])} for execution in portion
        ]


def _statement(connection: AsyncConnection) -> Insert:
    statement = insert(connection, executions)
    keys = list(executions.primary_key.columns)
    columns = {column.name: statement.excluded[column.name] for column in executions.columns if column not in keys}
    where = and_(_may_replace(statement), _differs(statement))
    return statement.on_conflict_do_update(index_elements=keys, set_=columns, where=where)


def _may_replace(statement: Insert) -> ColumnElement[bool]:
    # Written out: many rows at once go with no list of values.
    has_end = and_(*(statement.excluded.status != status for status in _WITHOUT_END))
    had_none = or_(*(executions.c.status == status for status in _WITHOUT_END))
    return or_(has_end, had_none)


def _differs(statement: Insert) -> ColumnElement[bool]:
    """Others read again only what says something new."""
    columns = [
        column for column in executions.columns if not column.primary_key and column is not executions.c.serial
    ]
    return or_(*(column.is_distinct_from(statement.excluded[column.name]) for column in columns))


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
    """What many rows say alike is kept once: all of them stay in memory."""
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
