"""Measures how many windows a second Temporal alone can run.

Run ``python -m benchmarks.bare_sequences ADDRESS QUEUE SEQUENCES WINDOWS``. For each window, a workflow runs an
activity that starts the team's workflow, one that waits for its end, and three that do nothing. The bot's sequences
call the server as often, and do more work between the calls. The program prints how many windows have ended a second.
"""

import asyncio
import contextlib
import sys
import time
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

OWN_QUEUE = "bare-sequences"
AT_ONCE, TRIES = 20, 20
SLOTS = 5_000
LIMIT = timedelta(minutes=30)
# The other activities of the bot's sequences for each window: a count, a report, a demand for slots.
OTHERS = 3


class Activities:
    """The activities, with a Temporal client of their own."""

    def __init__(self, client: Client, queue: str) -> None:
        self._client = client
        self._queue = queue

    @activity.defn
    async def start_window(self, name: str) -> None:
        await self._client.start_workflow("CustomerBackfill", id=name, task_queue=self._queue)

    @activity.defn
    async def follow(self, name: str) -> None:
        with contextlib.suppress(WorkflowFailureError):
            await self._client.get_workflow_handle(name).result()

    @activity.defn
    async def nothing(self) -> None:
        """Do nothing: what counts is the server's work for an activity."""


@workflow.defn
class BareSequence:
    """A workflow that runs windows one after the other."""

    @workflow.run
    async def run(self, name: str, windows: int) -> None:
        for number in range(windows):
            window = f"{name}-{number}"
            await self._do("start_window", window)
            await self._do("follow", window)
            await asyncio.gather(*(self._do("nothing") for _ in range(OTHERS)))

    async def _do(self, name: str, *arguments: str) -> None:
        await workflow.execute_activity(
            name, args=arguments, start_to_close_timeout=LIMIT, retry_policy=RetryPolicy(maximum_attempts=0)
        )


async def main(address: str, queue: str, sequences: int, windows: int) -> None:
    """Start the sequences, wait until all have ended, and print how many windows have ended a second."""
    client, turns = await Client.connect(address), asyncio.Semaphore(AT_ONCE)
    activities = Activities(client, queue)

    async def begin(number: int) -> None:
        async with turns:
            for tries_left in reversed(range(TRIES)):
                # A busy server may not answer in time.
                with contextlib.suppress(*([RPCError] if tries_left else [])):
                    name = f"bare-{number}"
                    await client.start_workflow(BareSequence.run, args=[name, windows], id=name, task_queue=OWN_QUEUE)
                    return

    async with Worker(
        client,
        task_queue=OWN_QUEUE,
        workflows=[BareSequence],
        activities=[activities.start_window, activities.follow, activities.nothing],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_activities=SLOTS,
        max_cached_workflows=SLOTS,
    ):
        began = time.perf_counter()
        await asyncio.gather(*map(begin, range(sequences)))
        await asyncio.gather(*(client.get_workflow_handle(f"bare-{n}").result() for n in range(sequences)))
        print(sequences * windows / (time.perf_counter() - began), flush=True)  # noqa: T201


if __name__ == "__main__":
    of_address, of_queue, *of_numbers = sys.argv[1:]
    asyncio.run(main(of_address, of_queue, *map(int, of_numbers)))
