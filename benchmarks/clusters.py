"""Measures how late the looks at 200 clusters are: with one bot, and with four bots that divide the clusters.

The clusters are namespaces of one dev server, and the store is one PostgreSQL. A look is one listing of the running
workflows. It is late by the time since the previous look, less ``[watch] every``. Each bot is a process of this
module that runs a bot's jobs without Slack.
"""

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from temporalio.client import Client

from benchmarks import alone
from benchmarks.result import Figure, Measuring, Result, Target
from benchmarks.team import workflow_id
from benchmarks.world import QUEUE, add_namespace, bot_services, configuration, customers, temporal_server
from bot.adapters.temporal import TemporalEngine
from bot.background.scheduler import running_jobs
from bot.in_flight import InFlight
from bot.model import Execution
from tests.adapters.store.server import Server, running_server

CLUSTERS, BOTS, RUNS_EACH = 200, 4, 5
EVERY = 15.0
# By then the bots have divided the clusters: it takes a few renewals of leases until each has its share.
DIVIDED_AFTER, MEASURED = 75.0, 75.0
AT_ONCE = 10
LATE, DIVIDES = Target(2), Target(1)


@dataclass(frozen=True, slots=True)
class Looks:
    """What the process of one bot reports: for each cluster that it has watched, the times of its looks in seconds of
    the monotonic clock, and the share of a core that it took."""

    times: dict[str, list[float]]
    cores: float

    @property
    def lateness(self) -> list[float]:
        """For each look after the first one at a cluster, how late it was, in seconds."""
        return [
            max(0.0, after - before - EVERY) for times in self.times.values() for before, after in pairwise(times)
        ]


async def measure() -> Measuring:
    """Measure one bot, then four."""
    async with _clusters() as (text, server):
        for bots in (1, BOTS):
            async with server.database() as url:
                looks = await _watched(text, url, bots)
            name = f"{CLUSTERS} clusters by {'one bot' if bots == 1 else f'{bots} bots'}"
            late = [seconds for each in looks for seconds in each.lateness]
            seen_twice = {name for each in looks for name, times in each.times.items() if len(times) > 1}
            late += [MEASURED] * (CLUSTERS - len(seen_twice))
            yield Result(f"{name}, look is late, p99", Figure.percentile_of(late, 99), "s", LATE)
            yield Result(f"{name}, part of a core of a bot", Figure.most_of([each.cores for each in looks]), "")
            uneven = max(len(each.times) for each in looks) - CLUSTERS / bots
            if bots > 1:
                yield Result(f"{name}, most more than a share", Figure.single(uneven), "clusters", DIVIDES)


async def _watched(text: str, url: str, bots: int) -> Sequence[Looks]:
    """Run this number of bots side by side, and return what each reports."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "text").write_text(text)
        processes = [await stack.enter_async_context(_bot(folder / "text", url)) for _ in range(bots)]
        for process in processes:
            assert process.stdout
            assert await process.stdout.readline() == b"watching\n"
        await asyncio.sleep(DIVIDED_AFTER)
        for process in processes:
            assert process.stdin
            process.stdin.write(b"measure\n")
            await process.stdin.drain()
        await asyncio.sleep(MEASURED)
        reports = await asyncio.gather(*(process.communicate(b"end\n") for process in processes))
    return [Looks(**json.loads(out)) for out, _ in reports]


@asynccontextmanager
async def _bot(text: Path, url: str) -> AsyncIterator[Process]:
    words = (sys.executable, "-m", "benchmarks.clusters", "watch", str(text), url)
    process = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def _clusters() -> AsyncIterator[tuple[str, Server]]:
    names = [f"cluster-{number:03}" for number in range(CLUSTERS)]
    turns = asyncio.Semaphore(AT_ONCE)

    async def fill(address: str, name: str) -> None:
        async with turns:
            client = await add_namespace(address, name)
            for number in range(RUNS_EACH):
                await _start(client, number)

    with temporal_server() as server, running_server() as store:
        await asyncio.gather(*(fill(server.address, name) for name in names))
        namespaces = {name: name for name in names}
        watched = dict.fromkeys(names, customers(RUNS_EACH))
        yield configuration(watched, server.address, f'every = "{EVERY:.0f}s"', **namespaces), store


async def _start(client: Client, number: int) -> None:
    """Start a workflow that no worker runs."""
    await client.start_workflow("CustomerBackfill", id=workflow_id(number), task_queue=QUEUE)


async def watch(text: str, url: str) -> None:
    """Run a bot. Between two lines from standard input, note when it looks at each cluster and what share of a core
    it takes; then print both as JSON."""
    alone.log_to_stderr()
    with _noted_looks() as times:
        async with bot_services(text, url) as services, running_jobs(services, InFlight()):
            print("watching", flush=True)  # noqa: T201  (the other process waits for this line)
            await asyncio.to_thread(sys.stdin.readline)
            times.clear()
            began, cpu_before = time.monotonic(), time.process_time()
            await asyncio.to_thread(sys.stdin.readline)
            cores = (time.process_time() - cpu_before) / (time.monotonic() - began)
        print(json.dumps({"times": times, "cores": cores}), flush=True)  # noqa: T201


@contextmanager
def _noted_looks() -> Iterator[dict[str, list[float]]]:
    """Note the time of each listing of running workflows, by cluster, while the ``with`` block runs."""
    times: dict[str, list[float]] = {}
    open_executions = TemporalEngine.open_executions

    async def noting(
        engine: TemporalEngine,
        workflow_types: Collection[str],
        on_page: Callable[[Sequence[Execution]], None] | None = None,
    ) -> list[Execution]:
        began = time.monotonic()
        listed = await open_executions(engine, workflow_types, on_page)
        times.setdefault(listed[0].ref.cluster, []).append(began)
        return listed

    setattr(TemporalEngine, "open_executions", noting)  # noqa: B010  (no type checker takes the assignment)
    try:
        yield times
    finally:
        setattr(TemporalEngine, "open_executions", open_executions)  # noqa: B010


if __name__ == "__main__":
    if sys.argv[1:2] == ["watch"]:
        asyncio.run(watch(Path(sys.argv[2]).read_text(), sys.argv[3]))
    else:
        alone.run(measure)
