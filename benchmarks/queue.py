"""Measures how long a queue of 5,000 customers takes on a Temporal dev server.

Run ``python -m benchmarks.queue [CUSTOMERS]``. It also prints how many events and open workflows the queue has on
Temporal, against their bounds.
"""

import time

from benchmarks import alone
from benchmarks.result import Figure, Measuring, Result, Target
from bot.fleet.queue.rules import most_events
from bot.fleet.queue.state import begin
from tests.adapters.temporal.server import TemporalServer
from tests.sequences.stage import connected
from tests.sequences.whole_queue import AT_ONCE, empty_queue

CUSTOMERS = 5_000
# In seconds, and far above what the queue takes.
WITHIN = 1_800


async def measure(customers: str = str(CUSTOMERS)) -> Measuring:
    """Empty one queue of this number of customers."""
    server = TemporalServer()
    server.start()
    try:
        client, started = await connected(server), time.monotonic()
        outcome = await empty_queue(client, int(customers), WITHIN)
        taken = time.monotonic() - started
    finally:
        server.stop()
    name = f"queue of {int(customers):,}"
    yield Result(f"{name}, time", Figure.single(taken), "s")
    yield Result(f"{name}, customers begun", Figure.single(outcome.begun), "", Target(int(customers), is_least=True))
    events = Target(most_events(begin()) * 1.5)
    yield Result(f"{name}, events of its longest run", Figure.single(outcome.longest_history), "", events)
    yield Result(f"{name}, workflows open at once", Figure.single(outcome.most_open), "", Target(2 * AT_ONCE + 1))


if __name__ == "__main__":
    alone.run(measure)
