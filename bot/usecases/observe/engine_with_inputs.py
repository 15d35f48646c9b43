"""EngineWithInputs: an ``Engine`` that adds to runs the hints from their inputs, if their mapping needs inputs.

To runs that are described, or listed as completed, it also adds the facts of their end.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from bot.errors import Unavailable
from bot.fleet.runs.child_facts import awaits_children
from bot.model import CloseEvent, Description, Execution, Portion, Ref, TaskFailure, TaskKind
from bot.ports import Engine
from bot.usecases.observe.close_facts import CloseFactsReader
from bot.usecases.observe.inputs import InputReader

# One call may spend this share of a cluster's time limit on reading inputs, and the same share on reading how runs
# ended, in addition to the call itself.
INPUT_SHARE = 0.2


class EngineWithInputs:
    """Passes all calls on to another ``Engine``. ``limit`` is the cluster's time limit."""

    def __init__(self, engine: Engine, inputs: InputReader, facts: CloseFactsReader, limit: timedelta) -> None:
        self._engine = engine
        self._inputs = inputs
        self._facts = facts
        self._within = limit * INPUT_SHARE

    async def open_executions(
        self, workflow_types: Collection[str], on_page: Callable[[Sequence[Execution]], None] | None = None
    ) -> list[Execution]:
        """See ``bot.ports.Engine``. ``on_page`` is called before any input is read."""
        listed = await self._engine.open_executions(workflow_types, on_page)
        return await self._inputs.with_inputs(listed, self._within)

    async def changed_executions(
        self, workflow_types: Collection[str], since: datetime | None, within: timedelta
    ) -> Portion:
        """See ``bot.ports.Engine``."""
        return await self._portion(await self._engine.changed_executions(workflow_types, since, within))

    async def recent_executions(
        self, workflow_types: Collection[str], begun_since: datetime, ended_since: datetime, within: timedelta
    ) -> Portion:
        """See ``bot.ports.Engine``."""
        recent = await self._engine.recent_executions(workflow_types, begun_since, ended_since, within)
        return await self._portion(recent)

    async def completed_executions(
        self, workflow_types: Collection[str], since: datetime, within: timedelta
    ) -> Portion:
        """See ``bot.ports.Engine``."""
        portion = await self._portion(await self._engine.completed_executions(workflow_types, since, within))
        return replace(portion, executions=tuple(await self._facts.with_facts(portion.executions, within)))

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
        self._facts.note_timeout(description.execution)
        recognisable = await self._inputs.with_inputs([description.execution], self._within)
        [execution] = await self._facts.with_facts(recognisable, self._within)
        if awaits_children(execution) and self._facts.reads_children(execution):
            # Otherwise a run would count as complete, or as failed, for as long as this takes.
            raise Unavailable("Temporal", f"how the children of {ref.workflow_id} ended is not read yet")
        is_unchanged = execution is description.execution
        return description if is_unchanged else replace(description, execution=execution)

    async def children(self, parents: Collection[Ref]) -> list[Execution]:
        """See ``bot.ports.Engine``."""
        return await self._inputs.with_inputs(await self._engine.children(parents), self._within)

    async def arguments(self, ref: Ref) -> tuple[JsonValue, ...]:
        """See ``bot.ports.Engine``."""
        return await self._engine.arguments(ref)

    async def close_event(self, ref: Ref) -> CloseEvent:
        """See ``bot.ports.Engine``."""
        return await self._engine.close_event(ref)

    async def task_failure(self, ref: Ref) -> TaskFailure | None:
        """See ``bot.ports.Engine``."""
        return await self._engine.task_failure(ref)

    async def pollers(self, task_queue: str, kind: TaskKind) -> int:
        """See ``bot.ports.Engine``."""
        return await self._engine.pollers(task_queue, kind)

    async def ahead(self) -> timedelta:
        """See ``bot.ports.Engine``."""
        return await self._engine.ahead()

    async def search_attributes(self) -> Mapping[str, str] | None:
        """See ``bot.ports.Engine``."""
        return await self._engine.search_attributes()

    def link(self, ref: Ref) -> str:
        """See ``bot.ports.Engine``."""
        return self._engine.link(ref)

    def queue_link(self, task_queue: str) -> str:
        """See ``bot.ports.Engine``."""
        return self._engine.queue_link(task_queue)

    async def check(self) -> str:
        """See ``bot.ports.Engine``."""
        return await self._engine.check()

    async def check_codec(self) -> str:
        """See ``bot.ports.Engine``."""
        return await self._engine.check_codec()

    async def _portion(self, portion: Portion) -> Portion:
        executions = await self._inputs.with_inputs(portion.executions, self._within)
        return replace(portion, executions=tuple(executions))
