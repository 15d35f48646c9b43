"""The team's workflow and its workers, played on fakes in real time: how runs go on, end, or go silent."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.errors import Refused
from bot.model import (
    Activity,
    ActivityState,
    Description,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    Ref,
    StartOrder,
    Window,
)
from tests.adapters.temporal.server import eventually
from tests.fakes.control import FakeControl
from tests.fakes.engine import FakeEngine
from tests.fakes.services import FakeWorld, config
from tests.fleet.builders import window_of_id

CLUSTER = "voice-prod"
CUSTOMER = "hilton"
HEARTBEAT_TIMEOUT = timedelta(milliseconds=400)
TICK = 0.01


class AtWork(FakeControl):
    """What it starts has an activity at once: how long days rest after it is told by that. ``refusal`` is what every
    start is answered with."""

    refusal: Refused | None = None

    async def start(self, order: StartOrder) -> Ref:
        if self.refusal:
            raise self.refusal
        ref = await super().start(order)
        known = self.engine.descriptions[ref]
        if known.execution.status.is_open and not known.activities:
            self.engine.put(_described(known.execution, attempt=1))
        return ref


class LiveWorld(FakeWorld):
    """Fakes with the real time."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.controls = {name: AtWork(name, engine, lambda: self.now) for name, engine in self.engines.items()}

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @now.setter
    def now(self, moment: datetime) -> None:
        """The real time is not set."""


def live_world(task_queue: str, every: str = "0.03s") -> LiveWorld:
    """One cluster whose runs are looked at every few milliseconds, or as often as ``every`` says."""
    return LiveWorld(
        config({CLUSTER: (CUSTOMER,)}, watch={"every": every}, control={"task_queue": task_queue}),
    )


@dataclass
class Team:
    """What becomes of each run: it completes, unless one of these says otherwise.

    ``pace`` is how long a window says it took. Windows of more than ``most_days`` days time out until they are
    cancelled; ``failing`` ones fail; while ``holding``, nothing completes; ``stubborn`` runs do not end when asked.
    """

    world: FakeWorld
    pace: Callable[[Window], timedelta] = lambda window: timedelta(hours=window.days)
    most_days: int = 10_000
    failing: frozenset[Window] = frozenset()
    holding: bool = False
    stubborn: bool = False
    _most_open: int = 0
    _rounds: int = 0

    def add(self, workflow_id: str, *, silent: int = 0) -> Ref:
        """A run that is open already, with this many heartbeat timeouts so far."""
        ref = Ref(CLUSTER, workflow_id, f"old-{workflow_id}")
        run = Execution(ref, "CustomerBackfill", "backfill", ExecutionStatus.RUNNING, self.world.now)
        self._engine.put(_described(run, attempt=1 + silent))
        return ref

    def close(self, ref: Ref, status: ExecutionStatus) -> None:
        """It ends so, now."""
        known = self._engine.descriptions[ref]
        over = replace(known.execution, status=status, closed_at=self.world.now)
        self._engine.put(replace(known, execution=over, activities=()))

    async def work(self) -> None:
        """Without end: each run that a tick finds open was open at the same moment as the others."""
        while True:
            self._rounds += 1
            self._most_open = max(self._most_open, sum(run.status.is_open for run in self._runs()))
            for description in list(self._engine.descriptions.values()):
                if description.execution.status.is_open:
                    self._go_on(description)
            await asyncio.sleep(TICK)

    async def ticks(self, count: int) -> None:
        """So many rounds of its work have gone by."""
        before = self._rounds

        async def rounds() -> int:
            return self._rounds - before

        await eventually(rounds, lambda done: done >= count)

    def starts(self) -> list[datetime]:
        """When the bot has started them."""
        return sorted(run.started_at for run in self._runs())

    def at_once(self) -> int:
        """The most windows that were open at the same moment."""
        return self._most_open

    def completed_days(self) -> list[Window]:
        """Each day of each window that completed, in order."""
        done = (run for run in self._runs() if run.status is ExecutionStatus.COMPLETED)
        windows = filter(None, (window_of_id(run.ref.workflow_id) for run in done))
        return sorted(Window.of_days(each, 1) for window in windows for each in window.each_day())

    def windows(self) -> list[Window]:
        """Those that the bot has started, in order."""
        found = [window_of_id(order.workflow_id) for order in self.world.controls[CLUSTER].started]
        return [window for window in found if window]

    @property
    def _engine(self) -> FakeEngine:
        return self.world.engines[CLUSTER]

    def _runs(self) -> list[Execution]:
        """Those that the bot has started."""
        known = (description.execution for description in self._engine.descriptions.values())
        return [run for run in known if not run.ref.run_id.startswith("old-")]

    def _go_on(self, known: Description) -> None:
        ref, window = known.execution.ref, window_of_id(known.execution.ref.workflow_id)
        if known.cancel_requested and not self.stubborn:
            self.close(ref, ExecutionStatus.CANCELLED)
        elif window is None or self.holding or known.cancel_requested:
            return
        elif window.days > self.most_days:
            attempt = known.activities[0].attempt + 1 if known.activities else 2
            self._engine.put(replace(_described(known.execution, attempt), cancel_requested=known.cancel_requested))
        elif window in self.failing:
            self.close(ref, ExecutionStatus.FAILED)
        elif not ref.run_id.startswith("old-"):
            done = known.execution.started_at + self.pace(window)
            over = replace(known.execution, status=ExecutionStatus.COMPLETED, closed_at=done)
            self._engine.put(replace(known, execution=over, activities=()))


def _described(run: Execution, attempt: int) -> Description:
    silent = Failure(FailureKind.HEARTBEAT_TIMEOUT, "activity Heartbeat timeout")
    activity = Activity(
        activity_id="1",
        activity_type="copy",
        state=ActivityState.STARTED,
        attempt=attempt,
        scheduled_at=run.started_at,
        started_at=run.started_at,
        last_heartbeat_at=None,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        details="",
        last_failure=silent if attempt > 1 else None,
        next_attempt_at=None,
    )
    return Description(run, (activity,), cancel_requested=False, workflow_task_attempt=1)
