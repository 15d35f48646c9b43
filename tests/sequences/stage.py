"""A stage for a sequence: a world of fakes, the team's workers played on it, and the bot's worker on the server."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from bot.adapters.temporal import TemporalCluster, TemporalQueue
from bot.config import TemporalAddress
from bot.fleet.notifications.notification import parse
from bot.fleet.sequence import state as sequence_state
from bot.model import (
    WORKFLOW_TYPE,
    ExecutionStatus,
    Instruction,
    OnStuck,
    OpenRun,
    Order,
    Ref,
    SequenceProgress,
    SequenceSpec,
    SequenceState,
    Sizes,
    StartOrder,
    Window,
)
from bot.sequences.worker import connected_workers
from bot.sequences.workflow import SequentialBackfill
from tests.adapters.temporal.server import TemporalServer, eventually
from tests.fakes.control import FakeControl
from tests.fleet.builders import window_of_id
from tests.sequences.team import CLUSTER, CUSTOMER, LiveWorld, Team

START = date(2026, 1, 1)


class Prompt(FakeControl):
    """What it starts has completed at once, the first ``left`` of them."""

    left = 10_000

    async def start(self, order: StartOrder) -> Ref:
        ref = await super().start(order)
        known = self.engine.descriptions[ref]
        if known.execution.status.is_open and self.left:
            self.left -= 1
            done = known.execution.started_at + timedelta(hours=1)
            over = replace(known.execution, status=ExecutionStatus.COMPLETED, closed_at=done)
            self.engine.put(replace(known, execution=over))
        return ref


def prompt(stage: "Stage", windows: int = 10_000) -> None:
    """From now on so many windows take no time here."""
    world = stage.world
    control = world.controls[CLUSTER] = Prompt(CLUSTER, world.engines[CLUSTER], lambda: world.now)
    control.left = windows


@dataclass
class Stage:
    """A world, the team in it, and the bot's worker on the server."""

    client: Client
    world: LiveWorld
    team: Team
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def __post_init__(self) -> None:
        """The queue is on the server, where the sequences are."""
        self.world.queues[CLUSTER] = queue_at(self.client, self.world.config.control_queue(CLUSTER))

    @property
    def workflow_id(self) -> str:
        """Of the sequence."""
        return f"sequence-{self.id}"

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        async with connected_workers(self.client, CLUSTER, self.world.services):
            yield

    def spec(self, days: int, size: int, **changes: Any) -> SequenceSpec:
        sizes = Sizes(
            size, least=1, most=changes.pop("most", size), target=timedelta(hours=changes.pop("target", size))
        )
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
        return SequenceSpec(id=self.id, cluster=CLUSTER, customer=CUSTOMER, sizes=sizes, **(given | changes))

    def held(self, ref: Ref) -> OpenRun:
        """A run by the days of its id."""
        return OpenRun(ref, window_of_id(ref.workflow_id))

    async def begin(self, spec: SequenceSpec) -> None:
        await self.begin_with(sequence_state.begin(spec))

    async def begin_paused(self) -> None:
        """Ten days in windows of five: the first is complete, the second waits for somebody to resume."""
        self.team.holding = True
        await self.begin(self.spec(10, size=5))
        await self.until(lambda progress: progress.running)
        await self.instruct(Order.PAUSE)
        self.team.holding = False
        await self.until(lambda progress: not progress.running)

    async def begin_with(self, state: SequenceState) -> None:
        control, customer = self.world.controls[CLUSTER], state.spec.customer
        control.states[customer], control.statuses[customer] = state, ExecutionStatus.RUNNING
        await self.client.start_workflow(
            WORKFLOW_TYPE,
            state,
            id=self.workflow_id,
            task_queue=self.world.config.control.task_queue,
            memo={"customer": CUSTOMER, "id": self.id},
        )

    def lines(self) -> list[Any]:
        """What the thread says, in the order said."""
        return self.lines_from(1)

    def lines_from(self, first: int) -> list[Any]:
        """The same of a sequence that has told the lines before elsewhere."""
        spoken = self.world.outbox.messages
        own = {key: posted.message.body for key, posted in spoken.items() if key.startswith(f"sequence:{self.id}:")}
        numbered = sorted((int(key.rpartition(":")[2]), body) for key, body in own.items())
        assert [number for number, _ in numbered] == list(range(first, first + len(numbered)))
        return [parse(body) for _, body in numbered]

    def kinds(self) -> list[str]:
        return [line.kind.removeprefix("sequence ") for line in self.lines()]

    async def progress(self) -> SequenceProgress:
        """As the workflow answers."""
        return await self.handle.query(SequentialBackfill.progress)

    async def run_id(self) -> str:
        """Of the latest run."""
        return (await self.handle.describe()).run_id or ""

    async def instruct(self, order: Order, **changes: Any) -> SequenceProgress:
        """As an operator would; raises WorkflowUpdateFailedError when it is not taken."""
        instruction = Instruction(order, "U0OSCAR", "because", **changes)
        answer: SequenceProgress = await self.handle.execute_update(
            order.value, instruction, result_type=SequenceProgress
        )
        return answer

    def closed_at(self, ref: Ref) -> datetime:
        """When this run was over."""
        at = self.world.engines[CLUSTER].descriptions[ref].execution.closed_at
        assert at
        return at

    async def until(self, wanted: Callable[[SequenceProgress], object]) -> SequenceProgress:
        """How it stands once it is so."""
        return await eventually(self.progress, wanted)

    async def wait_for_line(self, kind: str) -> None:
        """Once the thread has a line of this kind."""

        async def kinds() -> list[str]:
            return self.kinds()

        await eventually(kinds, lambda shown: kind in shown)

    async def cancelled(self, ref: Ref) -> None:
        """Once the bot has asked this run to end."""
        engine = self.world.engines[CLUSTER]

        async def requested() -> bool:
            return engine.descriptions[ref].cancel_requested

        await eventually(requested, bool)

    async def described(self, ref: Ref) -> None:
        """Once the bot has seen the heartbeat timeout of this run, which Temporal no longer tells of a closed run:
        days whose timeout nobody has seen rest for a minute."""
        engine, before = self.world.engines[CLUSTER], len(self.world.engines[CLUSTER].described)

        async def is_described() -> bool:
            # By the second, the bot has kept what the first one said.
            return engine.described[before:].count(ref) >= 2

        await eventually(is_described, bool)

    async def closed(self, ref: Ref) -> None:
        """Once this run is over."""
        engine = self.world.engines[CLUSTER]

        async def is_closed() -> bool:
            return not engine.descriptions[ref].execution.status.is_open

        await eventually(is_closed, bool)

    async def end(self, within: float = 120) -> SequenceProgress:
        """How it stood in the end; what its history holds, when it does not end. Days whose heartbeat timeout nobody
        has seen rest for a minute, which is no reason to fail."""
        try:
            return await asyncio.wait_for(self._result(), within)
        except TimeoutError:
            events = [EventType.Name(event.event_type) async for event in self.handle.fetch_history_events()]
            raise AssertionError(f"it has not ended within {within:.0f} s, after {events}") from None

    async def _result(self) -> SequenceProgress:
        """The result. A busy dev server may end a long poll just as the run closes, with neither an event nor a token
        to go on with; the SDK gives up then, and asking again finds the end."""
        while True:
            try:
                return await self.handle.result()
            except RuntimeError as exc:
                if "No completion event" not in str(exc):
                    raise

    @property
    def handle(self) -> WorkflowHandle[Any, SequenceProgress]:
        """Of whichever run is the latest."""
        return self.client.get_workflow_handle(self.workflow_id, result_type=SequenceProgress)


def queue_at(client: Client, task_queue: str) -> TemporalQueue:
    """The queue of one task queue, on the server of this client."""
    address = TemporalAddress(address=client.service_client.config.target_host, namespace=client.namespace)
    return TemporalQueue(TemporalCluster(CLUSTER, address, timedelta(seconds=10)), task_queue)


def day(number: int, days: int = 1) -> Window:
    """The window that begins on this day of January, 1 is the first."""
    return Window.of_days(START + timedelta(days=number - 1), days)


async def connected(server: TemporalServer) -> Client:
    """The port listens before the namespace stands."""

    async def connect() -> Client | None:
        try:
            client = await Client.connect(server.address, data_converter=pydantic_data_converter)
            await client.count_workflows("")
        except RuntimeError:
            return None
        else:
            return client

    found = await eventually(connect, bool)
    assert found
    return found
