"""Who gets the next slot, whatever happens and in whatever order."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.queue import slots
from bot.fleet.queue import state as queue_state
from bot.model.queue import Enqueue, OtherSequence, QueuedCustomer, QueueOrder, QueueState, Survey
from bot.model.queue_requests import BeginQueuedResult
from tests.fleet.queue.builders import BATCH, demand, given_out, queue, survey

CUSTOMERS = [(f"customer-{number}", number) for number in range(6)]


def waiting(*customers: str, batch: str = "", held: int = 0) -> QueueState:
    state = queue_state.begin()
    for customer in customers:
        tickets = tuple(range(1, held + 1))
        state = queue_state.take_demand(state, demand(customer, 99, batch, waiting=(50,), held=tickets))
    return state


def granted_to(steps: list[slots.Grant | slots.Start]) -> list[str]:
    return [step.workflow_id for step in steps if isinstance(step, slots.Grant)]


def test_single_commands_go_ahead_of_a_campaign_and_begun_customers_ahead_of_new_ones() -> None:
    state = queue(("new", 1))
    state = queue_state.take_demand(state, demand("begun", 2, "b1", waiting=(1,)))
    state = queue_state.take_demand(state, demand("single", 2, waiting=(1,)))
    _, steps = given_out(state, survey())

    assert granted_to(steps) == ["sequence-single", "sequence-begun"]
    assert isinstance(steps[2], slots.Start)


def test_a_campaign_gets_a_slot_now_and_then_although_single_commands_wait() -> None:
    state = queue(("new", 1))
    for number in range(9):
        state = queue_state.take_demand(state, demand(f"single-{number}", 2, waiting=(1,)))
    state, steps = given_out(state, survey(at_once=slots.MAX_SINGLES_IN_ROW + 1))
    state = queue_state.take_demand(state, demand("new", 1, "b1", waiting=(1,)))
    _, next_slot = given_out(state, survey(at_once=slots.MAX_SINGLES_IN_ROW + 2))

    assert isinstance(steps[slots.MAX_SINGLES_IN_ROW], slots.Start)
    assert granted_to(next_slot) == ["sequence-new"]


def test_runs_of_the_team_take_the_slots_of_a_campaign_and_not_those_of_a_single_command() -> None:
    state = queue_state.take_demand(queue(("new", 1)), demand("single", 2, waiting=(1,)))
    _, steps = given_out(state, survey(other_runs=3))

    assert granted_to(steps) == ["sequence-single"]
    assert len(steps) == 1


def test_windows_that_an_ended_sequence_has_left_behind_take_the_slots_of_single_commands_too() -> None:
    left = survey(other_runs=3, left_windows=2)

    assert len(given_out(waiting("a", "b"), left)[1]) == 1
    assert len(given_out(replace(waiting("a", "b"), rules=0), left)[1]) == 2


def test_sequences_that_the_queue_does_not_know_take_slots_until_their_first_demand() -> None:
    other = OtherSequence("sequence-old", "seq-old", "old", 2)
    state = waiting("a", "b", "c")
    _, steps = given_out(state, survey(other_sequences=(other,)))
    known = queue_state.take_demand(state, demand("old", 1, held=(1,)))
    _, after = given_out(known, survey(other_sequences=(other,)))

    assert (len(steps), len(after)) == (1, 2)


def test_customers_that_are_being_begun_take_no_slot_from_windows_and_keep_others_from_beginning() -> None:
    state, starts = given_out(queue(*CUSTOMERS), survey())
    state = queue_state.take_demand(state, demand("begun", 2, "b1", waiting=(1,)))
    state = queue_state.take_demand(state, demand("single", 2, waiting=(1,)))
    _, steps = given_out(state, survey())
    _, in_earlier_version = given_out(replace(state, rules=0), survey())

    assert len(starts) == 3
    assert granted_to(steps) == ["sequence-single", "sequence-begun"]
    assert len(steps) == 2
    assert in_earlier_version == []


def test_below_one_slot_nothing_starts() -> None:
    other = OtherSequence("sequence-old", "seq-old", "old", 7)

    assert slots.next_step(waiting("a"), survey(other_sequences=(other,))) is None


def test_a_sequence_that_wants_several_slots_takes_turns_with_the_others() -> None:
    state = queue_state.take_demand(queue_state.begin(), demand("many", 9, waiting=(1, 2, 3)))
    state = queue_state.take_demand(state, demand("one", 9, waiting=(1,)))
    _, steps = given_out(state, survey())

    assert granted_to(steps) == ["sequence-many", "sequence-one", "sequence-many"]


def test_a_granted_slot_that_a_sequence_still_waits_for_is_told_again() -> None:
    state, _ = given_out(waiting("a"), survey())
    again = demand("a", 100, waiting=(50,))

    assert slots.unheard(queue_state.take_demand(state, again), again) == [slots.Grant("sequence-a", 50)]


def test_the_turn_of_a_customer_in_one_campaign_leaves_its_place_in_another() -> None:
    march = replace(BATCH, id="b2", campaign="march")
    state = queue_state.enqueue(
        queue(("hilton", 1)), Enqueue(march, (QueuedCustomer("hilton", 1, march.id),), QueueOrder.SMALLEST)
    )
    after, steps = given_out(state, survey(at_once=1))
    _, later = given_out(state, survey(at_once=2))

    assert len(steps) == 1
    assert [(queued.customer, queued.batch) for queued in after.queued] == [("hilton", march.id)]
    assert [step.starting.batch for step in later if isinstance(step, slots.Start)] == [BATCH.id, march.id]


@dataclass
class Sequences:
    """Sequences that run windows: each wants a slot, uses it, and gives it back. Some messages are lost."""

    state: QueueState
    running: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    revision: int = 0
    most: int = 0

    def give_out(self, at_once: int) -> None:
        self.state, steps = given_out(self.state, survey(at_once=at_once))
        for step in steps:
            if isinstance(step, slots.Grant):
                customer = step.workflow_id.removeprefix("sequence-")
                self.running[customer] = step.ticket
            else:
                self.begin(step.starting.customer, 2, "b1")
                self.state = queue_state.begun(self.state, step.starting.sequence, BeginQueuedResult())
        self.most = max(self.most, len(self.running))

    def begin(self, customer: str, windows: int, batch: str = "") -> None:
        self.left[customer] = windows
        self.want(customer, batch)

    def want(self, customer: str, batch: str) -> None:
        self.revision += 1
        wanted = (self.revision,) if self.left[customer] else ()
        self.state = queue_state.take_demand(
            self.state, demand(customer, self.revision, batch, waiting=wanted, is_over=not wanted)
        )

    def end_window(self, customer: str, *, is_told: bool) -> None:
        del self.running[customer]
        self.left[customer] -= 1
        if is_told or self.left[customer]:
            self.want(customer, "" if customer.startswith("single") else "b1")

    def heal(self) -> None:
        gone = tuple(f"sequence-{customer}" for customer, windows in self.left.items() if not windows)
        self.state = queue_state.without_gone(self.state, survey(gone=gone))


@given(
    at_once=st.integers(1, 4),
    singles=st.integers(0, 4),
    choices=st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=80, max_size=80),
)
def test_the_bound_holds_and_everybody_gets_through_though_messages_are_lost(
    at_once: int, singles: int, choices: list[tuple[int, bool]]
) -> None:
    sequences = Sequences(queue(*CUSTOMERS))
    for number in range(singles):
        sequences.begin(f"single-{number}", 3)
    for choice, is_told in choices:
        sequences.give_out(at_once)
        if not sequences.running:
            sequences.heal()
            continue
        customer = sorted(sequences.running)[choice % len(sequences.running)]
        sequences.end_window(customer, is_told=is_told)

    assert sequences.most <= at_once
    assert set(sequences.left.values()) == {0}
    assert {name for name, _ in CUSTOMERS} <= set(sequences.left)


def one_by_one(state: QueueState, of: Survey, *, may_begin: bool) -> tuple[QueueState, list[slots.Grant]]:
    """What ``give_slots`` does, by the definition of each step: it looks at the whole queue again."""
    grants: list[slots.Grant] = []
    while grant := next_grant(state, of, may_begin=may_begin):
        grants.append(grant)
        known = next(member for member in state.members if member.demand.workflow_id == grant.workflow_id)
        after = replace(known, granted=(*known.granted, grant.ticket), turn=state.turns + 1)
        state = replace(
            state,
            members=tuple(after if member is known else member for member in state.members),
            turns=state.turns + 1,
            singles_in_row=state.singles_in_row + 1 if known.demand.is_single else 0,
        )
    return state, grants


def next_grant(state: QueueState, of: Survey, *, may_begin: bool) -> slots.Grant | None:
    used = slots.count(state, of)
    waiting = sorted((member for member in state.members if member.ungranted), key=lambda member: member.turn)
    singles = [member for member in waiting if member.demand.is_single] if used.free else []
    may_batch = used.free_for_batches and not state.paused_by
    begun = [member for member in waiting if not member.demand.is_single] if may_batch else []
    can_begin = may_begin and may_batch and used.free_to_begin and any(not each.is_held for each in state.queued)
    if singles and not ((begun or can_begin) and state.singles_in_row >= slots.MAX_SINGLES_IN_ROW):
        return slots.Grant(singles[0].demand.workflow_id, singles[0].ungranted[0])
    return slots.Grant(begun[0].demand.workflow_id, begun[0].ungranted[0]) if begun else None


@given(
    demands=st.lists(st.tuples(st.sampled_from(("", "b1")), st.integers(0, 5), st.integers(0, 2)), max_size=12),
    at_once=st.integers(0, 20),
    other_runs=st.integers(0, 5),
    is_paused=st.booleans(),
    queued=st.integers(0, 3),
    singles_in_row=st.integers(0, 5),
    rules=st.integers(0, 3),
    may_begin=st.booleans(),
)
def test_slots_that_are_given_together_go_to_whom_they_would_go_one_by_one(
    *,
    demands: list[tuple[str, int, int]],
    at_once: int,
    other_runs: int,
    is_paused: bool,
    queued: int,
    singles_in_row: int,
    rules: int,
    may_begin: bool,
) -> None:
    paused_by = "U0OSCAR" if is_paused else ""
    state = replace(queue(*CUSTOMERS[:queued]), paused_by=paused_by, singles_in_row=singles_in_row, rules=rules)
    for number, (batch, wants, has) in enumerate(demands):
        tickets = tuple(range(10 * number, 10 * number + wants + has))
        of_sequence = demand(f"other-{number}", 1, batch, waiting=tickets[has:], held=tickets[:has])
        state = queue_state.take_demand(state, of_sequence)
    of = survey(at_once=at_once, other_runs=other_runs)

    given_together = slots.give_slots(state, of, 1_000, may_begin=may_begin)

    assert given_together == one_by_one(state, of, may_begin=may_begin)


def test_no_more_slots_are_given_at_once_than_messages_may_be_sent() -> None:
    state = waiting("hilton", "vivint", "cvs")
    state, first = slots.give_slots(state, survey(at_once=3), 2)
    _, rest = slots.give_slots(state, survey(at_once=3), 2)

    assert [len(first), len(rest)] == [2, 1]
