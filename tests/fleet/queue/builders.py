"""Hand-made queues: customers of a batch, demands of sequences, and what Temporal says besides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.fleet.queue import slots
from bot.fleet.queue import state as queue_state
from bot.model.queue import Batch, Demand, Enqueue, QueuedCustomer, QueueOrder, QueueState, Survey
from tests.fleet.builders import CAMPAIGN

BATCH = Batch("b1", "U0OLIVIA", "the January gap", "missing", CAMPAIGN)
SURVEY = Survey(3, 0, (), (), (), timedelta(minutes=1))


def survey(**changes: Any) -> Survey:
    """Three windows at once, and nothing else takes slots."""
    return replace(SURVEY, **changes)


def queue(*customers: tuple[str, int | None], order: QueueOrder = QueueOrder.SMALLEST) -> QueueState:
    """A queue of customers with so many rows each."""
    queued = tuple(QueuedCustomer(name, rows, BATCH.id) for name, rows in customers)
    return queue_state.enqueue(queue_state.begin(), Enqueue(BATCH, queued, order))


def demand(customer: str, revision: int, batch: str = "", **changes: Any) -> Demand:
    """The demand of the customer's sequence, which is a single command's unless it has a batch."""
    sequence = queue_state.queued_sequence(batch, customer) if batch else f"seq-{customer}"
    return Demand(f"sequence-{customer}", sequence, customer, batch, revision, **changes)


def names(state: QueueState) -> list[str]:
    """The queued customers, in the order of their turns."""
    return [queued.customer for queued in state.queued]


def given_out(state: QueueState, of: Survey) -> tuple[QueueState, list[slots.Grant | slots.Start]]:
    """The queue after it has given away every slot that it can, and the steps."""
    steps: list[slots.Grant | slots.Start] = []
    while True:
        state, grants = slots.give_slots(state, of, 1_000)
        steps += grants
        start = slots.next_step(state, of)
        if not isinstance(start, slots.Start):
            return state, steps
        steps.append(start)
        state = slots.started(state, start)
