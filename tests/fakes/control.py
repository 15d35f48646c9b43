"""FakeControl: changes a FakeEngine in memory, held to the contract of ``bot.ports.Control`` by tests/adapters."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pydantic import JsonValue, TypeAdapter

from bot.adapters.temporal.names import sequence_id
from bot.errors import Conflict, DependencyError, NotFound, NotOffered, Refused
from bot.fleet.runs.mapping import ORDER_KEY
from bot.fleet.sequence import instructions
from bot.fleet.sequence import state as sequence_state
from bot.fleet.sequence.cancellation import stop_of
from bot.model import (
    Activity,
    ActivityState,
    CampaignScope,
    Description,
    Execution,
    ExecutionStatus,
    Instruction,
    Pause,
    Ref,
    RunningWindow,
    SequenceProgress,
    SequenceSpec,
    SequenceStanding,
    SequenceState,
    StartOrder,
)
from tests.fakes.engine import FakeEngine

ARGUMENTS: TypeAdapter[tuple[JsonValue, ...]] = TypeAdapter(tuple[JsonValue, ...])


@dataclass
class FakeControl:
    """Puts started runs into ``engine``. Sequences are stored, and do nothing by themselves; ``running`` are the
    windows that they say they run."""

    cluster: str
    engine: FakeEngine
    now: Callable[[], datetime]
    states: dict[str, SequenceState] = field(default_factory=dict)
    statuses: dict[str, ExecutionStatus] = field(default_factory=dict)
    running: dict[str, tuple[RunningWindow, ...]] = field(default_factory=dict)
    started: list[StartOrder] = field(default_factory=list)
    cancelled: list[tuple[Ref, str]] = field(default_factory=list)
    terminated: list[tuple[Ref, str]] = field(default_factory=list)
    instructed: list[tuple[str, Instruction]] = field(default_factory=list)
    away: DependencyError | None = None
    has_updates: bool = True
    has_activity_options: bool = True
    has_resets: bool = True
    has_pauses: bool = True
    by_campaign: dict[str, "FakeControl"] = field(default_factory=dict)
    campaign: str = ""
    root: "FakeControl | None" = None
    _by_token: dict[str, Ref] = field(default_factory=dict)

    def of_campaign(self, scope: CampaignScope) -> "FakeControl":
        """The sequences of one campaign, apart from those of others."""
        if scope.keeps_plain_ids:
            self.by_campaign[scope.name] = replace(self, root=self)
        elif scope.name not in self.by_campaign:
            own = replace(self, campaign=scope.name, root=self, states={}, statuses={}, running={})
            self.by_campaign[scope.name] = own
        return self.by_campaign[scope.name]

    async def start(self, order: StartOrder) -> Ref:
        self._answer()
        if order.token in self._by_token:
            return self._by_token[order.token]
        for ref, description in self.engine.descriptions.items():
            if ref.workflow_id == order.workflow_id and description.execution.status.is_open:
                return ref
        self.started.append(order)
        ref = Ref(self.cluster, order.workflow_id, f"run-{len(self.started)}")
        self._by_token[order.token] = ref
        self.engine.inputs[ref] = ARGUMENTS.validate_python(order.arguments)
        self.engine.add(
            Execution(
                ref,
                order.workflow_type,
                order.task_queue,
                ExecutionStatus.RUNNING,
                self.now(),
                None,
                {**order.hints, **order.memo, ORDER_KEY: order.token},
            )
        )
        return ref

    async def cancel(self, ref: Ref, reason: str) -> None:
        self._answer()
        customer = next((name for name in self.states if self._ref(name) == ref), "")
        if customer:
            if self._is_open(customer) and self.states[customer].stop is None:
                self.cancelled.append((ref, reason))
                self.states[customer] = instructions.apply(self.states[customer], stop_of(reason))
            return
        description = self._latest_of_chain(await self.engine.describe(ref))
        if description.execution.status.is_open and not description.cancel_requested:
            self.cancelled.append((description.execution.ref, reason))
            self.engine.put(replace(description, cancel_requested=True))

    async def terminate(self, ref: Ref, reason: str) -> None:
        self._answer()
        customer = next((name for name in self.states if self._ref(name) == ref), "")
        if customer:
            if self._is_open(customer):
                self.statuses[customer] = ExecutionStatus.TERMINATED
                self.terminated.append((ref, reason))
            return
        description = self._latest_of_chain(await self.engine.describe(ref))
        if description.execution.status.is_open:
            self.terminated.append((description.execution.ref, reason))
            over = replace(description.execution, status=ExecutionStatus.TERMINATED, closed_at=self.now())
            self.engine.put(replace(description, execution=over, activities=()))

    async def set_heartbeat_timeout(self, ref: Ref, activity_id: str, timeout: timedelta) -> None:
        is_offered = self.has_activity_options
        await self._change_activity(
            ref, activity_id, is_offered, lambda known: replace(known, heartbeat_timeout=timeout)
        )

    async def offers_heartbeat_timeouts(self) -> bool:
        self._answer()
        return self.has_activity_options

    async def reset_activity(self, ref: Ref, activity_id: str) -> None:
        def begun(known: Activity) -> Activity:
            return replace(known, attempt=1, last_failure=None, next_attempt_at=None)

        await self._change_activity(ref, activity_id, self.has_resets, begun)

    async def offers_resets(self) -> bool:
        self._answer()
        return self.has_resets

    async def pause_activity(self, ref: Ref, activity_id: str, reason: str) -> None:
        pause = Pause("backfill-bot", self.now(), reason)
        await self._change_activity(ref, activity_id, self.has_pauses, lambda known: _paused(known, pause))

    async def unpause_activity(self, ref: Ref, activity_id: str) -> None:
        await self._change_activity(ref, activity_id, self.has_pauses, lambda known: _unpaused(known, self.now()))

    async def offers_pauses(self) -> bool:
        self._answer()
        return self.has_pauses

    async def _change_activity(
        self, ref: Ref, activity_id: str, is_offered: bool, change: Callable[[Activity], Activity]
    ) -> None:
        self._answer()
        if not is_offered:
            raise Refused(f"Temporal of {self.cluster}", "not offered")
        description = await self.engine.describe(ref)
        if all(activity.activity_id != activity_id for activity in description.activities):
            raise NotFound(f"Temporal of {self.cluster}", f"activity {activity_id} is not pending")
        changed = (change(each) if each.activity_id == activity_id else each for each in description.activities)
        self.engine.put(replace(description, activities=tuple(changed)))

    async def begin(self, spec: SequenceSpec) -> None:
        self._answer()
        state = self.states.get(spec.customer)
        if state is not None and state.spec.id == spec.id:
            return
        if state is not None and self._is_open(spec.customer):
            raise Conflict(f"Temporal of {self.cluster}", f"a sequence of {spec.customer} is open already")
        self.states[spec.customer] = sequence_state.begin(spec)
        self.statuses[spec.customer] = ExecutionStatus.RUNNING

    async def sequences(self) -> list[SequenceStanding]:
        self._answer()
        own = [self._standing(name) for name in self.states if self._is_open(name)]
        scoped = () if self.root else [each for each in self.by_campaign.values() if each.campaign]
        others = [standing for each in scoped for standing in await each.sequences()]
        listed = [replace(standing, progress=None) for standing in (*own, *others)]
        return sorted(listed, key=lambda standing: (standing.customer, standing.ref.workflow_id))

    async def sequence(self, customer: str) -> SequenceStanding | None:
        self._answer()
        return self._standing(customer) if customer in self.states else None

    async def sequence_at(self, workflow_id: str) -> SequenceStanding | None:
        self._answer()
        for control in (self, *self.by_campaign.values()):
            for customer in control.states:
                if control._ref(customer).workflow_id == workflow_id:
                    return await control.sequence(customer)
        return None

    async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
        self._answer()
        if customer not in self.states or not self._is_open(customer):
            raise NotFound(f"Temporal of {self.cluster}", f"no sequence of {customer} is open")
        if not self.has_updates:
            raise NotOffered(f"Temporal of {self.cluster}", "no workflow updates")
        state = self.states[customer]
        if why := instructions.refusal(state, instruction, ()):
            raise Refused(f"the sequence of {customer}", why)
        self.instructed.append((customer, instruction))
        self.states[customer] = instructions.apply(state, instruction)
        return sequence_state.progress(self.states[customer], ())

    async def takes_instructions(self) -> bool:
        self._answer()
        return self.has_updates

    def close(self, customer: str, status: ExecutionStatus = ExecutionStatus.COMPLETED) -> None:
        """End the customer's sequence."""
        self.statuses[customer] = status

    def _is_open(self, customer: str) -> bool:
        return self.statuses[customer].is_open

    def _ref(self, customer: str) -> Ref:
        workflow_id = sequence_id(customer, self.cluster if self.campaign else "", self.campaign)
        return Ref(self.cluster, workflow_id, f"run-{self.states[customer].spec.id}")

    def _standing(self, customer: str) -> SequenceStanding:
        state = self.states[customer]
        return SequenceStanding(
            ref=self._ref(customer),
            customer=customer,
            id=state.spec.id,
            status=self.statuses[customer],
            started_by=state.spec.started_by,
            started_at=state.spec.started_at,
            reason=state.spec.reason,
            thread_key=state.spec.thread_key,
            campaign=state.spec.campaign,
            progress=sequence_state.progress(state, self.running.get(customer, ())),
        )

    def _latest_of_chain(self, description: Description) -> Description:
        """The latest run of the same workflow id, if this one has continued as new; else this one."""
        if description.execution.status is not ExecutionStatus.CONTINUED_AS_NEW:
            return description
        workflow_id = description.execution.ref.workflow_id
        chain = (run for ref, run in self.engine.descriptions.items() if ref.workflow_id == workflow_id)
        return max(chain, key=lambda run: run.execution.started_at)

    def _answer(self) -> None:
        away = self.away or (self.root.away if self.root else None)
        if away is not None:
            raise away


def _paused(activity: Activity, pause: Pause) -> Activity:
    """Paused while an attempt of it runs, or while it waits for one."""
    if activity.pause:
        return activity
    runs = activity.state in (ActivityState.STARTED, ActivityState.CANCEL_REQUESTED)
    state = ActivityState.PAUSE_REQUESTED if runs else ActivityState.PAUSED
    return replace(activity, state=state, pause=pause, next_attempt_at=None)


def _unpaused(activity: Activity, now: datetime) -> Activity:
    match activity.state:
        case ActivityState.PAUSED:
            return replace(activity, state=ActivityState.SCHEDULED, pause=None, scheduled_at=now, last_failure=None)
        case ActivityState.PAUSE_REQUESTED:
            return replace(activity, state=ActivityState.STARTED, pause=None)
        case _:
            return replace(activity, pause=None)
