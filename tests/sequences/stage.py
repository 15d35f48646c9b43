"""A stage for a sequence: a world of fakes, the team's workers played on it, and the bot's worker on the server."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle

from bot.fleet import course
from bot.fleet.sayings import parse
from bot.model import (
    WORKFLOW_TYPE,
    Instruction,
    OnStuck,
    Order,
    Ref,
    SequenceProgress,
    SequenceSpec,
    Sizes,
    Window,
)
from bot.sequences.worker import make_worker
from bot.sequences.workflow import SequentialBackfill
from tests.adapters.temporal.server import eventually
from tests.sequences.team import CLUSTER, CUSTOMER, LiveWorld, Team

START = date(2026, 1, 1)


@dataclass
class Stage:
    """A world, the team in it, and the bot's worker on the server."""

    client: Client
    world: LiveWorld
    team: Team
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        async with make_worker(self.client, CLUSTER, self.world.services):
            yield

    def spec(self, days: int, size: int, **told: Any) -> SequenceSpec:
        sizes = Sizes(size, least=1, most=told.pop("most", size), target=timedelta(hours=told.pop("target", size)))
        given: dict[str, Any] = {
            "asked": "split",
            "clear": (),
            "adopt": (),
            "days": (Window.of_days(START, days),),
            "parallel": 1,
            "split_after": 2,
            "on_stuck": OnStuck.STOP,
            "cancel_patience": timedelta(minutes=15),
            "started_by": "U0OLIVIA",
            "started_at": self.world.now,
            "reason": "it times out",
            "plan_digest": "d1",
            "thread_key": f"sequence:{self.id}",
        }
        return SequenceSpec(id=self.id, cluster=CLUSTER, customer=CUSTOMER, sizes=sizes, **(given | told))

    async def begin(self, spec: SequenceSpec) -> None:
        await self.client.start_workflow(
            WORKFLOW_TYPE,
            course.begin(spec),
            id=f"sequence-{self.id}",
            task_queue=self.world.config.control.task_queue,
            memo={"customer": CUSTOMER, "id": self.id},
        )

    def lines(self) -> list[Any]:
        """What the thread says, in the order said."""
        spoken = self.world.outbox.speeches
        own = {key: said.speech.body for key, said in spoken.items() if key.startswith(f"sequence:{self.id}:")}
        numbered = sorted((int(key.rpartition(":")[2]), body) for key, body in own.items())
        assert [number for number, _ in numbered] == list(range(1, len(numbered) + 1))
        return [parse(body) for _, body in numbered]

    def kinds(self) -> list[str]:
        return [line.kind.removeprefix("sequence ") for line in self.lines()]

    async def progress(self) -> SequenceProgress:
        """As the workflow answers."""
        return await self.handle.query(SequentialBackfill.progress)

    async def tell(self, order: Order, **told: Any) -> SequenceProgress:
        """As an operator would; raises WorkflowUpdateFailedError when it is not taken."""
        instruction = Instruction(order, "U0OSCAR", "because", **told)
        return await self.handle.execute_update(order.value, instruction, result_type=SequenceProgress)

    async def until(self, wanted: Callable[[SequenceProgress], object]) -> SequenceProgress:
        """How it stands once it is so."""
        return await eventually(self.progress, wanted)

    async def said(self, kind: str) -> None:
        """Once the thread has a line of this kind."""

        async def kinds() -> list[str]:
            return self.kinds()

        await eventually(kinds, lambda told: kind in told)

    async def cancelled(self, ref: Ref) -> None:
        """Once the bot has asked this run to end."""
        engine = self.world.engines[CLUSTER]

        async def requested() -> bool:
            return engine.descriptions[ref].cancel_requested

        await eventually(requested, bool)

    async def end(self) -> SequenceProgress:
        """How it stood in the end."""
        return await asyncio.wait_for(self.handle.result(), 60)

    @property
    def handle(self) -> WorkflowHandle[Any, SequenceProgress]:
        """Of whichever run is the latest."""
        return self.client.get_workflow_handle(f"sequence-{self.id}", result_type=SequenceProgress)


def day(number: int, days: int = 1) -> Window:
    """The window that begins on this day of January, 1 is the first."""
    return Window.of_days(START + timedelta(days=number - 1), days)
