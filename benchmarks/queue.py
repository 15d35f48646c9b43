"""A queue of 5,000 customers, emptied on a Temporal dev server: ``python -m benchmarks.queue [CUSTOMERS]``.

It prints how long that takes, and what the queue takes of Temporal beside its bounds.
"""

import asyncio
import sys
import time

from bot.sequences.queue import MAX_EVENTS
from tests.adapters.temporal.server import TemporalServer
from tests.sequences.stage import connected
from tests.sequences.whole_queue import AT_ONCE, empty_queue

CUSTOMERS = 5_000
# In seconds; far above what it takes.
WITHIN = 1_800


async def measure(server: TemporalServer, customers: int) -> str:
    """Empty a queue of this number of customers; the result is the line to print."""
    client, started = await connected(server), time.monotonic()
    outcome = await empty_queue(client, customers, WITHIN)
    taken = time.monotonic() - started
    return (
        f"queue: {outcome.begun} of {customers} customers begun in {taken:.0f} s by {outcome.runs} runs, "
        f"the longest with {outcome.longest_history} events (at most {MAX_EVENTS * 1.5:.0f}); "
        f"at most {outcome.most_open} workflows open at once (at most {2 * AT_ONCE + 1})"
    )


def main() -> None:
    server = TemporalServer()
    server.start()
    try:
        print(asyncio.run(measure(server, int(sys.argv[1]) if sys.argv[1:] else CUSTOMERS)))  # noqa: T201
    finally:
        server.stop()


if __name__ == "__main__":
    main()
