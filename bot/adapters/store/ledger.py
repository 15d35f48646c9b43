"""SqlLedger: bot.ports.Ledger on the database. Rows are small and few, one a run, and none is ever deleted."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import rows
from bot.adapters.store.database import Database, to_its_end
from bot.adapters.store.tables import executions, readings
from bot.adapters.store.upsert import insert, replace
from bot.model import Execution, ExecutionStatus, Reading, Recalled

# What is said of a run that the engine has not told the end of.
_WITHOUT_END = (ExecutionStatus.RUNNING.value, ExecutionStatus.GONE.value)


class SqlLedger:
    """Every execution seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, cluster: str) -> Recalled:
        """All that is known of a cluster, as of one moment."""
        known = select(executions).where(executions.c.cluster == cluster)
        how_far = select(readings).where(readings.c.cluster == cluster)
        async with self._database.reading() as connection:
            found = tuple(_to_execution(row) for row in await connection.execute(known))
            reading = (await connection.execute(how_far)).one_or_none()
        return Recalled(found, _to_reading(reading) if reading else None)

    async def keep(self, executions: Collection[Execution], reading: Reading | None = None) -> None:
        """All of it or nothing."""
        await to_its_end(self._keep(executions, reading))

    async def _keep(self, seen: Collection[Execution], reading: Reading | None) -> None:
        async with self._database.writing() as connection:
            await _put(connection, [_of_execution(execution) for execution in seen])
            await replace(connection, readings, [_of_reading(reading)] if reading else [])


async def _put(connection: AsyncConnection, values: list[dict[str, Any]]) -> None:
    if not values:
        return
    statement = insert(connection, executions)
    told = statement.excluded
    keys = list(executions.primary_key.columns)
    newer = {column.name: told[column.name] for column in executions.columns if column not in keys}
    # Written out: many rows at once go with no list of values.
    has_end = and_(*(told.status != status for status in _WITHOUT_END))
    had_none = or_(*(executions.c.status == status for status in _WITHOUT_END))
    await connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=newer, where=or_(has_end, had_none)), values
    )


def _of_execution(execution: Execution) -> dict[str, Any]:
    return rows.of_ref(execution.ref) | {
        "workflow_type": execution.workflow_type,
        "task_queue": execution.task_queue,
        "status": execution.status.value,
        "started_at": execution.started_at,
        "closed_at": execution.closed_at,
        "hints": json.dumps(dict(execution.hints)),
    }


def _to_execution(row: Row[Any]) -> Execution:
    return Execution(
        ref=rows.to_ref(row),
        workflow_type=row.workflow_type,
        task_queue=row.task_queue,
        status=ExecutionStatus(row.status),
        started_at=row.started_at,
        closed_at=row.closed_at,
        hints=json.loads(row.hints),
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
