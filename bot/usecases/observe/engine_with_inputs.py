"""EngineWithInputs: an ``Engine`` that adds to each run the hints from its inputs, if its mapping needs them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from bot.model import Description, Execution, Portion, Ref
from bot.ports import Engine
from bot.usecases.observe.inputs import InputReader

# The share of a cluster's time limit that one question may spend on reading inputs, in addition to its own call.
INPUT_SHARE = 0.2


class EngineWithInputs:
    """Passes all questions on to another ``Engine``. ``limit`` is the cluster's time limit."""

    def __init__(self, engine: Engine, inputs: InputReader, limit: timedelta) -> None:
        self._engine = engine
        self._inputs = inputs
        self._within = limit * INPUT_SHARE

    async def open_executions(self, workflow_types: Collection[str]) -> list[Execution]:
        """See ``bot.ports.Engine``."""
        return await self._inputs.with_inputs(await self._engine.open_executions(workflow_types), self._within)

    async def changed_executions(
        self, workflow_types: Collection[str], since: datetime | None, within: timedelta
    ) -> Portion:
        """See ``bot.ports.Engine``."""
        return await self._portion(await self._engine.changed_executions(workflow_types, since, within))

    async def completed_executions(
        self, workflow_types: Collection[str], since: datetime, within: timedelta
    ) -> Portion:
        """See ``bot.ports.Engine``."""
        return await self._portion(await self._engine.completed_executions(workflow_types, since, within))

    async def ended_executions(self, workflow_types: Collection[str], until: datetime, within: timedelta) -> Portion:
        """See ``bot.ports.Engine``."""
        return await self._portion(await self._engine.ended_executions(workflow_types, until, within))

    async def latest_executions(self, workflow_types: Collection[str], at_most: int) -> list[Execution]:
        """See ``bot.ports.Engine``."""
        listed = await self._engine.latest_executions(workflow_types, at_most)
        return await self._inputs.with_inputs(listed, self._within)

    async def describe(self, ref: Ref) -> Description:
        """See ``bot.ports.Engine``."""
        description = await self._engine.describe(ref)
        [execution] = await self._inputs.with_inputs([description.execution], self._within)
        return replace(description, execution=execution)

    async def arguments(self, ref: Ref) -> tuple[JsonValue, ...]:
        """See ``bot.ports.Engine``."""
        return await self._engine.arguments(ref)

    async def pollers(self, task_queue: str) -> int:
        """See ``bot.ports.Engine``."""
        return await self._engine.pollers(task_queue)

    async def ahead(self) -> timedelta:
        """See ``bot.ports.Engine``."""
        return await self._engine.ahead()

    async def workflow_pollers(self, task_queue: str) -> int:
        """See ``bot.ports.Engine``."""
        return await self._engine.workflow_pollers(task_queue)

    async def search_attributes(self) -> Mapping[str, str] | None:
        """See ``bot.ports.Engine``."""
        return await self._engine.search_attributes()

    def link(self, ref: Ref) -> str:
        """See ``bot.ports.Engine``."""
        return self._engine.link(ref)

    async def check(self) -> str:
        """See ``bot.ports.Engine``."""
        return await self._engine.check()

    async def _portion(self, portion: Portion) -> Portion:
        executions = await self._inputs.with_inputs(portion.executions, self._within)
        return replace(portion, executions=tuple(executions))
