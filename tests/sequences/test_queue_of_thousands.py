"""A queue of thousands of customers stays within Temporal's bounds; ``python -m benchmarks.queue`` has 5,000."""

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bot.fleet.queue.rules import most_events
from bot.fleet.queue.state import begin, ordered
from bot.model.queue import QueueOrder, QueueState
from tests.sequences.whole_queue import AT_ONCE, BATCH, empty_queue, queued_customers

# So many that they come in several messages, and that the queue continues as new.
CUSTOMERS = 1_500
WITHIN = 280


async def test_a_queue_of_many_customers_stays_within_the_bounds_of_temporal(client: Client) -> None:
    outcome = await empty_queue(client, CUSTOMERS, WITHIN)

    # A start that a new run of the queue repeats is one and the same, by the id of the sequence.
    assert outcome.begun == CUSTOMERS
    assert outcome.longest_history < most_events(begin()) * 1.5
    assert outcome.runs > 1
    # The queue itself, those that have slots, and those that a listing still calls open.
    assert outcome.most_open <= 2 * AT_ONCE + 1


async def test_the_state_of_5000_customers_takes_less_than_100_bytes_for_each() -> None:
    customers = queued_customers(5_000)
    state = QueueState(tuple(ordered(customers, QueueOrder.SMALLEST)), (BATCH,))
    [payload] = await pydantic_data_converter.encode([state])

    assert payload.ByteSize() < 100 * len(customers)
