"""The team's worker in the benchmark of sequences: ``python -m benchmarks.one_second_window ADDRESS QUEUE``.

It is a process of its own, so that the bot does not share its interpreter with the windows.
"""

import asyncio
import sys
from collections.abc import Sequence

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

SECONDS = 1


@workflow.defn(dynamic=True)
class OneSecondWindow:
    """A workflow that takes a second, whatever its type and input."""

    @workflow.run
    async def run(self, _: Sequence[RawValue]) -> None:
        await asyncio.sleep(SECONDS)


async def main(address: str, queue: str) -> None:
    """Run the worker until the process is ended."""
    client = await Client.connect(address)
    runner = UnsandboxedWorkflowRunner()
    await Worker(client, task_queue=queue, workflows=[OneSecondWindow], workflow_runner=runner).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
