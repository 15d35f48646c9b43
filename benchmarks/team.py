"""Runs very many workflows, as a team does.

``python -m benchmarks.team ADDRESS RUNS SILENT TIMEOUT SPREAD NAMESPACE``

It starts RUNS workflows whose activities send heartbeats, with a heartbeat timeout of TIMEOUT seconds, and runs their
worker in this process. SILENT more workflows fall silent in their first attempt, one after the other, in the SPREAD
seconds after a line arrives on standard input. The process prints a line when all workflows are running.
"""

import asyncio
import contextlib
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy, WorkflowIDConflictPolicy
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

WORKFLOW = "CustomerBackfill"
QUEUE = "backfill"
AT_ONCE = 20
TRIES = 5
BEATS_A_TIMEOUT = 2
PATIENCE = timedelta(minutes=5)
# In addition for each run, because starting one takes time on a busy machine.
PATIENCE_A_RUN = timedelta(milliseconds=50)
# From the end of the first attempt to the next: so long that the server shows that time until the measurement is
# over.
RETRY_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Plan:
    """The input of a workflow, in seconds. ``silent_after`` counts from the signal; 0 means never."""

    timeout: float
    silent_after: float = 0


class Activities:
    """The activity that copies. ``signal`` lets the silent runs begin to fall silent; ``all_begun`` is set when all
    expected runs have begun."""

    def __init__(self, expected: int) -> None:
        self.signal = asyncio.Event()
        self.all_begun = asyncio.Event()
        self._expected = expected

    @activity.defn(name="copy_days")
    async def copy_days(self, plan: Plan) -> None:
        """Send heartbeats for ever, or fall silent in the first attempt."""
        self._expected -= 1
        if not self._expected:
            self.all_begun.set()
        silence = asyncio.create_task(self._silence(plan))
        rows = 0
        while not silence.done():
            activity.heartbeat({"day": "2026-01-03", "rows": rows, "total": 10**9})
            rows += 1
            await asyncio.sleep(plan.timeout / BEATS_A_TIMEOUT)
        await asyncio.Event().wait()

    async def _silence(self, plan: Plan) -> None:
        if not plan.silent_after or activity.info().attempt > 1:
            await asyncio.Event().wait()
        await self.signal.wait()
        await asyncio.sleep(plan.silent_after)


@workflow.defn(name=WORKFLOW)
class Backfill:
    """A workflow with a single activity."""

    @workflow.run
    async def run(self, plan: Plan) -> None:
        """Run the activity for as long as it takes."""
        await workflow.execute_activity(
            "copy_days",
            plan,
            start_to_close_timeout=timedelta(hours=6),
            heartbeat_timeout=timedelta(seconds=plan.timeout),
            retry_policy=RetryPolicy(initial_interval=RETRY_AFTER),
        )


@dataclass(frozen=True, slots=True)
class Silences:
    """How many runs fall silent, besides those that never do. They fall silent one after the other, within ``spread``
    seconds."""

    count: int = 0
    spread: float = 0


NONE = Silences()


@dataclass(frozen=True, slots=True)
class Team:
    """The process of the team, once all its workflows are running."""

    process: Process

    async def let_fall_silent(self) -> None:
        """Send the signal after which the silent runs fall silent, one after the other."""
        assert self.process.stdin
        self.process.stdin.write(b"go\n")
        await self.process.stdin.drain()


def workflow_id(number: int) -> str:
    """The workflow id for this number, in the bot's default template."""
    return f"backfill-customer-{number}-2026-01-01-2026-02-21"


@asynccontextmanager
async def working_team(
    address: str,
    runs: int,
    silences: Silences = NONE,
    timeout: float = 30,
    namespace: str = "default",
) -> AsyncIterator[Team]:
    """Run the team in a process of its own, which is killed at the end of the block. The silent runs have the numbers
    from ``runs`` on."""
    arguments = (address, runs, silences.count, timeout, silences.spread, namespace)
    words = ("-m", "benchmarks.team", *map(str, arguments))
    # The log is dropped: the worker writes to it for each activity that has timed out.
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    try:
        assert process.stdout
        async with asyncio.timeout((PATIENCE + runs * PATIENCE_A_RUN).total_seconds()):
            assert await process.stdout.readline() == b"running\n"
        yield Team(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def main(client: Client, runs: int, timeout: float, silences: Silences) -> None:
    """Start the workflows, run the worker, print "running" when all have begun, and wait for the signal and then for
    ever."""
    silent, spread = silences.count, silences.spread
    activities = Activities(runs + silent)
    turns = asyncio.Semaphore(AT_ONCE)

    async def start(number: int) -> None:
        after = (number - runs + 1) * spread / silent if number >= runs else 0
        async with turns:
            await _start(client, workflow_id(number), Plan(timeout, after))

    worker = Worker(
        client,
        task_queue=QUEUE,
        workflows=[Backfill],
        activities=[activities.copy_days],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_activities=runs + 3 * silent + 10,
        max_cached_workflows=runs + silent + 10,
    )
    async with worker:
        await asyncio.gather(*map(start, range(runs + silent)))
        await activities.all_begun.wait()
        print("running", flush=True)  # noqa: T201  (the other process waits for this line)
        await asyncio.to_thread(sys.stdin.readline)
        activities.signal.set()
        await asyncio.Event().wait()


async def _start(client: Client, name: str, plan: Plan) -> None:
    """Start a workflow, and try again when the server of a busy machine does not answer in time."""
    for tries_left in reversed(range(TRIES)):
        with contextlib.suppress(*([RPCError] if tries_left else [])):
            await client.start_workflow(
                WORKFLOW,
                plan,
                id=name,
                task_queue=QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
            return


async def _work(*arguments: str) -> None:
    address, runs, silent, timeout, spread, namespace = arguments
    client = await Client.connect(address, namespace=namespace)
    await main(client, int(runs), float(timeout), Silences(int(silent), float(spread)))


if __name__ == "__main__":
    asyncio.run(_work(*sys.argv[1:]))
