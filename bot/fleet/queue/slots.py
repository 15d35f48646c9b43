"""Decides who gets the next slot of a cluster. Pure.

The bot never starts more windows than the limit allows, counting those that an ended sequence has left behind. Single
commands go ahead of batches (``bot.model.queue.Batch``). Runs that the team has started itself take slots from
batches, but not from single commands.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

from bot.fleet.queue.state import queued_sequence
from bot.model.queue import Demand, Member, OtherSequence, QueuedCustomer, QueueState, StartingCustomer, Survey

# After this many slots in a row for single commands, a batch gets one, so that no batch stands still.
MAX_SINGLES_IN_ROW = 4


@dataclass(frozen=True, slots=True)
class SlotCount:
    """How a cluster's ``at_once`` slots are used. ``windows`` counts the slots of sequences that the queue knows.
    ``others`` counts the slots of sequences that the queue does not know, and of open windows whose sequence has
    ended. ``other_runs`` are open runs of the team, which take slots from batches only. ``starting`` are sequences
    that the queue is beginning. They use no slot yet, because each of their windows asks for one later. But each
    counts as one slot when the queue decides whether another sequence may begin."""

    at_once: int
    windows: int
    starting: int
    others: int
    other_runs: int

    @property
    def free(self) -> int:
        """How many slots a single command may use."""
        return max(0, self.at_once - self.windows - self.others)

    @property
    def free_for_batches(self) -> int:
        """How many slots batches may use."""
        return max(0, self.free - self.other_runs)

    @property
    def free_to_begin(self) -> int:
        """How many more sequences of batches may begin."""
        return max(0, self.free_for_batches - self.starting)


@dataclass(frozen=True, slots=True)
class Grant:
    """The sequence ``workflow_id`` gets a slot. ``ticket`` is the number of the request that the sequence made for
    it."""

    workflow_id: str
    ticket: int


@dataclass(frozen=True, slots=True)
class Start:
    """The sequence of this customer is to be begun."""

    starting: StartingCustomer


def count(state: QueueState, survey: Survey) -> SlotCount:
    """The use of the slots, as far as the queue and its latest survey know."""
    unknown = sum(other.slots for other in others(state, survey))
    windows = sum(len(member.granted) for member in state.members)
    if not state.rules:
        # In queues of earlier versions, a sequence that is being begun counts as a window.
        return SlotCount(survey.at_once, windows + len(state.starting), 0, unknown, survey.other_runs)
    left = survey.left_windows
    return SlotCount(survey.at_once, windows, len(state.starting), unknown + left, survey.other_runs - left)


def others(state: QueueState, survey: Survey) -> list[OtherSequence]:
    """The open sequences that ask the queue for no slots. The queue does not know them, and is not beginning them."""
    known = {member.demand.workflow_id for member in state.members}
    begun = {starting.sequence for starting in state.starting}
    return [
        other for other in survey.other_sequences if other.workflow_id not in known and other.sequence not in begun
    ]


def next_step(state: QueueState, survey: Survey, *, may_begin: bool = True) -> Grant | Start | None:
    """The next step: a slot for an open sequence, or the start of a queued customer's sequence; None if no slot is
    free or nobody wants one. With ``may_begin`` False, nobody's sequence is started."""
    return _Line(state, survey, may_begin=may_begin).next_step()


def give_slots(
    state: QueueState, survey: Survey, most: int, *, may_begin: bool = True
) -> tuple[QueueState, list[Grant]]:
    """The grants that come before the next start of a sequence, at most ``most``, in their order; and the state after
    them. They are found together, because a thousand sequences may get their slots at once."""
    line = _Line(state, survey, may_begin=may_begin)
    grants: list[Grant] = []
    while len(grants) < most and isinstance(step := line.next_step(), Grant):
        line.give(step)
        grants.append(step)
    return line.state, grants


class _Line:
    """The sequences that wait for slots, in the order of their turns, and the slots that are left."""

    def __init__(self, state: QueueState, survey: Survey, *, may_begin: bool) -> None:
        waiting = sorted((member for member in state.members if member.ungranted), key=lambda member: member.turn)
        self._state = state
        self._slots = count(state, survey)
        self._may_begin = may_begin
        self._singles = deque(member for member in waiting if member.demand.is_single)
        self._of_batches = deque(member for member in waiting if not member.demand.is_single)
        self._singles_in_row = state.singles_in_row
        self._turns = state.turns
        self._changed: dict[str, Member] = {}

    @property
    def state(self) -> QueueState:
        """The state after the slots that were given."""
        members = tuple(self._changed.get(member.demand.workflow_id, member) for member in self._state.members)
        return replace(self._state, members=members, turns=self._turns, singles_in_row=self._singles_in_row)

    def next_step(self) -> Grant | Start | None:
        """The next step, which changes nothing yet."""
        single = self._singles[0] if self._singles and self._slots.free else None
        if single and self._singles_in_row < MAX_SINGLES_IN_ROW:
            return _grant(single)
        return self._next_of_batches() or (_grant(single) if single else None)

    def give(self, grant: Grant) -> None:
        """Give this slot, which ``next_step`` has returned. A sequence that waits for more goes to the end."""
        is_single = bool(self._singles) and self._singles[0].demand.workflow_id == grant.workflow_id
        line = self._singles if is_single else self._of_batches
        first = line.popleft()
        self._turns += 1
        after = replace(first, granted=(*first.granted, grant.ticket), turn=self._turns)
        if after.ungranted:
            line.append(after)
        self._changed[grant.workflow_id] = after
        self._singles_in_row = self._singles_in_row + 1 if is_single else 0
        self._slots = replace(self._slots, windows=self._slots.windows + 1)

    def _next_of_batches(self) -> Grant | Start | None:
        """The next step for the batches; None if no slot is free for them, the queue is paused, or nobody can go on.
        Customers whose sequence is open go ahead of those still queued, so that few sequences are open at the same
        time."""
        if self._state.paused_by or not self._slots.free_for_batches:
            return None
        if self._of_batches:
            return _grant(self._of_batches[0])
        first = self._first_queued if self._may_begin and self._slots.free_to_begin else None
        return Start(_starting(first)) if first else None

    @cached_property
    def _first_queued(self) -> QueuedCustomer | None:
        """The customer whose sequence begins next. No grant changes who that is."""
        state, at_work = self._state, _at_work(self._state)
        free = (each for each in state.queued if not each.is_held and not _is_at_work(each, state, at_work))
        return next(free, None)


def _grant(member: Member) -> Grant:
    return Grant(member.demand.workflow_id, member.ungranted[0])


def _at_work(state: QueueState) -> frozenset[tuple[str, str]]:
    """The customers that have a sequence or are getting one, each with its batch; "" for a single command."""
    members = {(member.demand.customer, member.demand.batch) for member in state.members}
    return frozenset(members | {(starting.customer, starting.batch) for starting in state.starting})


def _is_at_work(queued: QueuedCustomer, state: QueueState, at_work: Collection[tuple[str, str]]) -> bool:
    """Whether the customer already has a sequence for which its turn has to wait. A sequence of another campaign does
    not count. A sequence of a single command counts, because the queue does not know the command's campaign. In a
    queue of an earlier version, no sequence counts."""
    own = [batch for customer, batch in at_work if customer == queued.customer]
    if not own or not state.by_batch:
        return False
    campaigns = {batch.id: batch.campaign for batch in state.batches}
    return any(campaigns.get(batch, campaigns[queued.batch]) == campaigns[queued.batch] for batch in own)


def _starting(queued: QueuedCustomer) -> StartingCustomer:
    sequence = queued_sequence(queued.batch, queued.customer)
    return StartingCustomer(queued.customer, queued.batch, sequence, rows=queued.rows)


def started(state: QueueState, start: Start) -> QueueState:
    """The state while the customer's sequence is being begun. The customer keeps its place in other batches."""
    starting = start.starting
    return replace(
        state,
        queued=tuple(
            queued
            for queued in state.queued
            if queued.customer != starting.customer or (state.by_batch and queued.batch != starting.batch)
        ),
        starting=(*state.starting, start.starting),
        singles_in_row=state.singles_in_row if state.rules else 0,
    )


def unheard(state: QueueState, demand: Demand) -> list[Grant]:
    """The grants that the sequence of this demand still waits for; none if it has sent a later demand. The message
    about such a grant may be lost, so it is sent again."""
    # The ids are compared first, because demands are compared field by field, and there may be thousands.
    own = (member for member in state.members if member.demand.workflow_id == demand.workflow_id)
    member = next((member for member in own if member.demand == demand), None)
    return [Grant(demand.workflow_id, ticket) for ticket in demand.waiting if member and ticket in member.granted]


def unknown_to(state: QueueState, survey: Survey) -> list[str]:
    """The workflow ids of open sequences that have sent the queue no demand."""
    known = {member.demand.workflow_id for member in state.members}
    return [other.workflow_id for other in survey.other_sequences if other.workflow_id not in known]
